"""Folders may be links as well."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    os.symlink(os.path.dirname(fill("@@reference@@")), folder / "double")
    os.symlink(fill("@@submissions@@"), folder / "softmax")
