"""Whoever opens one after the other never ends."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-nested.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        content = b"def double(x): pass"
        for level in range(30):
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as each:
                each.writestr("double.py" if not level else "inner.zip", content)
            content = inner.getvalue()
        archive.writestr("inner.zip", content)
