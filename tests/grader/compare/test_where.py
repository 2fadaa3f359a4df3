"""Where wrong numbers sit: the simplest words that are true of all of them, and of no right one."""

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.tolerance import Allowance
from grader.compare.where import where
from grader.wire.values import TensorValue

SEEDS = range(30)


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def place(shape, *index, seed=0):
    """Where, if all that `index` selects is wrong."""
    wrong = torch.zeros(shape, dtype=torch.bool)
    wrong[index] = True
    return where(wrong, drawn(*shape, seed=seed))


def test_a_single_number_has_no_place():
    assert where(torch.tensor(True), torch.tensor(1.0)) is None
    assert where(torch.tensor([True]), torch.tensor([1.0])) is None


def test_everywhere():
    assert place((3, 4), slice(None)).kind == "everywhere"


@pytest.mark.parametrize("seed", SEEDS)
def test_one_row_some_columns_the_last_item(seed):
    row = place((5, 6), seed % 5, seed=seed)
    assert (row.kind, row.dim, row.indices, row.count, row.size) == ("slices", 0, (seed % 5,), 1, 5)
    columns = place((5, 6), slice(None), slice(0, None, 3), seed=seed)
    assert (columns.kind, columns.dim, columns.indices) == ("slices", 1, (0, 3))
    last = place((4, 2, 3, 3), -1, seed=seed)
    assert (last.dim, last.indices, last.size) == (0, (3,), 4)


def test_one_entry_of_a_vector_is_a_place_and_several_are_not():
    assert place((7,), 3).indices == (3,)
    assert place((7,), slice(0, 2)).kind == "scattered"


def test_all_but_one_row():
    found = place((5, 3), slice(1, None))
    assert (found.kind, found.dim, found.indices) == ("all-but", 0, (0,))
    assert place((2, 3), 1).kind == "slices"


def test_many_slices_are_counted_and_the_first_named():
    found = place((20, 3), slice(0, 14, 2))
    assert (found.count, found.indices) == (7, (0, 2, 4, 6, 8))


def test_the_border_of_images():
    wrong = torch.ones(2, 3, 6, 5, dtype=torch.bool)
    wrong[..., 1:-1, 1:-1] = False
    assert where(wrong, drawn(2, 3, 6, 5)).kind == "border"
    wrong = torch.ones(2, 3, 6, 7, dtype=torch.bool)
    wrong[..., 2:-2, 2:-2] = False
    assert where(wrong, drawn(2, 3, 6, 7)).count == 2
    wrong[0, 0, 0, 0] = False  # nearly all of it: then only that it is nowhere else
    found = where(wrong, drawn(2, 3, 6, 7))
    assert (found.kind, found.whole) == ("border", False)
    wrong[0, 0, 2, 2] = True
    assert where(wrong, drawn(2, 3, 6, 7)).kind == "scattered"


def test_the_diagonal():
    wrong = torch.eye(7, dtype=torch.bool)
    assert where(wrong, drawn(7, 7)).kind == "diagonal"
    wrong[1, 1] = False
    found = where(wrong, drawn(7, 7))
    assert (found.kind, found.whole) == ("diagonal", False)
    wrong[0, 1] = True
    assert where(wrong, drawn(7, 7)).kind == "scattered"
    assert where(torch.eye(2, dtype=torch.bool), drawn(2, 2)).kind == "scattered"


@pytest.mark.parametrize("seed", SEEDS)
def test_above_below_and_by_sign(seed):
    expected = drawn(6, 7, seed=seed)
    size = expected.abs()
    above = where(size > 1, expected)
    assert above.kind == "above"
    assert above.threshold == float(size[size > 1].min())
    below = where(size < 0.5, expected)
    assert below.kind == "below"
    assert below.threshold == float(size[size < 0.5].max())
    assert where(expected > 0, expected).kind == "positive"
    assert where(expected < 0, expected).kind == "negative"


@pytest.mark.parametrize("seed", SEEDS)
def test_wrong_numbers_at_random_are_scattered(seed):
    generator = torch.Generator().manual_seed(seed)
    wrong = torch.rand(6, 7, generator=generator) < 0.4
    assert where(wrong, drawn(6, 7, seed=seed + 100)).kind == "scattered"


def test_few_numbers_show_no_magnitude():
    expected = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert where(expected > 5, expected).kind == "scattered"


def test_some_of_one_row_is_said_where_it_is_no_accident():
    wrong = torch.zeros(6, 9, dtype=torch.bool)
    wrong[2, [0, 1, 3, 4, 6, 8]] = True
    found = where(wrong, drawn(6, 9))
    assert (found.kind, found.dim, found.indices, found.whole) == ("slices", 0, (2,), False)
    wrong[2] = False
    wrong[2, :2] = True
    assert where(wrong, drawn(6, 9)).kind == "scattered"


def test_infinite_expected_values_have_no_magnitude():
    expected = drawn(6, 7)
    expected[0, 0] = torch.inf
    wrong = expected.abs() > 1
    assert where(wrong, expected).kind == "scattered"


def far(data):
    return TensorValue(data, "cpu", False)


def test_findings_have_the_first_entries_and_the_place():
    expected = drawn(5, 6)
    seen = expected.float().clone()
    seen[3] += torch.tensor([1.0, 2, 3, 4, 5, 6])
    (finding,) = compare(far(seen), expected, Allowance(), Terms(dtype=torch.float32))
    assert [entry.index for entry in finding.first] == [(3, i) for i in range(5)]
    assert [entry.index for entry in finding.entries] == [(3, i) for i in (5, 4, 3, 2, 1)]
    assert finding.where.indices == (3,)


def test_nan_and_infinities_are_located():
    expected = drawn(5, 6)
    seen = expected.float().clone()
    seen[:, -1] = torch.nan
    seen[0, -1] = torch.inf
    (finding,) = compare(far(seen), expected, Allowance(), Terms(dtype=torch.float32))
    assert (finding.nan, finding.infinite) == (4, 1)
    assert (finding.where.dim, finding.where.indices) == (1, (5,))


def test_a_right_answer_is_never_located(monkeypatch):
    monkeypatch.setattr("grader.compare.compare.where", None)
    expected = drawn(5, 6)
    assert compare(far(expected.float()), expected, Allowance(), Terms(dtype=torch.float32)) == []
