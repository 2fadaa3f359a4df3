"""Code as tokens: what a submission says, without the names, numbers and comments that its author chose.

For comparing submissions. A worker of this kind runs no student code: it reads
files that strangers wrote, with Python's own parser, and answers with numbers
and lines of text. It never sees the files of two students.
"""
