"""What Python would read is not what stands there."""

import codecs
from collections.abc import Callable
from pathlib import Path

SOURCE = "def double(x):\n    return None\n"


def make(folder: Path, fill: Callable[[str], str]) -> None:
    (folder / "double.py").write_bytes(b"# coding: rot13\n" + codecs.encode(SOURCE, "rot13").encode())
    (folder / "softmax.py").write_bytes(codecs.BOM_UTF16_LE + SOURCE.encode("utf-16-le") + b"\0\0\xff")
