"""What was handed in: find it, read its bytes, say what is missing.

Everything here runs on the trusted side and touches strangers' files, so it
moves bytes and never looks into them: no decoding, no parsing, no importing,
no following of links. What cannot be read becomes a finding or a note, and
the submission goes on with what is left.
"""

from grader.submission.bundle import Bundle, Submission, SubmittedFile
from grader.submission.folder import (
    ReadFolder,
    SubmissionsFolder,
    open_folder,
    read_file,
    read_folder,
    read_one,
    read_submissions,
)
from grader.submission.layouts import Layout

__all__ = [
    "Bundle",
    "Layout",
    "ReadFolder",
    "Submission",
    "SubmissionsFolder",
    "SubmittedFile",
    "open_folder",
    "read_file",
    "read_folder",
    "read_one",
    "read_submissions",
]
