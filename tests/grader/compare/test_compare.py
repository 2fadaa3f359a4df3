"""Attributes before values, every failing leaf, exact about types and NaN."""

import math

import pytest
import torch

from grader.compare.compare import MAX_ENTRIES, Terms, compare
from grader.compare.tolerance import Allowance
from grader.findings import (
    DeviceDiffers,
    DtypeDiffers,
    LengthDiffers,
    NamesDiffer,
    NotFinite,
    ShapeDiffers,
    TypeDiffers,
    ValuesDiffer,
)
from grader.wire.values import HandleValue, OpaqueValue, TensorValue

F32 = Terms(dtype=torch.float32, call="f(x)")


def far(data, device="cpu"):
    return TensorValue(torch.as_tensor(data), device, False)


def run(value, expected, terms=F32, allowance=Allowance()):  # noqa: B008
    return compare(value, expected, allowance, terms)


def test_equal_tensors_give_nothing():
    x = torch.randn(3, 4)
    assert run(far(x), x.double()) == []


def test_rounding_is_allowed_and_more_is_not():
    x = torch.ones(3)
    assert run(far(x + 1e-6), x.double()) == []
    (finding,) = run(far(x + 1e-4), x.double())
    assert isinstance(finding, ValuesDiffer)
    assert finding.wrong == finding.total == 3
    assert finding.call == "f(x)"
    assert finding.good == ("type", "shape", "dtype", "device")
    assert finding.dtype == "float32"


def test_worst_entries_come_first_and_are_bounded():
    expected = torch.zeros(10, 10, dtype=torch.float64) + 1
    value = expected.float().clone()
    value[2, 3] = 5
    value[7, 1] = 9
    (finding,) = run(far(value), expected)
    assert [e.index for e in finding.entries] == [(7, 1), (2, 3)]
    assert finding.entries[0].yours == 9
    assert finding.entries[0].expected == 1
    assert 0 < finding.entries[0].allowed < 1e-4
    (finding,) = run(far(torch.zeros(10, 10)), expected)
    assert len(finding.entries) == MAX_ENTRIES
    assert finding.entries[0].index == (0, 0)


def test_scalar_tensor_has_an_empty_index():
    (finding,) = run(far(torch.tensor(2.0)), torch.tensor(1.0, dtype=torch.float64))
    assert finding.entries[0].index == ()


@pytest.mark.parametrize(
    "null", [torch.zeros(8, 10), torch.ones(8, 10), torch.full((8, 10), math.nan), torch.full((8, 10), 0.1)]
)
def test_null_answers_never_match_a_softmax(null):
    expected = torch.softmax(torch.randn(8, 10, dtype=torch.float64), -1)
    assert run(far(null), expected)


def test_zeros_do_not_pass_where_values_are_small():
    expected = torch.softmax(torch.randn(2, 10_000, dtype=torch.float64), -1)
    (finding,) = run(far(torch.zeros(2, 10_000)), expected)
    assert finding.wrong > 19_000


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "None"),
        (1.0, "float"),
        ([1.0], "list"),
        (OpaqueValue("numpy.ndarray", (2,)), "numpy.ndarray"),
        (HandleValue(1, "object", "Thing"), "Thing"),
    ],
)
def test_another_type(value, name):
    (finding,) = run(value, torch.ones(2, dtype=torch.float64))
    assert finding == TypeDiffers(call="f(x)", leaf="", yours=name, expected="tensor")


def test_all_attributes_are_reported_and_what_is_right_is_said():
    (shape, dtype) = run(far(torch.ones(2, 1, dtype=torch.float64)), torch.ones(2, dtype=torch.float64))
    assert isinstance(shape, ShapeDiffers)
    assert shape.yours == (2, 1)
    assert shape.expected == (2,)
    assert isinstance(dtype, DtypeDiffers)
    assert (dtype.yours, dtype.expected) == ("float64", "float32")
    assert shape.good == dtype.good == ("type", "device")


def test_nothing_broadcasts():
    (finding,) = run(far(torch.ones(())), torch.ones(3, dtype=torch.float64))
    assert isinstance(finding, ShapeDiffers)


def test_no_half_of_a_complex_number_is_left_out():
    expected = torch.tensor([1 + 1j], dtype=torch.complex128)
    with pytest.raises(TypeError, match="cannot compare complex"):
        run(far(torch.tensor([1 + 5j], dtype=torch.complex128)), expected)


def test_device():
    (finding,) = run(far(torch.ones(2)), torch.ones(2, dtype=torch.float64), Terms("cuda", torch.float32))
    assert finding == DeviceDiffers(leaf="", yours="cpu", expected="cuda", good=("type", "shape", "dtype"))
    assert run(far(torch.ones(2), "cuda:0"), torch.ones(2).double(), Terms("cuda", torch.float32)) == []


def test_without_a_dtype_any_floating_one_will_do_but_not_an_integer():
    assert run(far(torch.ones(2, dtype=torch.float64)), torch.ones(2).double(), Terms()) == []
    (finding,) = run(far(torch.ones(2, dtype=torch.int64)), torch.ones(2).double(), Terms())
    assert isinstance(finding, DtypeDiffers)


def test_integers_are_exact():
    assert run(far(torch.tensor([1, 2])), torch.tensor([1, 2])) == []
    (finding,) = run(far(torch.tensor([1, 3])), torch.tensor([1, 2]))
    assert finding.entries[0].allowed == 0


def test_nan_and_infinity_are_counted_and_located():
    value = torch.tensor([[0.0, math.nan], [math.inf, 1.0]])
    (finding,) = run(far(value), torch.tensor([[0.0, 1.0], [1.0, 1.0]], dtype=torch.float64))
    assert isinstance(finding, NotFinite)
    assert (finding.nan, finding.infinite, finding.total) == (1, 1, 4)
    assert [e.index for e in finding.entries] == [(0, 1), (1, 0)]


def test_expected_infinities_must_have_the_same_sign():
    expected = torch.tensor([math.inf, -math.inf], dtype=torch.float64)
    assert run(far(expected.float()), expected) == []
    (finding,) = run(far(-expected.float()), expected)
    assert finding.infinite == 2


def test_a_finite_value_where_infinity_is_expected_is_wrong():
    (finding,) = run(far(torch.tensor([1.0])), torch.tensor([math.inf], dtype=torch.float64))
    assert isinstance(finding, ValuesDiffer)


def test_every_leaf_of_a_tuple_and_a_list_is_as_good():
    expected = (torch.ones(2).double(), torch.ones(3).double(), torch.zeros(1).double())
    found = run([far(torch.zeros(2)), far(torch.ones(3)), None], expected)
    assert [(f.code, f.leaf) for f in found] == [("values-differ", "[0]"), ("type-differs", "[2]")]
    (finding,) = run((far(torch.ones(2)),), expected)
    assert finding == LengthDiffers(call="f(x)", leaf="", yours=1, expected=3)
    (finding,) = run(far(torch.ones(2)), expected)
    assert finding.expected == "tuple"


def test_dicts():
    expected = {"a": torch.ones(1).double(), "b": torch.ones(1).double()}
    found = run({"a": far(torch.zeros(1)), "c": None}, expected)
    assert isinstance(found[0], NamesDiffer)
    assert (found[0].missing, found[0].unexpected) == (("b",), ("c",))
    assert found[1].leaf == "['a']"
    assert run(None, expected)[0].expected == "dict"


def test_floats():
    assert run(1.0, 1.0) == []
    assert run(1.0 + 1e-7, 1.0) == []
    assert run(1.001, 1.0)[0].code == "values-differ"
    assert run(math.nan, 1.0)[0].code == "not-finite"
    assert run(far(torch.tensor(1.0)), 1.0)[0] == TypeDiffers(
        call="f(x)", leaf="", yours="tensor", expected="float"
    )
    assert run(1, 1.0)[0].yours == "int"


def test_exact_scalars():
    assert run(3, 3) == []
    assert run(True, True) == []
    assert run(None, None) == []
    assert run(4, 3)[0].entries[0].yours == 4
    assert run(1, True)[0].code == "type-differs"
    assert run("a", "b")[0].code == "type-differs"


def test_allowances_for_each_item():
    expected = (torch.ones(1).double(), torch.ones(1).double())
    value = (far(torch.ones(1) + 0.1), far(torch.ones(1) + 0.1))
    (finding,) = run(value, expected, allowance=(Allowance(magnitude=1e6), Allowance()))
    assert finding.leaf == "[1]"


def test_a_tree_where_one_allowance_is_needed_is_the_authors_mistake():
    with pytest.raises(TypeError, match="single Allowance"):
        run(far(torch.ones(1)), torch.ones(1).double(), allowance=(Allowance(),))
    with pytest.raises(TypeError, match="cannot compare"):
        run(1, object())
