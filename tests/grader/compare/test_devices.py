"""How far apart one test's numbers are on two devices."""

import pytest
import torch

from grader.compare.compare import Terms
from grader.compare.devices import apart
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.wire.values import OpaqueValue, TensorValue

ONE = torch.finfo(torch.float32).eps * (8 + 4)
"""What is allowed at numbers up to 1, where one term is summed."""


def sample(*numbers, device="cuda", claim="value", value=None):
    there = TensorValue(torch.tensor(numbers), device, False) if value is None else value
    terms = Terms(device=device, dtype=torch.float32)
    return Sample(claim, "double", value=there, allowance=Allowance(), terms=terms)


def here(*numbers, **more):
    return sample(*numbers, device="cpu", **more)


def test_the_largest_difference_is_a_share_of_what_is_allowed():
    assert apart([here(1.0, 0.5)], [sample(1.0, 0.5)]) == 0
    half = 1.0 - float(torch.tensor(ONE / 2, dtype=torch.float64))
    near = apart([here(1.0, 0.5), here(1.0)], [sample(1.0, 0.5), sample(half)])
    assert near == pytest.approx(0.5, rel=0.1)
    assert apart([here(1.0, 0.5)], [sample(1.0, 0.6)]) > 1000


def test_parts_of_results_are_compared_one_by_one():
    def pair(first, second, device):
        return [TensorValue(torch.tensor(each), device, False) for each in (first, second)] + [0.25]

    ours = here(value=pair([1.0], [1.0], "cpu"))
    assert apart([ours], [sample(value=pair([1.0], [1.0], "cuda"))]) == 0
    assert apart([ours], [sample(value=pair([1.0], [1.5], "cuda"))]) > 1000


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([here(1.0)], []),
        ([here(1.0)], [sample(1.0, claim="gradients")]),
        ([here(1.0)], [sample(1.0, 2.0)]),
        ([here(1.0)], [sample(float("nan"))]),
        ([here(1.0)], [sample(value=OpaqueValue("ndarray", (1,)))]),
        ([here(1.0, claim="state")], [sample(1.0, claim="state")]),
    ],
    ids=["fewer", "another claim", "another shape", "no number", "another type", "no numbers claimed"],
)
def test_what_cannot_be_compared_has_no_distance(ours, theirs):
    assert apart(ours, theirs) is None
