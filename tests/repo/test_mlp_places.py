"""The hidden tests of the MLP find a student's parameters whatever they are called, and fast."""

import time
from pathlib import Path

import pytest
import torch

from grader.checks.reference import load_module

ROOT = Path(__file__).parents[2]
module = load_module(ROOT / "tests/hidden/mlp_places.py", "mlp_places_under_test")
MLP = load_module(ROOT / "reference/mlp/solution.py", "mlp_solution_under_test").MLP

SIZES = (6, 16, 3)
WANTED = [(name, tuple(p.shape)) for name, p in MLP(*SIZES).named_parameters()]
USUAL = {"a": (16, 6), "b": (16,), "c": (16, 16), "d": (16,), "e": (3, 16), "f": (3,)}


def ways(given):
    return list(module.places(WANTED, given))


def test_usual_layers_have_four_ways():
    """Two hidden biases in either order, a square weight either way round; the natural one comes first."""
    found = ways(USUAL)
    assert len(found) == 4
    assert [place.name for place in found[0].values()] == ["a", "b", "c", "d", "e", "f"]
    assert not any(place.transposed for place in found[0].values())


def test_order_storage_and_extra_dimensions_do_not_matter():
    given = {"f": (1, 3), "e": (16, 3), "d": (1, 16), "c": (16, 16, 1, 1), "a": (6, 16), "b": (16, 1)}
    found = ways(given)
    assert len(found) == 4
    assert all(way[WANTED[0][0]] == module.Place("a", (16, 6), transposed=True) for way in found)


def test_a_missing_bias_counts_as_zeros():
    without = {name: shape for name, shape in USUAL.items() if name != "f"}
    assert {way[WANTED[5][0]].name for way in ways(without)} == {None}
    assert module.Place(None, (3,)).read({}).tolist() == [0, 0, 0]
    assert len(ways({"a": (16, 6), "c": (16, 16), "e": (3, 16)})) == 2


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"a": (16, 6), "e": (3, 16)},
        USUAL | {"scale": ()},
        USUAL | {"c": (16, 15)},
        {"all": (16 * 6 + 16 + 16 * 16 + 16 + 3 * 16 + 3,)},
    ],
)
def test_other_parameters_have_no_way(given):
    assert ways(given) == []


def test_there_and_back():
    stored = torch.arange(96.0).reshape(6, 16, 1)
    place = module.Place("w", (16, 6), transposed=True)
    read = place.read({"w": stored})
    assert read.dtype == torch.float64
    torch.testing.assert_close(read, stored.squeeze().T.double())
    torch.testing.assert_close(place.back(read, stored), stored.double())


def test_many_parameters_of_one_shape_cost_nothing():
    """Student code says how many parameters there are: 40 square ones once took ten minutes."""
    started = time.process_time()
    many = {str(i): (16, 16) for i in range(5000)} | {f"b{i}": (16,) for i in range(5000)}
    assert ways(many) == []
    assert ways({str(i): (16, 16) for i in range(6)}) == []
    assert time.process_time() - started < 1
