"""JSON that no parser should be given."""

from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    (folder / "double.ipynb").write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + ', "double": 1}')
    (folder / "softmax.ipynb").write_text(
        '{"nbformat": 1e400, "nbformat_minor": {}, "metadata": [], "softmax": 1, "cells": '
        '[{"cell_type": "code", "source": {"a": 1}}, 5, null, {"cell_type": ["code"], "source": [1, null]}]}'
    )
