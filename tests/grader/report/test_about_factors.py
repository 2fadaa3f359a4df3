"""A factor is told by what it equals, and the next step follows it."""

from grader.findings import Relation
from grader.report.about_relations import about_relation


def said(**fields):
    return about_relation(Relation(kind="factor", **fields))


def test_next_steps_follow_the_factor():
    assert "Is a division by N missing" in said(named="N")[1]
    assert "Do you divide by N" in said(named="1/N")[1]
    assert "logarithms" in said(named="ln 2")[1]
    assert "percent" in said(named="100")[1]
    assert "square" in said(named="2")[1]
    assert "scaling" in said(named="1/255")[1]
    assert "0.25" in said(value=4)[1]


def test_the_wrong_sign_is_told_with_the_factor():
    told = [said(named=named)[0] for named in ("-2", "-1/C", "-C", "-C/2")]
    assert told == [
        "Every number is 2 times the expected one, with the wrong sign.",
        "Every number, with the wrong sign, is C times too small, and C is the number of classes.",
        "Every number, with the wrong sign, is C times too large, and C is the number of classes.",
        "Every number, with the wrong sign, is C/2 times the expected one, and C is the number of classes.",
    ]
