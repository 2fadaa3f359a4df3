"""Checks in a notebook: `from grader.notebook import check`, then `check(softmax)`.

What a student defines in her notebook's kernel is checked as `grader check`
checks a file, and the report stands in the cell. Her source comes from what the
kernel ran, in that order; it is judged in another process. The kernel stays as
it is: nothing of ours runs in its namespace, and torch is not imported in it.

- `check` and the magics `%check` and `%%check`: `checking`, `magics`.
- What was asked for, and where its source is: `wanted`, `history`, `bundles`.
- The course, and the process that judges: `desk`.
- What comes back, as a cell shows it: `result`.
"""

from grader.notebook.checking import check
from grader.notebook.desk import course
from grader.notebook.kernel import shell as _shell
from grader.notebook.magics import load_ipython_extension, unload_ipython_extension
from grader.notebook.result import Interrupted, NotChecked, Result

__all__ = [
    "Interrupted",
    "NotChecked",
    "Result",
    "check",
    "course",
    "load_ipython_extension",
    "unload_ipython_extension",
]

if (_here := _shell()) is not None:
    load_ipython_extension(_here)
