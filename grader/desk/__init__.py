"""A student's desk: what makes an evening with the exercises quick and calm.

Trusted as the student herself is: all of this runs on her own machine, with her own
files, and nothing of the staff's is ever read.

- What she has seen and passed: `progress`.
- Notebooks to work in: `notebooks`.
"""
