"""The kernel, as far as checks know it: IPython's shell, in any of its front ends.

Jupyter, VS Code, Colab and IPython at a terminal have the same shell. It is
looked for only where IPython is loaded already; nothing here imports it, and
nothing changes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol


class _Inputs(Protocol):
    input_hist_raw: list[str]
    input_hist_parsed: list[str]


class _Outputs(Protocol):
    def publish(self, data: Mapping[str, Any]) -> None: ...


class _Ran(Protocol):
    success: bool


class Shell(Protocol):
    """What is used of IPython's `InteractiveShell`."""

    user_ns: dict[str, Any]
    execution_count: int
    history_manager: _Inputs
    display_pub: _Outputs

    def transform_cell(self, raw_cell: str) -> str:
        """A cell as Python, its magics made calls."""

    def run_cell(self, raw_cell: str, *, store_history: bool = False) -> _Ran:
        """Run a cell as if it had been entered."""

    def register_magic_function(
        self, func: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        """Make a magic known."""


def shell() -> Shell | None:
    """The shell that this process runs cells in; None where it runs none."""
    ipython = sys.modules.get("IPython")
    found: Shell | None = ipython.get_ipython() if ipython is not None else None
    return found


def folder(shell: Shell) -> Path:
    """Where the notebook lies: the folder that its kernel began in, whatever it changed to since."""
    began = shell.user_ns.get("_dh")
    return Path(began[0]) if isinstance(began, list) and began else Path.cwd()
