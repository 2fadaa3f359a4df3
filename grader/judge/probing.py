"""Probes: calls of the staff's that tell neighbouring mistakes apart, and claim nothing.

`reference/<exercise>/probes.py` holds functions `probe_<what>(student, rng)`,
written like hidden tests without a claim. What comes back from their calls is
recorded, and compared between a submission and a known mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.checks.draw import Draw, seed_for
from grader.checks.reference import load_module
from grader.compare.compare import Terms
from grader.compare.samples import Sample
from grader.course import Exercise
from grader.diagnosis.agreement import Record
from grader.student.calls import Refusal
from grader.student.proxy import EntryPointProxy, Student, StudentFailed

Probe = Callable[[Any, Draw], None]


def probes_of(exercise: Exercise) -> dict[str, Probe]:
    """The probes of an exercise by name, in the order in which they are written; mostly there are none.

    Raises:
        CourseError: The file cannot be imported.
    """
    path = (exercise.reference or Path()) / "probes.py"
    if exercise.reference is None or not path.is_file():
        return {}
    module = load_module(path, f"reference_{exercise.name}_probes")
    return {name: value for name, value in vars(module).items() if name.startswith("probe_")}


def probed(student: Student, probe: Probe, name: str, secret: str) -> Record:
    """What a probe sees of a program; its inputs depend on `name` and `secret` alone."""
    watched = _Watched(student)
    student.begin_test("cpu", name)
    try:
        probe(watched, Draw(seed_for("probe", secret, name)))
        student.settle()
    except StudentFailed as failure:
        return Record(False, tuple(watched.samples), (failure.finding,))
    finally:
        student.end_test()
    return Record(False, tuple(watched.samples), ())


class _Watched:
    """A student whose calls are recorded; an exception of its code is an answer like any other."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self.samples: list[Sample] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._student, name)
        if not isinstance(found, EntryPointProxy):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            answer = found.attempt(*args, **kwargs)
            if isinstance(answer, Refusal):
                self.samples.append(Sample("refusal", name, args, kwargs, answer))
            else:
                terms = Terms(dtype=answer.dtype)
                self.samples.append(Sample("value", name, args, kwargs, answer.value, terms=terms))
            return answer

        return call
