"""Saved outputs are what makes notebooks large."""

import json
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (20 << 20)}}
    cell = {"cell_type": "code", "metadata": {}, "outputs": [picture], "source": "def double(x): return None"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "double.ipynb").write_text(json.dumps(notebook))
