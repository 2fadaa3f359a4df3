"""The judge: a pytest session that grades submission after submission.

Hidden tests and references are imported and collected once, here, on the
trusted side; each job binds the `student` fixture to another worker. What a
test raises becomes a verdict, a blame and findings, and nothing of pytest's own
output reaches a student.
"""
