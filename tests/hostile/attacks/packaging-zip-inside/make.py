"""One by its own name, and one under the name of the source."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "double.zip", "w") as archive:
        archive.writestr("double.py", b"def double(x):\n    return None\n")
        archive.writestr("../" * 12 + fill("@@folder@@").lstrip("/") + "/slipped", b"here")
    (folder / "double.py").write_bytes((folder / "double.zip").read_bytes())
