"""A pipe cannot lie in a repository."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    os.mkfifo(folder / "double.py")
    os.mkfifo(folder / "helper.py")
    os.mkfifo(folder / "softmax.ipynb")
