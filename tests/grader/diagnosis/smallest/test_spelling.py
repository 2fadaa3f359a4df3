"""Arguments that can be pasted, and results in short."""

from __future__ import annotations

import math

import pytest
import torch

from grader.diagnosis.smallest.spelling import Word, exception_name, shown, shown_pair, source_of
from grader.wire.values import OpaqueValue, TensorValue


def came(*numbers: float, dtype: torch.dtype = torch.float32) -> TensorValue:
    return TensorValue(torch.tensor(numbers, dtype=dtype), "cpu", False)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (
            torch.tensor([0.0, -1001.0, 0.5, math.inf]),
            "torch.tensor([0., -1001., 0.5, torch.inf])",
        ),
        (torch.tensor([[-math.inf, math.nan]]), "torch.tensor([[-torch.inf, torch.nan]])"),
        (torch.tensor([1, 0]), "torch.tensor([1, 0])"),
        (torch.tensor([1.0], dtype=torch.float64), "torch.tensor([1.], dtype=torch.float64)"),
        (torch.zeros(2, 3), "torch.zeros(2, 3)"),
        (torch.ones(5, dtype=torch.float64), "torch.ones(5, dtype=torch.float64)"),
        (torch.full((6,), 89.0), "torch.full((6,), 89.)"),
        (torch.full((2, 4), 0.5), "torch.full((2, 4), 0.5)"),
        (torch.zeros(6, dtype=torch.int64), "torch.tensor([0, 0, 0, 0, 0, 0])"),
        (torch.tensor([[0.0, 1.0], [2.0, 3.0]]).T, "torch.tensor([[0., 1.], [2., 3.]]).T"),
        ((1, 2), "(1, 2)"),
        ((1,), "(1,)"),
        ([None, True, "cpu", 1e30], "[None, True, 'cpu', 1e+30]"),
    ],
)
def test_source(value: object, source: str):
    assert source_of(value) == source


def test_the_order_in_memory_is_spelled():
    tensor = torch.arange(24.0).reshape(2, 3, 2, 2).permute(0, 3, 1, 2)
    again = eval(source_of(tensor), {"torch": torch})
    assert torch.equal(again, tensor)
    assert again.stride() == tensor.stride()


def test_what_is_not_plain_data_has_no_source():
    with pytest.raises(TypeError, match="cannot hold a object"):
        source_of(object())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (came(0.0, math.nan, -math.inf, 0.7310586), "[0., nan, -inf, 0.7311]"),
        (torch.tensor(1.0), "tensor(1.)"),
        (torch.tensor([-0.0]), "[0.]"),
        (torch.zeros(5, 5), "a tensor of shape [5, 5]"),
        (torch.zeros(1, 0), "a tensor of shape [1, 0]"),
        ((1, [2.5, None]), "(1, [2.5, None])"),
        (Word("ValueError"), "ValueError"),
        ("the hidden input is 7", "a str"),
        ({"the hidden input is": 7}, "a dict"),
        (OpaqueValue("numpy.ndarray", (2,)), "numpy.ndarray"),
        (OpaqueValue("TheHiddenInputIs7", ()), "something else"),
    ],
)
def test_shown(value: object, text: str):
    assert shown(value) == text


def test_nothing_that_student_code_named_is_shown():
    assert exception_name("IndexError") == "IndexError"
    assert exception_name("TheHiddenInputIs7") == "another exception"
    assert exception_name("print") == "another exception"


def test_two_that_differ_look_different():
    right = torch.tensor([0.26894142136999], dtype=torch.float64)
    assert shown_pair(came(0.5), right) == ("[0.5]", "[0.2689]")
    assert shown_pair(came(0.2689425), right) == ("[0.268943]", "[0.268941]")
    close = came(0.26894143, dtype=torch.float64)
    assert shown_pair(close, right) == ("[0.26894143]", "[0.268941421]")


def test_two_that_are_equal_differ_in_kind():
    assert shown_pair([1.0], torch.tensor([1.0])) == ("[1.] (a list)", "[1.] (a tensor)")
    assert shown_pair(1, 1) == ("1 (an int)", "1 (an int)")
    assert shown_pair(OpaqueValue("x", ()), OpaqueValue("x", ())) == ("something else (something else)",) * 2


def test_what_is_right_is_rounded_as_the_answer_is():
    exact = torch.tensor(1 / 3, dtype=torch.float64)
    assert shown_pair(TensorValue(torch.tensor(2), "cpu", False), exact) == ("tensor(2)", "tensor(0.3333)")
    assert shown_pair(1.0, exact) == ("1.", "tensor(0.3333)")
    assert shown_pair((came(2.0),), (torch.tensor([1.0]), torch.tensor([1.0]))) == ("([2.])", "([1.], [1.])")
