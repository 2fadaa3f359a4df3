"""A chain of imports through the whole folder."""

from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    for number in range(3000):
        (folder / f"m{number}.py").write_text(f"import m{(number + 1) % 3000}\n" * 20)
    for number in range(2000):
        (folder / f"note{number}.txt").write_text("")
