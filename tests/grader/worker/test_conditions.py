"""Conditions of a worker that no student's code shows."""

import argparse
import warnings

import pytest

from grader.student import conditions as judges
from grader.worker.conditions import Conditions


@pytest.mark.parametrize(
    "asked", [judges.USUAL, judges.Conditions(2, deterministic=True, strict_warnings=True, dtype="float64")]
)
def test_the_command_line_says_what_the_judge_asks_for(asked):
    parser = argparse.ArgumentParser()
    Conditions.declare(parser)
    assert vars(Conditions.of(parser.parse_args(asked.options()))) == vars(asked)


def test_the_usual_conditions_are_the_same_on_both_sides_and_set_nothing(monkeypatch):
    assert vars(Conditions()) == vars(judges.USUAL)
    monkeypatch.setitem(__import__("sys").modules, "torch", None)  # it is not even imported
    with warnings.catch_warnings():
        before = warnings.filters[:]
        Conditions().set_for_all()
        Conditions().set_for_one()
        assert warnings.filters == before


@pytest.mark.parametrize(
    ("module", "strict"),
    [
        ("task", True),
        ("torch.nn.functional", True),
        ("graders", True),
        ("grader.worker.observe", True),  # hands a student's operations on to torch
        ("grader.counting", True),
        ("grader.worker.handles", False),
        ("grader.wire.values", False),
        ("grader.blueprints", False),
    ],
)
def test_warnings_about_our_own_lines_are_never_errors(module, strict):
    with warnings.catch_warnings():
        warnings.resetwarnings()
        Conditions(strict_warnings=True).set_for_one()
        try:
            warnings.warn_explicit("careful", UserWarning, f"{module}.py", 1, module=module)
            raised = False
        except UserWarning:
            raised = True
    assert raised is strict
