"""Exports: what a run found, in the formats that other systems read.

One module a format, each from the report model to text or bytes, with what
could not be matched beside it. `reading` reads the reports of a run, `marks` says
which number counts. Nothing here runs student code, writes a file or prints.
"""
