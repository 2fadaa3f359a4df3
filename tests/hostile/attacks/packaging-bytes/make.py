"""A pickle under every name."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path


class Opens:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.open, (self.path, os.O_CREAT | os.O_WRONLY)


def make(folder: Path, fill: Callable[[str], str]) -> None:
    bomb = pickle.dumps(Opens(fill("@@folder@@") + "/unpickled"))
    for name in ("double.py", "double.pkl", "double.pt", "softmax.ipynb"):
        (folder / name).write_bytes(bomb)
