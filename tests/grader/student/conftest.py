"""A zygote for the whole folder, and students made of a few lines of source."""

import subprocess
import textwrap
from pathlib import Path

import pytest

from grader.course.manifest import EntryPointSpec, Exercise, ForbiddenRule, Limits
from grader.sandbox.policy import Confinement
from grader.student import launch
from grader.student.launch import Zygote
from grader.student.proxy import Student
from grader.submission import Bundle, SubmittedFile
from grader.verdicts import Isolation
from tests.grader.student.attacker import Attacker
from tests.grader.student.lone_judge import quick

PROCESS = Confinement.demanded(Isolation.PROCESS)


@pytest.fixture(scope="package")
def zygote():
    with Zygote(warm=True) as zygote:
        yield zygote


@pytest.fixture(scope="package")
def bare_zygote():
    """Its workers have process limits only: they are in reach of each other, and of the machine."""
    with Zygote(warm=True, confinement=PROCESS) as zygote:
        yield zygote


@pytest.fixture
def quickly(monkeypatch):
    """Zygotes that start at once: without torch, with workers that can only load a file."""
    monkeypatch.setattr(launch, "subprocess", type("", (), dict(vars(subprocess), Popen=staticmethod(quick))))


def exercise_of(*entry_points, name="work", forbidden=(), **limits):
    """An exercise with these entry points, each under all of the rules."""
    rules = tuple(ForbiddenRule(name=f"rule{i}", **rule) for i, rule in enumerate(forbidden))
    named = tuple(rule.name for rule in rules)
    return Exercise(
        name=name,
        title=name,
        summary=name,
        folder=Path(),
        entry_points=tuple(
            EntryPointSpec(name=point, signature=f"{point}()", forbidden=named) for point in entry_points
        ),
        forbidden=rules,
        limits=Limits(**limits),
        visible_tests=Path(),
        hidden_tests=None,
        reference=None,
        stub=Path(),
        handout=Path(),
    )


def bundle_of(files, name="work", main=None):
    """A bundle of these files, by name; the main one is the exercise's."""
    return Bundle(
        exercise=name,
        main=(f"{name}.py",) if main is None else main,
        files=tuple(
            SubmittedFile(file, text if isinstance(text, bytes) else textwrap.dedent(text).encode())
            for file, text in files.items()
        ),
        notes=(),
        problem=None,
    )


@pytest.fixture
def make(zygote):
    """Students made of source; their workers end with the test.

    `main` overrides the names to load, `beside` has more files by name,
    `companions` sources of other exercises by name, with their entry point `other`.
    """
    yield from makes(zygote)


@pytest.fixture
def make_bare(bare_zygote):
    """As `make`, with process limits only."""
    yield from makes(bare_zygote)


def makes(zygote):
    students = []

    def make(source, *entry_points, main=None, beside=None, forbidden=(), companions=None, **limits):
        exercise = exercise_of(*(entry_points or ("f",)), forbidden=forbidden, **limits)
        others = [
            (exercise_of("other", name=name), bundle_of({f"{name}.py": text}, name))
            for name, text in (companions or {}).items()
        ]
        files = ({"work.py": source} if source is not None else {}) | (beside or {})
        students.append(Student(zygote, exercise, bundle_of(files, main=main), companions=others))
        students[-1].begin_test("cpu", "a test")
        return students[-1]

    yield make
    for student in students:
        student.close()


@pytest.fixture
def attacker():
    """Makes attackers; they end with the test, whatever came of it."""
    made = []

    def make(*args, **options):
        made.append(Attacker(*args, **options))
        return made[-1]

    yield make
    for one in made:
        one.end()
