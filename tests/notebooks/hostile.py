"""Notebooks that no student writes: each attacks whoever reads it, and says what is to come of that.

What a person expects: a notebook that can be read, and has the function, is
graded, whatever else is in it; one that can't be read is said to be no notebook;
what takes all the time or memory there is falls on its author. They are made
when they are asked for, because many are as large as a file may be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.submission.caps import NOTEBOOK_BYTES
from grader.verdicts import Verdict

GOOD = (
    "def double(x, times=2):\n"
    "    if isinstance(x, str):\n"
    "        raise TypeError('a text')\n"
    "    return x * times\n"
)
ROOM = NOTEBOOK_BYTES - 1000
"""Bytes that a file may have besides a good cell."""

TOO_MUCH = frozenset({Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.CRASHED})


@dataclass(frozen=True)
class Attack:
    """A hostile notebook.

    Attributes:
        name: What it does.
        content: Makes its bytes.
        verdicts: What may come of it.
        code: The finding that says so; '' where any may.
        file: What it is called.
    """

    name: str
    content: Callable[[], bytes]
    verdicts: frozenset[Verdict]
    code: str = ""
    file: str = "double.ipynb"


def graded(name: str, content: Callable[[], bytes], file: str = "double.ipynb") -> Attack:
    """It can be read, and is."""
    return Attack(name, content, frozenset({Verdict.PASSED}), file=file)


def broken(name: str, content: Callable[[], bytes]) -> Attack:
    """It is no notebook."""
    return Attack(name, content, frozenset({Verdict.ERROR}), "unreadable-file")


def without(name: str, content: Callable[[], bytes]) -> Attack:
    """It can be read, more or less, and does not have the function."""
    return Attack(name, content, frozenset({Verdict.ERROR}))


def costly(name: str, content: Callable[[], bytes]) -> Attack:
    """It may be graded; if it takes too much, that is its author's doing."""
    return Attack(name, content, TOO_MUCH | {Verdict.PASSED})


def deadly(name: str, content: Callable[[], bytes]) -> Attack:
    """Cells that end the process, or that nothing ends: whoever reads it may see through it, or not."""
    return Attack(name, content, TOO_MUCH | {Verdict.ERROR, Verdict.PASSED})


def cell(source: object, **changed: Any) -> dict[str, Any]:
    """A code cell."""
    whole = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    return whole | changed


def book(*cells: object, **changed: Any) -> bytes:
    """A notebook of these cells; texts are code."""
    made = [cell(each) if isinstance(each, str) else each for each in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | changed).encode()


def version_3(worksheets: object) -> bytes:
    """A notebook of the old format."""
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "worksheets": worksheets}).encode()


def nested(before: bytes, after: bytes) -> bytes:
    """Lists in lists in lists."""
    return before + b"[" * 100_000 + b"]" * 100_000 + after


def full(text: str) -> str:
    """As much of a text as a file may hold."""
    return text * (ROOM // len(json.dumps(text)[1:-1]))


def many(texts: Sequence[str]) -> bytes:
    """A notebook of small cells, with no more of each than is needed to be one."""
    cells = [{"cell_type": "code", "source": text} for text in texts]
    return json.dumps({"cells": cells}, separators=(",", ":")).encode()


def _json() -> list[Attack]:
    good = json.dumps(cell(GOOD)).encode()
    return [
        broken("cells nested deeply", lambda: nested(b'{"cells": ', b"}")),
        broken("metadata nested deeply", lambda: nested(b'{"cells": [' + good + b'], "metadata": ', b"}")),
        broken("brackets that never close", lambda: b'{"cells": ' + b"[" * ROOM),
        broken("an integer of 5000 digits", lambda: book(GOOD)[:-1] + b', "x": ' + b"9" * 5000 + b"}"),
        broken("UTF-16", lambda: book(GOOD).decode().encode("utf-16")),
        broken("bytes that are all zero", lambda: bytes(ROOM)),
        broken("more than a file may have", lambda: book(GOOD, full("#") + "#" * 1000)),
        broken("a list of notebooks", lambda: b"[" + book(GOOD) + b"]"),
        broken("neither cells nor worksheets", lambda: b'{"nbformat": 4, "code": "double"}'),
        graded("a version that is infinite", lambda: book(GOOD, nbformat=float("inf"))),
        graded("a version of the future", lambda: book(GOOD, nbformat=99, nbformat_minor="x")),
        graded("keys twice", lambda: b'{"cells": 3, "cells": [{"source": "x=", ' + good[1:] + b"]}"),
        without("cells that are a number", lambda: b'{"cells": 5}'),
        without("cells that are a text", lambda: json.dumps({"cells": GOOD}).encode()),
        without("cells that are a table", lambda: json.dumps({"cells": {"0": cell(GOOD)}}).encode()),
        without("worksheets that are a number", lambda: version_3(5)),
        without("worksheets that are lists", lambda: version_3([[[]]])),
        without("worksheets without cells", lambda: version_3([{"cells": None}, {}])),
    ]


def _metadata() -> list[Attack]:
    odd: list[Any] = [
        None,
        3,
        "x",
        [],
        {"tags": "ignore"},
        {"tags": {"a": 1}},
        {"tags": [[], {}, None, 1e999]},
    ]
    odd += [
        {"nbgrader": [1]},
        {"nbgrader": {"grade": "no", "solution": []}},
        {"nbgrader": {"points": -1e999}},
    ]
    nothing: list[Any] = [None, 7, [], {}, {"cell_type": ["code"]}, {"cell_type": "code"}]
    nothing += [cell(source) for source in (None, {"a": GOOD}, [[GOOD]], 5.5, [None, 1])]
    return [
        graded("metadata of odd types", lambda: book(GOOD, *(cell("x = 1", metadata=each) for each in odd))),
        graded("cells of odd types", lambda: book(*nothing, GOOD)),
        graded(
            "100,000 keys", lambda: book(GOOD, metadata={f"key {n}": {"tags": [n]} for n in range(100_000)})
        ),
        graded(
            "a kernel with a bidi name", lambda: book(GOOD, metadata={"kernelspec": {"name": "\u202enohtyp"}})
        ),
        graded(
            "a kernel that is a number", lambda: book(GOOD, metadata={"kernelspec": 3, "language_info": [0]})
        ),
        graded("a name from right to left", lambda: book(GOOD), "double \u202ebnypi\u2066.ipynb"),
    ]


def _sources() -> list[Attack]:
    return [
        graded("one line, as long as may be", lambda: book(f"x = '{full('a')[:-100]}'", GOOD)),
        costly("millions of lines in one cell", lambda: book(full("#\n"), GOOD)),
        graded("a million parts of one source", lambda: book(cell(["", *[""] * (ROOM // 4), GOOD]))),
        costly(
            "millions of cells that are none", lambda: b'{"cells":[' + b"{}," * (ROOM // 3) + book(GOOD)[11:]
        ),
        graded("150,000 cells", lambda: many([*["1"] * (ROOM // 35), GOOD])),
        graded("100,000 cells that are no Python", lambda: many([*["=)"] * (ROOM // 36), GOOD])),
        graded("100,000 cells of magics", lambda: many([*["%a"] * (ROOM // 36), GOOD])),
        graded("a line of spaces that is no Python", lambda: book(" " * 1_000_000 + "x (", GOOD)),
        graded("a line of questions", lambda: book("? " * 1_000_000 + "x (", GOOD)),
        graded("a thousand magics in one cell", lambda: book("!a = 1\n" * 1000, GOOD)),
        graded("parentheses nested deeply", lambda: book("x = " + "(" * 100_000 + ")" * 100_000, GOOD)),
        graded("a sum of 100,000 numbers", lambda: book("x = 1" + " + 1" * 100_000, GOOD)),
        graded("a power that never ends", lambda: book("x = 9 ** 9 ** 9 ** 9", GOOD)),
        graded("a number of 5000 digits", lambda: book(f"x = {'9' * 5000}", GOOD)),
        graded("half of a surrogate pair", lambda: book("x = '\ud800'", GOOD)),
        graded("a zero character", lambda: book("x = '\0'", GOOD)),
        graded("features that don't exist", lambda: book("from __future__ import braces, nothing", GOOD)),
        graded("builtins taken away", lambda: book("__builtins__ = {}\n__name__ = 5\n__loader__ = 1", GOOD)),
        without("a surrogate in the function's cell", lambda: book(f"# \ud800\n{GOOD}")),
        costly(
            "a million spaces before what is no Python", lambda: book(f"if x:\n{' ' * 1_000_000}x (", GOOD)
        ),
        costly("a list of two million numbers", lambda: book(f"x = [{full('1,')[:-100]}]", GOOD)),
        costly("needs that are a long chain", lambda: book(_chain(40_000), f"{GOOD}\ndouble.y = a")),
        costly(
            "a name bound 50,000 times",
            lambda: book("y = 0\n" + "y += 1\n" * 50_000, f"{GOOD}\ndouble.y = y"),
        ),
    ]


def _chain(length: int) -> str:
    return "a0 = 2\n" + "\n".join(f"a{n + 1} = a{n}" for n in range(length)) + f"\na = a{length}"


def _running() -> list[Attack]:
    made = "exec(" + repr(GOOD) + ")"
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    loud = "raise ValueError('\\ud800\\u202e' * 1000 + 'x' * 10**7)"
    return [
        graded("an exception of ten million letters", lambda: book(loud, made)),
        graded("an exception that lies about itself", lambda: book(_LIAR, made)),
        graded("a recursion without end", lambda: book("def f(): f()\nf()", made)),
        graded("a thousand cells that fail", lambda: book(*["1 / 0"] * 1000, made)),
        graded(
            "exits", lambda: book("exit()", "quit(3)", "raise SystemExit", "raise KeyboardInterrupt", made)
        ),
        graded(
            "standard output closed", lambda: book("import sys\nsys.stdout.close(); sys.stderr = None", made)
        ),
        deadly("a loop that catches everything", lambda: book(stubborn, made)),
        deadly("a loop in a thousand cells", lambda: book(*["while True: pass"] * 1000, made)),
        graded("a kernel that is started again", lambda: book("import os\nos._exit(0)", made)),
        deadly("the clock is stopped", lambda: book(_CLOCK + "while True: pass", made)),
        deadly("more memory than there is", lambda: book("x = bytearray(10**9)\n" * 3 + stubborn, made)),
    ]


_LIAR = """class Liar(Exception):
    __name__ = property(lambda self: 1 / 0)
    def __str__(self): raise SystemExit
    __repr__ = __eq__ = __hash__ = __str__
    __traceback__ = property(lambda self: 5)
raise Liar"""

_CLOCK = """import signal
for each in signal.valid_signals():
    try: signal.signal(each, signal.SIG_IGN)
    except Exception: pass
signal.setitimer(signal.ITIMER_REAL, 0)
"""

ATTACKS = (*_json(), *_metadata(), *_sources(), *_running())
