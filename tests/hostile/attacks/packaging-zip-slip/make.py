"""Zip slip."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-slip.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        outside = fill("@@folder@@")
        archive.writestr("double.py", b'def double(x):\n    return None\n')
        for name in (f"../../../../../..{outside}/slipped", f"{outside}/absolute", "..\\..\\slipped", "C:\\slipped"):
            archive.writestr(name, b"here I am")
