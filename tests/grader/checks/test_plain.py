"""The student's function gives what a cell of a notebook would have: tensors, also within containers."""

import torch

from grader.checks import plain
from grader.student.calls import Answer
from grader.wire.values import TensorValue

TENSOR = torch.tensor([1.0, 2.0])


def answering(value):
    """A function that answers as one behind the wall does, and keeps what it was called with."""

    def function(*args, **kwargs):
        function.called = args, kwargs
        return Answer("double(1)", value)

    return function


def test_tensors_are_tensors_wherever_they_are():
    over_the_wire = TensorValue(TENSOR, "cpu", requires_grad=False)
    value = plain(answering((over_the_wire, [1, {"loss": over_the_wire}])))()
    assert value[0] is TENSOR
    assert value[1][1]["loss"] is TENSOR
    assert (type(value), type(value[1]), value[1][0]) == (tuple, list, 1)


def test_what_is_no_tensor_stays_as_it_is():
    assert plain(answering("text"))() == "text"
    assert plain(answering(None))() is None


def test_arguments_go_through():
    function = answering(1)
    plain(function)(2, times=3)
    assert function.called == ((2,), {"times": 3})
