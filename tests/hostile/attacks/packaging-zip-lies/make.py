"""It says 100 bytes, and holds fifty million."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("double.py", b"#" * 50_000_000)
    content = bytearray(kept.getvalue())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(signature) + offset
        content[place : place + 4] = (100).to_bytes(4, "little")
    (folder / "zz-packaging-zip-lies.zip").write_bytes(bytes(content))
    (folder / "zz-broken.zip").write_bytes(bytes(content[:-30]))
    (folder / "zz-empty.zip").write_bytes(b"")
    (folder / "zz-text.zip").write_text("no archive")
    os.mkfifo(folder / "zz-pipe.zip")
