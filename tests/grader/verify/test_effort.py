"""How much each effort does: more and more, and nothing is left out without saying so."""

from grader.verify.effort import ALONE, FULL, NORMAL, QUICK, TOGETHER
from grader.verify.report import Claim

PROGRAMS = (Claim.REFERENCE, Claim.STUB, Claim.ACCEPTED, Claim.NULL_ANSWER, Claim.MISTAKE)


def test_each_effort_does_all_that_the_one_before_does():
    for less, more in ((QUICK, NORMAL), (NORMAL, FULL)):
        assert all(less.seeds_of(claim) <= more.seeds_of(claim) for claim in PROGRAMS)
        assert set(more.left_out()) < set(less.left_out())


def test_what_is_left_out_is_told():
    assert FULL.left_out() == ()
    assert NORMAL.left_out() == (Claim.MUTANT,)
    assert Claim.MISTAKE in QUICK.left_out()


def test_seeds_leave_alone_what_is_not_judged():
    assert QUICK.with_seeds(7).seeds_of(Claim.MISTAKE) == 0
    assert QUICK.with_seeds(7).seeds_of(Claim.ACCEPTED) == 7


def test_every_condition_is_tried_alone_and_together():
    for name in ("threads", "deterministic", "strict_warnings", "dtype"):
        usual = getattr(type(ALONE[0])(), name)
        assert [getattr(each, name) for each in ALONE].count(usual) == len(ALONE) - 1, name
        assert any(getattr(each, name) != usual for each in TOGETHER), name
