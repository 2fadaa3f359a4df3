"""Half a million brackets, and a sum that is computed while it is compiled."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    (folder / "double.py").write_text("x = " + "(" * 500_000 + ")" * 500_000 + os.linesep)
    (folder / "softmax.py").write_text("x = " + "-" * 2_000_000 + "1" + os.linesep)
