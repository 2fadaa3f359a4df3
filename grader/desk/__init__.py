"""A student's desk: what makes an evening with the exercises quick and calm.

Trusted as the student herself is: all of this runs on her own machine, with her own
files, and nothing of the staff's is ever read.

- What she has seen and passed: `progress`.
- Which of her files is which exercise: `work`. How far she is with each: `standing`; what to
  do next: `advice`, with `dates`.
- Notebooks to work in: `notebooks`.
"""
