"""Which of them counts depends on who reads."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-duplicates.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        import warnings

        warnings.simplefilter("ignore")
        archive.writestr("double.py", b'def double(x):\n    return None\n')
        archive.writestr("double.py", b"def double(x):\n    return x\n")
        archive.writestr("./double.py", b"")
        archive.writestr("DOUBLE.PY", b"")
