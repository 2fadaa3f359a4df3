"""What the calls that go wrong have in common, in words."""

from typing import get_args

import pytest

from grader.findings import Relation
from grader.findings.explanations import When, WhenKind
from grader.report.about_whens import about_when, when_words


@pytest.mark.parametrize("kind", get_args(WhenKind))
def test_each_feature_of_calls_has_words_and_a_step(kind):
    when = When(kind=kind, name="float64", value=2)
    assert when_words(when).startswith("in each call ")
    said, step = about_when(Relation(kind="when", when=when))
    assert when_words(when) in said
    assert "{" not in step


def test_a_size_is_told_with_its_meaning():
    words = when_words(When(kind="size-one", name="N"))
    assert words == "in each call where N, the number of samples in the batch, is 1"


def test_what_is_large_decides_what_to_look_for():
    steps = [about_when(Relation(kind="when", when=When(kind="large", value=v)))[1] for v in (0.97, 1000.0)]
    assert ["clamp" in step for step in steps] == [True, False]
    assert ["exp" in step for step in steps] == [False, True]
