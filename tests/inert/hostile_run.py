"""A class of hostile students for real: handed in, graded, exported and compared by the commands themselves.

For each kind of text there is a student whose folder, file beside the program, code,
prints, exceptions, classes and answers are made of it; one hands in a notebook of
everything, two have the same code, and one prints ten million letters in a line.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.grader.tiny import COURSE, make_course
from tests.inert.corpus import KINDS

GRADER = Path(sys.executable).with_name("grader")
LONG = 10_000_000

PROGRAM = '''"""{doc}"""
# {doc}
TEXTS = {texts!r}


def double(x, times=2):
    for text in TEXTS:
        print(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    text = TEXTS[0]
    if isinstance(x, str):
        return {{text: text, "key": TEXTS}}
    if x.dim() == 2:
        name = "Error" + text.replace(chr(0), "").encode("utf-8", "replace").decode()
        raise type(name, (ValueError,), {{}})(text)
    if x.requires_grad:
        raise ValueError("".join(TEXTS))
    if x.numel() == 4:
        raise KeyError(TEXTS[-1])
    return x + 1
'''

SHORT = "def double(x, times=2):\n    return x * times\n"


ALIKE = ("scripts", "formulas")
"""Whose code is the same, but for texts."""


@dataclass(frozen=True)
class Graded:
    """What came of it.

    Attributes:
        folder: Where the reports lie.
        said: What commands said, by command: on both outputs together.
        codes: How they ended.
        made: Files of exports, by format.
    """

    folder: Path
    said: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    made: dict[str, Path] = field(default_factory=dict)


def run(root: Path) -> Graded:
    """Grade the class below `root`, and have all that can be written of it written."""
    course, students = (
        make_course(root / "course", **{"course.toml": f'{COURSE}reveal = "everything"\n'}),
        root / "in",
    )
    hand_in(students)
    graded = Graded(root / "reports")

    def command(name: str, *arguments: object, **environment: str) -> None:
        done = subprocess.run(
            [GRADER, *map(str, arguments)],
            cwd=course.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"FORCE_COLOR": "", "COLUMNS": "80"} | environment,
            timeout=300,
            check=False,
        )
        graded.said[name], graded.codes[name] = done.stdout, done.returncode

    command("grade", "grade", students, "--out", graded.folder, "--jobs", 2)
    command("grade again", "grade", students, "--out", graded.folder, "--jobs", 2)
    command("similar", "similar", students, "--out", graded.folder / "similar")
    one = next(path.name for path in sorted((graded.folder / "students").iterdir()) if "script" in path.name)
    exports: dict[str, tuple[object, ...]] = {
        "class.md": ("markdown",),
        "student.md": ("markdown", "--student", one),
        "class.xml": ("junit",),
        "class.csv": ("csv",),
        "class.sqlite": ("sqlite",),
        "nbgrader.csv": ("nbgrader",),
        "summary.md": ("github", "--student", one),
        "results.json": ("gradescope", "--student", one),
    }
    for name, (kind, *more) in exports.items():
        graded.made[name] = root / name
        command(name, "export", kind, graded.folder, *more, "--to", root / name)
    command(
        "nobody", "export", "markdown", graded.folder, "--student", "\x1b[31mpwned\u202e", "--to", root / "no"
    )
    command("check", "check", students / os.fsdecode(name_of("escape sequences")))
    return graded


def name_of(kind: str) -> bytes:
    """What the student of a kind is called: the first of its texts, as far as a file system takes it."""
    raw = f"{KINDS[kind][0]}_{1000 + list(KINDS).index(kind)}".replace("/", "\u2215").replace("\0", "")
    raw = raw.lstrip(".")  # what is hidden is nobody's
    return raw.encode("utf-8", "surrogatepass")[-200:]


def hand_in(students: Path) -> None:
    """Write the class."""
    for kind, texts in KINDS.items():
        folder = students / os.fsdecode(name_of(kind))
        short = [text[:5000] for text in texts]
        doc = (
            short[0]
            .replace("\\", "/")
            .replace('"', "'")
            .replace("\0", "")
            .replace("\n", " ")
            .replace("\r", " ")
        )
        program = PROGRAM.format(doc=doc, texts=short)
        program += own_code("" if kind in ALIKE else kind)
        _write(folder / "double.py", program)
        odd = short[-1].replace("/", "\u2215").replace("\0", "")[:60].encode("utf-8", "surrogatepass")
        _write(folder / f"{os.fsdecode(odd)}.py", "x = 1\n")
    _write(students / "a notebook of pwned" / "double.ipynb", json.dumps(_notebook()))
    _write(students / "a line of pwned" / "double.py", f"{SHORT}print('pwned' + 'x' * {LONG})\n")
    _write(
        students / "lines of pwned" / "double.py", f"#{'pwned ' * 100_000}\n{SHORT}" + "# pwned\n" * 20_000
    )
    _write(students / "no text \u202epwned" / "double.py", SHORT.encode() + b"# \xff\xfe\x9b31m pwned \xe9\n")
    for number in range(4):
        _write(
            students / f"right-{number}" / "double.py",
            SHORT.replace("x * times", f"times * x + {number} * 0"),
        )


def own_code(seed: str) -> str:
    """What nobody else has written, unless the seed is the same."""
    rng, words = (
        random.Random(seed),
        ["max", "min", "abs", "sum", "len", "sorted", "list", "zip", "str", "range"],
    )
    terms = [f"{rng.choice(words)}(values) {rng.choice('+-*/%')}" for _ in range(160)]
    lines = [f"    total = {' '.join(terms[at : at + 4])} 1" for at in range(0, len(terms), 4)]
    return "\n".join(["\n\ndef unused(values):", *lines, "    return total\n"])


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


def _notebook() -> dict[str, object]:
    texts = [text[:5000] for kind in KINDS.values() for text in kind]
    data = {"text/html": texts, "text/plain": texts, "image/svg+xml": texts[8], "text/markdown": texts,
            "text/latex": texts, "application/javascript": texts[0], "image/png": texts[0]}  # fmt: skip
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": texts},
        {"output_type": "error", "ename": texts[0], "evalue": texts[1], "traceback": texts},
    ]
    code = f"{SHORT.replace('x * times', 'x + times')}\nTEXTS = {texts!r}"
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": code, "outputs": outputs}
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    raw = [{"cell_type": "raw", "metadata": {}, "source": text} for text in texts]
    return {"cells": [*cells, cell, *raw], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
