"""A folder whose name is not UTF-8, and one with half a character."""

import os
from collections.abc import Callable
from pathlib import Path

NAME = b"m\xfcller\xff\xfe\xed\xa0\x80\x1b[31m"


def make(folder: Path, fill: Callable[[str], str]) -> None:
    student = os.path.join(os.fsencode(folder), NAME)
    os.mkdir(student)
    with open(os.path.join(student, b"double.py"), "wb") as file:
        file.write(b"def double(x):\n    return None\n")
