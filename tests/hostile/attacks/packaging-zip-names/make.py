"""Names stand in notes."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-names.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a\n::error::x.py", "\x1b[31m.py", "double.py ", "d" * 60_000, "", "/", "con.py", "=1+1.py"):
            archive.writestr(zipfile.ZipInfo(name), b"")
        archive.writestr("double.py", b'def double(x):\n    return None\n')
