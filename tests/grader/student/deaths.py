"""A module of a student's from one function's body, and what must come of it."""

import pytest

from grader.student.failures import StudentFailed


def failure_of(call, *args):
    with pytest.raises(StudentFailed) as caught:
        call(*args)
    return caught.value


def lives(student, verdict, finding=None):
    """`f` fails as said, `ok` works in a fresh worker, and one death was counted."""
    failure = failure_of(student.f)
    assert (failure.verdict, failure.finding.call) == (verdict, "f()")
    assert finding is None or failure.finding == finding
    assert student.ok(1).value == 1
    return failure.finding


def source(body):
    """A module whose `f` has this body, and whose `ok` gives back its argument."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    imports = "import ctypes, os, signal, threading, time, torch"
    return f"{imports}\ndef ok(x):\n    return x\ndef f(*args):\n{lines}\n"
