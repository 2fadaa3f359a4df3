"""Each of them costs a little."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-many.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30_000):
            archive.writestr(f"folder/{number}.py", b"")
