"""Bytecode that is older than its source."""

import marshal
import sys
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    code = compile(f"open({fill('@@folder@@')!r} + '/compiled', 'w')", "double.py", "exec")
    content = MAGIC_NUMBER + b"\0" * 12 + marshal.dumps(code)
    (folder / "__pycache__").mkdir()
    tag = sys.implementation.cache_tag
    for name in (f"__pycache__/double.{tag}.pyc", f"__pycache__/helper.{tag}.pyc", "helper.pyc", "double.so"):
        (folder / name).write_bytes(content)
