"""The score of the mutants, and a row for each that is not as it should be."""

import pytest

from grader.findings import GraderFault, TimedOut
from grader.verdicts import Blame, Verdict
from grader.verify.mutants import Equivalent, caught_by, listed, mutants, rows
from grader.verify.report import Claim, Standing
from tests.grader.verify.judged import a_test, judged

SOURCE = "def double(x):\n    total = x.sum(dim=1)\n    return total\n"
MUTANTS = mutants(SOURCE)
NAMES = [mutant.name for mutant in MUTANTS]
ENTRY = Equivalent(line="return total", becomes="return total.detach()", reason="Nobody looks.")
(DETACHED,) = listed([ENTRY], MUTANTS).reasons

FAILED = a_test(verdict=Verdict.WRONG_ANSWER, blame=Blame.STUDENT)
CAUGHT, SURVIVED = judged(a_test("test_shape"), FAILED), judged(a_test("test_shape"), a_test())
WORTHLESS = FAILED.model_copy(update={"max_score": 0.0, "device": "simulated"})


def scored(survivors=(), entries=(), missing=()):
    """The rows where all are caught but these."""
    reports = {name: SURVIVED if name in survivors else CAUGHT for name in NAMES if name not in missing}
    return list(rows("double", MUTANTS, listed(entries, MUTANTS), reports))


def test_where_all_are_caught_there_is_one_row():
    (row,) = scored()
    assert (row.exercise, row.claim, row.standing) == ("double", Claim.MUTANT, Standing.HOLDS)
    assert row.sentence == f"{len(NAMES)} of {len(NAMES)} mutants are caught, 0 listed as equivalent"


def test_those_that_are_listed_are_not_asked_to_be_caught():
    (row,) = scored(survivors=[DETACHED], entries=[ENTRY])
    assert row.standing is Standing.HOLDS
    assert row.sentence == f"{len(NAMES) - 1} of {len(NAMES) - 1} mutants are caught, 1 listed as equivalent"


def test_a_survivor_is_told_of_with_its_place_and_its_diff():
    score, row = scored(survivors=[DETACHED])
    assert score.standing is Standing.FAILS
    assert score.sentence.startswith(f"{len(NAMES) - 1} of {len(NAMES)} mutants are caught")
    assert (row.claim, row.what, row.standing) == (Claim.MUTANT, DETACHED, Standing.FAILS)
    assert (row.file, row.line) == ("reference/double/solution.py", 3)
    assert "`return total` became `return total.detach()`" in row.sentence
    assert "add a test" in row.sentence
    assert "reference/double/equivalents.toml" in row.sentence
    assert "-    return total\n+    return total.detach()" in row.detail


def test_one_that_is_listed_and_caught_is_listed_wrongly():
    score, row = scored(entries=[ENTRY])
    assert (score.standing, row.standing, row.what) == (Standing.FAILS, Standing.FAILS, DETACHED)
    assert "test_numbers notices it" in row.sentence


def test_an_entry_that_fits_nothing_is_told_of():
    score, row = scored(entries=[ENTRY.model_copy(update={"line": "return 7"})])
    assert (score.standing, row.standing) == (Standing.FAILS, Standing.FAILS)
    assert (row.what, row.file) == ("equivalents.toml", "reference/double/equivalents.toml")
    assert "`return 7` becomes `return total.detach()` fits no mutant" in row.sentence


def test_an_entry_that_fits_two_functions_is_told_of():
    twice = mutants(f"{SOURCE}\n\n{SOURCE.replace('double', 'twice')}")
    found = list(rows("double", twice, listed([ENTRY], twice), {mutant.name: CAUGHT for mutant in twice}))
    assert [row.standing for row in found] == [Standing.FAILS, Standing.FAILS]
    assert "several functions" in found[1].sentence


def test_more_than_a_tenth_listed_is_a_warning():
    some = [
        Equivalent(line=mutant.before, becomes=mutant.after, reason="So.")
        for mutant in MUTANTS
        if mutant.line == 3
    ]
    names = [mutant.name for mutant in MUTANTS if mutant.line == 3]
    tenth = len(MUTANTS) // 10
    assert [row.standing for row in scored(names[:tenth], some[:tenth])] == [Standing.HOLDS]
    score, row = scored(names[: tenth + 1], some[: tenth + 1])
    assert (score.standing, row.standing) == (Standing.HOLDS, Standing.WARNING)
    assert "more than 10%" in row.sentence


def test_one_that_was_not_judged_is_neither_caught_nor_a_survivor():
    score, row = scored(missing=[DETACHED])
    assert score.sentence.startswith(f"{len(NAMES) - 1} of {len(NAMES)} mutants are caught")
    assert (score.standing, row.standing, row.what) == (Standing.NOT_RUN, Standing.NOT_RUN, DETACHED)


@pytest.mark.parametrize(
    ("report", "test"),
    [
        (SURVIVED, None),
        (CAUGHT, "test_numbers"),
        (judged(FAILED, a_test("test_later", Verdict.NOT_RUN)), "test_numbers"),
        (judged(a_test(verdict=Verdict.TIMED_OUT, blame=Blame.STUDENT)), "test_numbers"),
        # Without points nothing is noticed, unless the same test has points on another device.
        (judged().model_copy(update={"tests": (WORTHLESS,)}), None),
        (judged().model_copy(update={"tests": (a_test(), WORTHLESS)}), "test_numbers"),
        # Nor by what is nobody's or the grader's fault.
        (judged(a_test(verdict=Verdict.ERROR, blame=Blame.GRADER)), None),
        (judged(a_test(verdict=Verdict.UNSTABLE, blame=Blame.NOBODY)), None),
        (judged().model_copy(update={"findings": (GraderFault(detail="lost"),)}), None),
        (
            judged().model_copy(update={"findings": (TimedOut(what="import", seconds=1.0),)}),
            "timed-out",
        ),
    ],
)
def test_what_counts_as_caught(report, test):
    assert caught_by(report) == test
