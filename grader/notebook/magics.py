"""The magics: `%check softmax`, and `%%check softmax` ahead of the cell that defines it.

Loaded by `%load_ext grader.notebook`, or by importing `grader.notebook` in a
notebook. A cell below `%%check` runs as any other; if it fails, nothing is checked.
"""

from __future__ import annotations

import sys

from grader.notebook.checking import check
from grader.notebook.desk import leave
from grader.notebook.kernel import Shell, shell
from grader.notebook.result import Result

MAGIC = "check"


def load_ipython_extension(ipython: Shell) -> None:
    """Make the magics known."""
    ipython.register_magic_function(check_magic, "line_cell", MAGIC)


def unload_ipython_extension(ipython: Shell) -> None:
    """End the process that checks; the magics stay and start another when they are used."""
    leave()


def check_magic(line: str, cell: str | None = None) -> Result | None:
    """Check what the kernel has; as a cell magic, run the cell first.

    Names of exercises or functions follow it; without one, all that is defined is checked.

    Examples:
        %check softmax
        %%check softmax
    """
    if cell is not None:
        here = shell()
        assert here is not None, "a magic is run by a shell"
        if not here.run_cell(cell, store_history=False).success:
            print("Nothing was checked: the cell did not run to its end.", file=sys.stderr)
            return None
    return check(*line.split())
