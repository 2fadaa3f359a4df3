"""A class made by a program: as large as you like, and what everybody must get is known.

A course of two small exercises with quick tests and short limits, and students
whose programs are drawn by a seed: mostly right ones, some with an ordinary
mistake, and a share that hangs, crashes or eats memory. Used where a class is
graded for its own sake: `benchmarks.endurance` and the tests in `tests/faults`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FAULTY = 0.05
"""The share of students whose code hangs, crashes or eats memory: far more than in a real class."""

FLAWED = 0.2
"""The share with an ordinary mistake, or with nothing."""

COURSE = """
name = "Synthetic course"
exercises = ["double", "total"]
secret = "reference/secret.txt"
"""

LIMITS = """
[limits]
import_seconds = 2.0
call_seconds = 1.0
test_seconds = 2.0
exercise_seconds = 10.0
memory_mb = 256
deaths = 1
"""
"""Short, because waiting for what hangs is most of what such a class costs; a right call takes 1 ms."""

DOUBLE = """
title = "Double"
summary = "Return a multiple of the input."

[[entry_points]]
name = "double"
signature = "double(x, times=2)"
"""

TOTAL = """
title = "Total"
summary = "Add up along an axis."

[[entry_points]]
name = "total"
signature = "total(x, axis=-1)"
"""

VISIBLE = '''
"""No visible tests."""
'''

DOUBLE_TESTS = '''
"""Hidden tests of double."""
from grader.checks import expect, points

@points(2)
def test_vector(student, reference, rng):
    """Works on a vector."""
    x = rng.normal(5)
    expect(student.double(x)).matches(reference.double(x))

@points(1)
def test_gradient(student, reference, rng):
    """Can be differentiated."""
    x, v = rng.normal(4), rng.normal(4)
    answer = student.double.with_gradient(x, cotangent=v)
    expect(answer).gradients_match(reference.double.gradient(x, cotangent=v), names=["x"])

@points(1)
def test_matrix(student, reference, rng):
    """Works on a matrix."""
    x = rng.normal(3, 2)
    expect(student.double(x, times=3)).matches(reference.double(x, times=3))
'''

TOTAL_TESTS = '''
"""Hidden tests of total."""
from grader.checks import expect, points

@points(2)
def test_last_axis(student, reference, rng):
    """Adds up along the last axis."""
    x = rng.normal(4, 6)
    expect(student.total(x)).matches(reference.total(x))

@points(1)
def test_first_axis(student, reference, rng):
    """Adds up along the first axis."""
    x = rng.normal(4, 6)
    expect(student.total(x, axis=0)).matches(reference.total(x, axis=0))
'''

_FILES = {
    "course.toml": COURSE,
    "reference/secret.txt": "a secret\n",
    "exercises/double/exercise.toml": DOUBLE + LIMITS,
    "exercises/double/double.py": "def double(x, times=2):\n    raise NotImplementedError\n",
    "exercises/total/exercise.toml": TOTAL + LIMITS,
    "exercises/total/total.py": "def total(x, axis=-1):\n    raise NotImplementedError\n",
    "reference/double/solution.py": "def double(x, times=2):\n    return x * times\n",
    "reference/total/solution.py": "def total(x, axis=-1):\n    return x.sum(axis)\n",
    "tests/hidden/test_double.py": DOUBLE_TESTS,
    "tests/hidden/test_total.py": TOTAL_TESTS,
}


@dataclass(frozen=True)
class Program:
    """What a student hands in for an exercise, and what must come of it.

    Attributes:
        name: What it is.
        source: The file; None if nothing is handed in.
        score: Its points.
        verdict: The exercise's verdict.
    """

    name: str
    source: str | None
    score: float
    verdict: str


def _doubling(name: str, body: str, score: float, verdict: str) -> Program:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Program(name, f"import os\nimport time\n\n\ndef double(x, times=2):\n{lines}", score, verdict)


def _on_the_matrix(name: str, deed: str, verdict: str) -> Program:
    """Right, until `times` is 3: that test is the last one, and worth a point."""
    return _doubling(name, f"if times == 3:\n    {deed}\nreturn x * times", 3, verdict)


RIGHT = (
    _doubling("a product", "return x * times", 4, "passed"),
    _doubling("a sum", "return x + (times - 1) * x", 4, "passed"),
    _doubling("chatty", "print('doubling', tuple(x.shape))\nreturn times * x", 4, "passed"),
)
FLAWS = (
    _doubling("ignores times", "return x * 2", 3, "wrong answer"),
    _doubling("detaches", "return x.detach() * times", 3, "wrong answer"),
    _doubling("the stub", "raise NotImplementedError", 0, "not implemented"),
    Program("a syntax error", "def double(x, times=2)\n    return x * times\n", 0, "error"),
    Program("nothing", None, 0, "missing"),
)
FAULTS = (
    _on_the_matrix("spins", "while True: pass", "timed out"),
    _on_the_matrix("sleeps", "time.sleep(600)", "timed out"),
    _on_the_matrix("exits", "os._exit(3)", "crashed"),
    _on_the_matrix("reads address 0", "import ctypes; ctypes.string_at(0)", "crashed"),
    _on_the_matrix("hoards", "hoard = [bytes(1 << 34)]", "out of memory"),
    Program("sleeps while it is imported", "import time\ntime.sleep(600)\n", 0, "timed out"),
)
SUMMING = (
    Program("sums", "def total(x, axis=-1):\n    return x.sum(dim=axis)\n", 3, "passed"),
    Program("only the last axis", "def total(x, axis=-1):\n    return x.sum(-1)\n", 2, "wrong answer"),
)


@dataclass(frozen=True)
class Student:
    """Somebody of the class.

    Attributes:
        name: Who.
        programs: What was handed in, by exercise.
        is_faulty: Whether something of it hangs, crashes or eats memory.
    """

    name: str
    programs: Mapping[str, Program]
    is_faulty: bool


def make_class(count: int, seed: int = 0, faulty: float = FAULTY) -> list[Student]:
    """A class of `count`; equal arguments give equal classes.

    Args:
        count: How many students.
        seed: What their programs are drawn from, and who has which.
        faulty: The share whose code hangs, crashes or eats memory, rounded to whole students.
    """
    draw = random.Random(seed)
    faults, flaws = round(count * faulty), round(count * FLAWED)
    # Each kind as often as the others, as far as the numbers go.
    kinds = [
        *(FAULTS[i % len(FAULTS)] for i in range(faults)),
        *(FLAWS[i % len(FLAWS)] for i in range(flaws)),
    ]
    kinds = kinds[:count]
    kinds += [RIGHT[i % len(RIGHT)] for i in range(count - len(kinds))]
    draw.shuffle(kinds)
    summing = [SUMMING[draw.random() < FLAWED] for _ in kinds]
    width = max(3, len(str(count)))
    return [
        Student(f"student-{number:0{width}}", {"double": double, "total": total}, double in FAULTS)
        for number, (double, total) in enumerate(zip(kinds, summing, strict=True), start=1)
    ]


def write_course(root: Path) -> Path:
    """Write the course, staff's files included; returns `root`."""
    files = dict(_FILES)
    for name in ("double", "total"):
        files[f"exercises/{name}/README.md"] = f"# {name.title()}\n"
        files[f"exercises/{name}/test_{name}.py"] = VISIBLE
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def write_class(folder: Path, students: Sequence[Student]) -> Path:
    """Write what everybody handed in; returns `folder`."""
    for student in students:
        own = folder / student.name
        own.mkdir(parents=True)
        for exercise, program in student.programs.items():
            if program.source is not None:
                (own / f"{exercise}.py").write_text(f"# {student.name}\n{program.source}", encoding="utf-8")
    return folder


def mistakes(out: Path, students: Sequence[Student]) -> Iterator[str]:
    """What the reports in a folder say that is not so, one sentence each; none if everybody got theirs."""
    there = {path.name for path in (out / "students").iterdir()} if (out / "students").is_dir() else set()
    yield from (f"{name}: nobody of that name" for name in sorted(there - {each.name for each in students}))
    for student in students:
        if student.name not in there:
            yield f"{student.name}: no report"
            continue
        report = json.loads((out / "students" / student.name / "report.json").read_bytes())
        came = {each["name"]: (each["score"], each["verdict"]) for each in report["exercises"]}
        for exercise, program in student.programs.items():
            wanted = (program.score, program.verdict)
            if came.get(exercise) != wanted:
                yield f"{student.name}, {exercise} ({program.name}): {came.get(exercise)}, not {wanted}"
