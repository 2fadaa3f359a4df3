"""Whether the worked examples of a handout give what they show, with the reference as the solution.

They run in a process of their own (`grader.verify.examples`) with a deadline.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial

from grader.course import Course, Exercise
from grader.report.numbers import count
from grader.verify import examples
from grader.verify.examples import Ran, WrongExample, sessions
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import shown, text_of

DEADLINE = 120.0
"""Seconds for the examples of one handout: importing torch takes some 2, on a loaded machine 20."""


class CouldNotRun(Exception):
    """The process of the examples ended without an answer; the words say how."""


def rows(course: Course, exercise: Exercise) -> Iterator[Row]:
    """A row for each example that is wrong; one row if all are right."""
    where = shown(course, exercise.handout)
    row = partial(Row, exercise=exercise.name, claim=Claim.HANDOUT, file=where)
    if exercise.reference is None:
        yield row(standing=Standing.NOT_RUN, sentence="there is no reference here to run them with")
        return
    if not sessions(text_of(exercise.handout)).strip():
        sentence = f"{where} has no worked example, a block of python with >>>"
        yield row(standing=Standing.NOT_RUN, sentence=sentence)
        return
    try:
        ran = run(course, exercise)
    except CouldNotRun as error:
        yield row(standing=Standing.FAILS, sentence=f"the examples of {where} {error}")
        return
    for wrong in ran.wrong:
        yield row(
            standing=Standing.FAILS,
            what=f"line {wrong.line}",
            sentence=_sentence(wrong, where),
            line=wrong.line,
            detail=_detail(wrong),
        )
    if not ran.wrong:
        sentence = f"{count(ran.examples, 'example')} in {where} give what they show"
        yield row(standing=Standing.HOLDS, sentence=sentence)


def run(course: Course, exercise: Exercise, deadline: float = DEADLINE) -> Ran:
    """Run the examples of a handout; its exercise and the companions are the references.

    Raises:
        CouldNotRun: They did not end, or not with an answer.
    """
    solved = [exercise, *(course.exercise(name) for name in exercise.companions)]
    modules = [f"{each.name}={each.reference / 'solution.py'}" for each in solved if each.reference]
    command = [sys.executable, "-P", examples.__file__, str(exercise.handout), *modules]
    with tempfile.TemporaryDirectory(prefix="handout-") as folder:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CouldNotRun(f"did not end within {deadline:g} seconds") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise CouldNotRun(f"cannot be run: {last}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Ran(told["examples"], tuple(WrongExample(**each) for each in told["wrong"]))


def _sentence(wrong: WrongExample, where: str) -> str:
    """Which example is wrong, and its first line that differs."""
    first = wrong.source.strip().splitlines()[0]
    shows = f"{where} shows in line {wrong.line}"
    return f"'{first}' gives {_short(wrong.got)}, not {_short(wrong.expected)} as {shows}"


def _short(text: str) -> str:
    lines = text.strip().splitlines()
    return f"'{lines[0]}'{' ...' if len(lines) > 1 else ''}" if lines else "nothing"


def _detail(wrong: WrongExample) -> str:
    parts = (("typed", wrong.source), ("expected", wrong.expected), ("got", wrong.got))
    return "\n".join(f"{label}:\n{text.rstrip()}" for label, text in parts)
