"""The oracle: computed when it is compared, so after the answer, from arguments of its own."""

import pytest
import torch

from grader.checks.expect import CheckFailed, Expected, expect
from grader.checks.reference import Reference
from grader.student.proxy import Answer
from grader.wire.values import TensorValue

SOLUTION = """
import torch

calls = []

def twice(x, index=None):
    calls.append(x.dtype)
    return x * 2 if index is None else x[index] * 2

def pair(x):
    return x, x
"""


@pytest.fixture
def reference(tmp_path):
    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "solution.py").write_text(SOLUTION)
    return Reference(folder)


def answer(*numbers):
    return Answer("twice(x)", TensorValue(torch.tensor(numbers), "cpu", False))


def test_nothing_is_computed_before_an_answer_is_compared(reference):
    """Wherever the call stands: in front of the student's own, too."""
    expected = reference.twice(torch.ones(2))
    assert isinstance(expected, Expected)
    assert reference.module.calls == []
    expect(answer(2.0, 2.0)).matches(expected)
    assert reference.module.calls == [torch.float64]
    expect(answer(2.0, 2.0)).matches(expected)
    assert reference.module.calls == [torch.float64]  # once is enough


def test_gradients_are_computed_as_late(reference):
    expected = reference.twice.gradient(torch.ones(2), cotangent=torch.tensor([1.0, 3.0]))
    assert reference.module.calls == []
    assert [gradient.tolist() for gradient in expected.value] == [[2.0, 6.0]]
    assert reference.module.calls == [torch.float64]


def test_what_happens_to_the_arguments_meanwhile_does_not_count(reference):
    x, index, cotangent = torch.ones(2), torch.tensor([0, 1]), torch.ones(2)
    expected = reference.twice(x, index=index)
    gradients = reference.twice.gradient(x, cotangent=cotangent)
    for tensor in (x, index, cotangent):
        tensor.zero_()
    expect(answer(2.0, 2.0)).matches(expected)
    assert gradients.value[0].tolist() == [2.0, 2.0]


def test_an_answer_that_differs_still_does(reference):
    with pytest.raises(CheckFailed):
        expect(answer(2.0, 3.0)).matches(reference.twice(torch.ones(2)))


def test_a_gradient_of_more_than_one_tensor_is_a_mistake_of_the_test(reference):
    with pytest.raises(TypeError, match="returns one tensor"):
        _ = reference.pair.gradient(torch.ones(2), cotangent=torch.ones(2)).value
