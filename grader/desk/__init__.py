"""A student's desk: what makes an evening with the exercises quick and calm.

Trusted as the student herself is: all of this runs on her own machine, with her own
files, and nothing of the staff's is ever read.

- What she has seen and passed: `progress`.
- Which of her files is which exercise: `work`. How far she is with each: `standing`; what to
  do next: `advice`, with `dates`.
- Notebooks to work in: `notebooks`.
- Checks where torch stays warm: `checker` asks a process that runs `serving`; `current` reads the
  course again when it changes.
- Her saves watched over: `watching` is the loop over `saves`, `keyboard` and `latest` results in her
  `surroundings`; `watch_words` says what is known, `screen` shows it.
"""
