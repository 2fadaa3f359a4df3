"""Subscripts on the simulated device: the shapes that torch would give, and nothing left behind."""

import numpy
import pytest
import torch

from grader.worker.simulation import DEVICE, Simulation
from grader.worker.subscripts import item

ROWS = torch.tensor([0, 2])

INDICES = [
    0,
    -1,
    slice(1, None),
    slice(None, None, 2),
    slice(-2, -1),
    None,
    ...,
    (slice(None), 0),
    (..., 0),
    (0, ..., None),
    (None, slice(0, 2), None, 1),
    (slice(None), slice(0, 2), slice(1, 3)),
    ROWS,
    [0, 2],
    (slice(None), ROWS),
    (ROWS, ROWS),
    (..., ROWS),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_a_subscript_has_the_shape_that_torch_gives_it(index):
    expected = torch.zeros(3, 4, 5)[index].shape
    with Simulation():
        view = torch.zeros(3, 4, 5, device=DEVICE)[index]
        assert view.shape == expected
        assert view.device.type == "cuda"


def test_a_column_of_rows_and_classes():
    with Simulation():
        logits, targets = torch.zeros(3, 4, device=DEVICE), torch.zeros(3, dtype=torch.int64, device=DEVICE)
        assert logits[torch.arange(3), targets].shape == (3,)


def test_tensors_on_the_processor_are_subscripted_as_ever():
    with Simulation():
        x = torch.zeros(3, 4)
        assert x[1:, None].shape == (2, 1, 4)
        x[0] = 1.0
    assert item(torch.arange(3), 1).item() == 1


def test_any_device_may_be_assigned_from():
    with Simulation():
        x = torch.zeros(3, 4, device=DEVICE)
        x[0] = torch.ones(4)
        x[1, 2] = 1.0
        assert x.device.type == "cuda"


def test_the_subscripts_of_tensors_are_torch_s_own_afterwards():
    before = torch.Tensor.__getitem__, torch.Tensor.__setitem__
    with Simulation():
        assert torch.Tensor.__getitem__ is item
    assert (torch.Tensor.__getitem__, torch.Tensor.__setitem__) == before
    x = torch.arange(6.0).reshape(2, 3)
    x[0, 1] = 7.0
    numpy.testing.assert_array_equal(x[0].numpy(), [0.0, 7.0, 2.0])
