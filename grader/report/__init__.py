"""Reports: what a grading found, as data, and the sinks that show it.

`model` is the data (one model for every sink, redacted for students there and
nowhere else), `text` turns a finding into words, `terminal`, `files` and
`gradebook` write those words and numbers out. Nothing here grades, reads a
submission, or imports torch: reports are read where torch is not.
"""
