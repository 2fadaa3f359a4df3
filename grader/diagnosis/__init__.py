"""From a wrong answer to the mistake behind it: known mistakes, relations, the smallest case.

Works on samples (`grader.compare.samples`) and on programs that answer calls;
never claims what it has not seen in numbers. Explanations are data, attached to
findings; words are made in `grader.report`.
"""
