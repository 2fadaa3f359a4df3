"""Findings: a closed union of frozen facts."""

import re
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from grader import findings
from grader.findings import Entry, Excerpt, Finding, Frame, Frozen, Problem
from grader.report.examples import EXAMPLES

UNION = get_args(get_args(Finding)[0])
FINDING = TypeAdapter(Finding)


class Holder(Frozen):
    finding: Finding


CODES = [kind.model_fields["code"].default for kind in UNION]


def test_every_kind_of_problem_is_in_the_union_once():
    kinds = {
        value
        for value in vars(findings).values()
        if isinstance(value, type) and issubclass(value, Problem) and value is not Problem
    }
    assert kinds == set(UNION)
    assert len(CODES) == len(set(CODES)) == len(UNION)


def test_there_is_an_example_of_every_code():
    assert list(EXAMPLES) == CODES


@pytest.mark.parametrize("kind", [*UNION, Entry, Frame])
def test_every_field_is_described_and_nothing_extra_is_taken(kind):
    assert kind.__doc__
    for name, field in kind.model_fields.items():
        assert name == "code" or (field.description or "").endswith("."), name
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]


@pytest.mark.parametrize("code", CODES)
def test_codes_are_short_plain_words(code):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert len(code) <= 20


@pytest.mark.parametrize("code", CODES)
def test_a_finding_survives_json(code):
    # Inside a Frozen model, as everywhere: a bare TypeAdapter would write NaN as null.
    # NaN is not equal to itself, so the texts are compared.
    text = Holder(finding=EXAMPLES[code]).model_dump_json()
    back = Holder.model_validate_json(text)
    assert type(back.finding) is type(EXAMPLES[code])
    assert back.model_dump_json() == text


def test_nan_and_infinities_are_strings_in_json():
    entry = Entry(index=(0,), yours=float("nan"), expected=float("-inf"), allowed=float("inf"))
    assert (
        entry.model_dump_json() == '{"index":[0],"yours":"NaN","expected":"-Infinity","allowed":"Infinity"}'
    )


@pytest.mark.parametrize("data", [{"code": "nonsense"}, {}, {"code": "crashed", "how": "x", "mark": 10}])
def test_what_is_no_finding_is_refused(data):
    with pytest.raises(ValidationError):
        FINDING.validate_python(data)


def test_a_finding_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        EXAMPLES["crashed"].how = "another way"


def excerpt(**changes):
    rows = ("1 2", "3 nan")
    return Excerpt(
        **{"start": (0, 3), "shape": (2, 2), "yours": rows, "expected": rows, "apart": rows} | changes
    )


def test_an_excerpt_has_a_number_for_each_place():
    assert excerpt().shape == (2, 2)
    for changes in (
        {"start": (0,)},
        {"start": (), "shape": ()},
        {"shape": (2, 0)},
        {"shape": (97, 2)},
    ):
        with pytest.raises(ValidationError, match="as many dimensions"):
            excerpt(**changes)
    for rows in (("1 2",), ("1 2", "3"), ("1 2", "3 4", "5 6")):
        with pytest.raises(ValidationError, match="a number for each"):
            excerpt(apart=rows)
