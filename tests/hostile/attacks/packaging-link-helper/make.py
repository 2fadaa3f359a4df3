"""What is imported goes along."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    os.symlink(fill("@@reference@@"), folder / "helper.py")
