"""The student's function as a cell of a notebook would call it.

For tests that were written for other systems, as asserts about bare values. Such a
test says less to whoever fails it than `expect` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.wire.values import TensorValue

if TYPE_CHECKING:
    from grader.student.proxy import EntryPointProxy


def plain(function: EntryPointProxy) -> Callable[..., Any]:
    """A function that calls the student's over the wall and gives the bare value that came back.

    Args:
        function: Such as `student.softmax`.
    """
    return lambda *args, **kwargs: _bare(function(*args, **kwargs).value)


def _bare(value: Any) -> Any:
    """The same with tensors as torch knows them, also within containers."""
    if isinstance(value, TensorValue):
        return value.data
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    return value
