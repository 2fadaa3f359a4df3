"""Run a test of the course without pytest: what a notebook's cell, a doctest or the floor does."""

import inspect
from functools import cache
from pathlib import Path

from grader.checks.digits import load_digits
from grader.checks.draw import Draw, seed_for
from grader.checks.reference import Reference, load_module
from grader.student.proxy import Student

COURSE = Path(__file__).parents[1]


@cache
def tests(exercise):
    """The test functions of an exercise by name, in order."""
    module = load_module(COURSE / "tests" / "hidden" / f"test_{exercise}.py", f"hidden_{exercise}")
    return {name: value for name, value in vars(module).items() if name.startswith("test_")}


reference = cache(lambda exercise: Reference(COURSE / "reference" / exercise))
digits = cache(lambda: load_digits(COURSE / "exercises" / "data" / "digits.csv.gz"))


def check(exercise, test, functions, student="you"):
    """Run one test against a student's functions; raises what the test raises."""
    function = tests(exercise)[test]
    makers = {
        "student": lambda: Student(functions),
        "reference": lambda: reference(exercise),
        "rng": lambda: Draw(seed_for("benchmark", student, exercise, test)),
        "digits": digits,
        "device": lambda: "cpu",
    }
    function(**{name: makers[name]() for name in inspect.signature(function).parameters})
