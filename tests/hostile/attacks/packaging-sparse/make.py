"""It takes no room, and never ends."""

import os
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    with open(folder / "double.py", "wb") as file:
        file.write(b"def double(x):\n    return None\n#")
        file.truncate(1 << 40)
    os.symlink("/dev/zero", folder / "softmax.py")
