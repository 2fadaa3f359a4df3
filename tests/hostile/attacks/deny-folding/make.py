"""The compiler computes what it can, one statement after another."""

from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    lines = [f"x{number} = ((1 << 120) ** 33) * 'x' if False else (b'x' * 4000) * 1 + b'{number}'" for number in range(40_000)]
    (folder / "double.py").write_text(chr(10).join(lines))
