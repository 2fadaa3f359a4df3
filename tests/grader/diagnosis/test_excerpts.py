"""An excerpt shows what is wrong, where it is in the tensor, and never more than can be seen at a glance."""

import math

import pytest
import torch
from pydantic import ValidationError

from grader.compare.compare import Terms, compare
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.excerpts import MOST_COLUMNS, MOST_ROWS, excerpts
from grader.findings import Excerpt
from grader.findings.explanations import MOST_NUMBERS
from grader.wire.values import TensorValue

NAN, INF = math.nan, math.inf


def sample(seen, expected, claim="value", **terms):
    value = TensorValue(seen, "cpu", False)
    held = Terms(**terms)
    findings = compare(value, expected.double(), Allowance(), held)
    return Sample(
        claim, "softmax", (), {}, value, expected.double(), Allowance(), held, findings=tuple(findings)
    )


def of(seen, expected, **terms):
    return excerpts([sample(seen, expected, **terms)])[0].get("")


def test_all_of_a_small_tensor():
    found = of(torch.tensor([[0.5, NAN], [2e-7, -INF]]), torch.tensor([[0.25, 1.0], [1e-7, 1.0]]))
    assert found == Excerpt(
        start=(0, 0),
        shape=(2, 2),
        yours=("0.5 nan", "2e-07 -inf"),
        expected=("0.25 1", "1e-07 1"),
        apart=("0.25 nan", "0 -inf"),  # 1e-7 beside 1 is rounding
    )


def test_it_goes_by_what_the_comparison_allows():
    expected = torch.ones(3, dtype=torch.float64)
    seen = expected + torch.tensor([0.0, 1e-9, 1e-3], dtype=torch.float64)
    assert of(seen, expected).apart == ("0 1e-09 0.001",)
    assert of(expected + 1e-9, expected).apart == ("1e-09 1e-09 1e-09",)
    assert of(expected.float() + 1e-7, expected) is None


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        ((7,), (7,)),
        ((500,), (12,)),
        ((128, 10), (9, 10)),
        ((40, 3), (12, 3)),
        ((2, 2, 4, 4), (2, 2, 4, 4)),
        ((4, 16, 32, 32), (1, 1, 8, 12)),
        ((200, 3, 1, 1), (32, 3, 1, 1)),
    ],
)
def test_of_a_large_one_the_part_round_what_is_most_wrong(shape, part):
    expected = torch.zeros(shape)
    for worst in (0, expected.numel() // 2, expected.numel() - 1):
        seen = expected.clone()
        seen.view(-1)[worst] = 5.0
        seen.view(-1)[worst - 1] = 1.0
        found = of(seen, expected)
        assert found.shape == part
        assert any("5" in row.split() for row in found.apart)
        assert all(
            0 <= start <= whole - size
            for start, size, whole in zip(found.start, found.shape, shape, strict=True)
        )
        window = tuple(slice(s, s + n) for s, n in zip(found.start, found.shape, strict=True))
        numbers = [float(text) for row in found.yours for text in row.split()]
        assert numbers == seen[window].reshape(-1).tolist()
    assert math.prod(part) <= MOST_NUMBERS
    assert part[-1] <= MOST_COLUMNS
    assert part[-2:-1] <= (MOST_ROWS,)


def test_a_number_and_a_wrong_shape_have_none():
    assert of(torch.tensor(2.0), torch.tensor(1.0)) is None
    assert of(torch.ones(2), torch.ones(3)) is None
    assert of(torch.ones(2), torch.ones(2)) is None


def test_each_part_of_each_claim_has_its_own():
    seen, expected = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])
    both = Sample(
        "value", "f", (), {},
        (TensorValue(seen, "cpu", False), TensorValue(expected, "cpu", False)),
        (expected.double(), expected.double()), (Allowance(), Allowance()),
    )  # fmt: skip
    assert [list(found) for found in excerpts([both, sample(seen, expected)])] == [["[0]"], [""]]


@pytest.mark.parametrize(
    "change",
    [
        {"yours": ("1 2", "3")},
        {"expected": ("1 2",)},
        {"apart": ("1 <b>", "3 4")},
        {"start": (0,)},
        {"shape": (2, 200)},
        {"shape": (0, 2)},
        {"shape": (4,), "start": (0,)},
        {"shape": (), "start": ()},
    ],
)
def test_one_that_does_not_fit_together_is_refused(change):
    rows = ("1 2", "3 4")
    sound = {"start": (0, 0), "shape": (2, 2), "yours": rows, "expected": rows, "apart": rows}
    Excerpt.model_validate(sound)
    with pytest.raises(ValidationError):
        Excerpt.model_validate(sound | change)
