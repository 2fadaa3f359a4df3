"""Calls in short form: one line, shapes and dtypes, no values of tensors."""

import pytest
import torch

from grader.student.shortform import LONGEST_CALL, short_call, short_value


class Live:
    label = "MLP(3)"


class Odd:
    def __repr__(self):
        raise AssertionError("repr ran")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.zeros(4, 7), "tensor[4, 7] float32"),
        (torch.tensor(1), "tensor[] int64"),
        (torch.zeros(2, dtype=torch.bfloat16), "tensor[2] bfloat16"),
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (0.1, "0.1"),
        (1e-10, "1e-10"),
        (float("nan"), "nan"),
        ("cpu", "'cpu'"),
        ("x" * 100, "str of 102 characters"),
        ((1, 2), "(1, 2)"),
        ((1,), "(1,)"),
        ([1, [2.5]], "[1, [2.5]]"),
        ([], "[]"),
        ([torch.zeros(2)], "[tensor[2] float32]"),
        (list(range(9)), "list of 9"),
        ((torch.zeros(10, 10, 10, 10),) * 3, "tuple of 3"),
        ({"a": 1}, "dict of 1"),
        (Live(), "MLP(3)"),
        (Odd(), "Odd"),
    ],
)
def test_one_argument(value, expected):
    assert short_value(value) == expected


def test_a_call():
    assert short_call("softmax", [torch.zeros(4, 7)], {"dim": 1}) == "softmax(tensor[4, 7] float32, dim=1)"
    assert short_call("f", [], {}) == "f()"


def test_a_long_call_is_shortened():
    whole = short_call("f", [torch.zeros(10)] * 50, {"x": 1})
    assert whole == "f(51 arguments)"
    assert len(short_call("f", ["y" * 30] * 4, {})) <= LONGEST_CALL
