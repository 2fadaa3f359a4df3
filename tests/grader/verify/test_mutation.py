"""Which trials the mutants of a reference need, and what is noted of each."""

import pytest

from grader.verdicts import Blame, Verdict
from grader.verify.effort import FULL, NORMAL
from grader.verify.mutation import Mutation
from grader.verify.report import Claim, Standing
from grader.wire.messages import SIMULATED
from tests.grader.tiny import make_course
from tests.grader.verify.judged import a_test, judged, program

MOVED = "def double(x, times=2, device='cpu'):\n    return send(x.to(device), times * 2, device)\n"
CAUGHT = judged(a_test(verdict=Verdict.WRONG_ANSWER, blame=Blame.STUDENT))
SURVIVED = judged(a_test())


@pytest.fixture
def mutation(tmp_path):
    course = make_course(tmp_path, **{"reference/double/solution.py": MOVED})
    return Mutation(course, course.exercise("double"), FULL)


def test_only_what_may_move_a_tensor_is_simulated_too(mutation):
    trials = list(mutation.trials())
    simulated = {trial.program.what for trial in trials if trial.device == SIMULATED}
    usual = [trial.program.what for trial in trials if trial.is_usual]
    assert simulated < set(usual)
    assert len(usual) == len(set(usual)) > len(simulated)
    assert any("[-.to(device)-]" in what for what in simulated)
    assert all("device" in what for what in simulated)
    still = {what for what in usual if "[-times-]" in what or "[-*-]" in what}
    assert still
    assert not still & simulated


def test_mutants_are_judged_in_haste_and_until_one_test_notices(mutation):
    manners = {trial.manner for trial in mutation.trials()}
    (manner,) = manners
    assert manner.in_haste
    assert manner.until_failure
    assert not manner.explain
    assert not manner.replay


def test_one_that_is_noticed_anywhere_is_caught(mutation):
    trials = list(mutation.trials())
    for trial in trials:
        mutation.see(trial, SURVIVED if trial.device == SIMULATED else CAUGHT)
    (row,) = mutation.rows()
    assert row.standing is Standing.HOLDS
    for trial in trials:
        mutation.see(trial, SURVIVED)  # told of again, it stays caught
    assert [row.standing for row in mutation.rows()] == [Standing.HOLDS]


def test_one_that_only_the_simulated_device_notices_is_caught(mutation):
    for trial in mutation.trials():
        mutation.see(trial, CAUGHT if trial.device == SIMULATED else SURVIVED)
    score, *survivors = mutation.rows()
    simulated = {trial.program.what for trial in mutation.trials() if trial.device == SIMULATED}
    assert score.standing is Standing.FAILS
    assert survivors
    assert not simulated & {row.what for row in survivors}


def test_other_programs_are_none_of_its_business(mutation):
    trial = next(iter(mutation.trials()))
    mutation.see(type(trial)(program(Claim.ACCEPTED, trial.program.what)), CAUGHT)
    assert "0 of" in next(mutation.rows()).sentence


def test_without_mutants_there_are_no_trials_and_no_rows(tmp_path):
    course = make_course(tmp_path)
    mutation = Mutation(course, course.exercise("double"), NORMAL)
    assert (list(mutation.trials()), list(mutation.rows())) == ([], [])
