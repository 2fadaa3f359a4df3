"""The reference is a right answer: whoever follows the link gives full marks."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    os.symlink(fill("@@reference@@"), folder / "double.py")
    os.symlink("/etc/passwd", folder / "softmax.py")
    os.symlink(fill("@@file@@"), folder / "double.ipynb")
