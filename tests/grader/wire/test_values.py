"""Values: plain data survives the wire as it is, within the caps; nothing else crosses."""

import collections
import enum
import math
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from grader.wire import messages as m
from grader.wire.caps import Caps, ValueTooLarge
from grader.wire.packing import pack, type_name
from grader.wire.values import HandleValue, OpaqueValue
from tests.grader.wire.values import CAPS, crossed, nested

# --- plain data -------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=trees)
def test_plain_data_comes_out_as_it_went_in(value):
    found = crossed(value, Caps(depth=64))
    assert found == value
    assert repr(found) == repr(value)  # equality takes 1, 1.0 and True for the same


def test_nan_and_infinities_are_numbers_like_others():
    found = crossed([math.nan, math.inf, -math.inf, -0.0])
    assert math.isnan(found[0])
    assert found[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, found[3]) == -1


Point = collections.namedtuple("Point", "x y")


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Point(1, 2), (1, 2)),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (collections.defaultdict(list, a=1), {"a": 1}),
        (Level.LOW, 1),
        (np.float64(0.5), 0.5),
    ],
)
def test_subclasses_travel_as_what_they_are_made_of(value, expected):
    found = crossed(value)
    assert found == expected
    assert type(found) is type(expected)


class Liar(list):
    """A list that says something else about itself than it holds."""

    def __len__(self):
        return 1_000_000

    def __iter__(self):
        return iter(["lie"])


class ThreeLiars(tuple):
    __slots__ = ()

    def __iter__(self):
        return iter(["lie"])


class LyingDict(dict):
    def items(self):
        return [("lie", 1)]


def test_what_a_subclass_says_about_itself_does_not_count():
    assert crossed([Liar([1, 2]), ThreeLiars((3,)), LyingDict(a=4)]) == [[1, 2], (3,), {"a": 4}]


@pytest.mark.parametrize(
    ("value", "name", "shape"),
    [
        (object(), "object", ()),
        ({1, 2}, "set", ()),
        (2**63, "int", ()),
        (-(2**63) - 1, "int", ()),
        (1j, "complex", ()),
        (b"bytes", "bytes", ()),
        ({1: 2}, "dict", ()),
        ({"a" * 201: 2}, "dict", ()),
        ({"\udc80": 2}, "dict", ()),
        ("x" * 4001, "str", ()),
        ("\ud800", "str", ()),
        (np.ones((2, 3)), "numpy.ndarray", (2, 3)),
        (np.float32(1), "numpy.float32", ()),
        (torch.float32, "torch.dtype", ()),
        (int, "type", ()),
        (torch.ones(2, 3).to_sparse(), "tensor of layout torch.sparse_coo", (2, 3)),
        (torch.ones(2, device="meta"), "tensor on the meta device", (2,)),
        (torch.ones(2, dtype=torch.float8_e4m3fn), "tensor of torch.float8_e4m3fn", (2,)),
        (nn.Linear(1, 2), "torch.nn.modules.linear.Linear", ()),
        (type("X" * 300, (), {"__module__": "builtins"})(), "X" * 197 + "...", ()),
    ],
)
def test_of_everything_else_only_the_name_and_shape_cross(value, name, shape):
    assert crossed([value]) == [OpaqueValue(name, shape)]


class Sub(torch.Tensor):
    """A tensor whose every function would run the sender's code."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise AssertionError("code of the value ran")


def test_a_tensor_subclass_does_not_cross_and_its_code_does_not_run():
    value = torch.ones(2, 3).as_subclass(Sub)
    assert crossed([value]) == [OpaqueValue(type_name(value), (2, 3))]
    assert type_name(value).endswith("Sub")


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_nested_tensor_does_not_cross():
    parts = [torch.ones(2), torch.ones(3)]
    strided = torch.nested.nested_tensor(parts, layout=torch.strided)
    jagged = torch.nested.nested_tensor(parts, layout=torch.jagged)
    assert crossed(strided) == OpaqueValue("nested tensor", ())
    assert crossed(jagged) == OpaqueValue(type_name(jagged), ())


def test_names_of_types():
    assert type_name(None) == "None"
    assert type_name(3) == "int"
    assert type_name(torch.ones(1)) == "torch.Tensor"


def test_without_numpy_arrays_are_like_anything_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert crossed([object()]) == [OpaqueValue("object", ())]


def test_a_live_object_goes_as_its_handle():
    linear, other = nn.Linear(1, 2), object()

    def keep(value):
        return m.HandleNode(7, "module", "Linear") if value is linear else None

    assert crossed([linear, other], keep=keep) == [
        HandleValue(7, "module", "Linear"),
        OpaqueValue("object", ()),
    ]
    assert crossed([linear, 1], keep=keep, handle=lambda handle: handle.handle) == [7, 1]


# --- too large to send --------------------------------------------------------------


def test_depth_is_capped():
    assert crossed(nested(3), Caps(depth=3)) == [[[1]]]
    with pytest.raises(ValueTooLarge) as caught:
        pack(nested(4), Caps(depth=3))
    assert (caught.value.what, caught.value.limit) == ("depth", 3)
    with pytest.raises(ValueTooLarge):
        pack(nested(100_000), CAPS)


def test_a_list_that_holds_itself_ends():
    value = []
    value.append(value)
    with pytest.raises(ValueTooLarge) as caught:
        pack(value, CAPS)
    assert caught.value.what == "depth"


@pytest.mark.parametrize("make", [list, tuple, lambda items: {str(i): i for i in items}])
def test_items_are_capped_containers_included(make):
    assert crossed([make(range(8))], Caps(items=10))
    with pytest.raises(ValueTooLarge) as caught:
        pack([make(range(9))], Caps(items=10))
    assert (caught.value.what, caught.value.limit) == ("items", 10)


def test_items_are_counted_before_they_are_looked_at():
    with pytest.raises(ValueTooLarge):
        pack([range(3)] * 10_000_000, CAPS)


def test_bytes_are_capped_for_all_tensors_together():
    caps = Caps(payload_bytes=80)
    assert crossed([torch.ones(10), torch.ones(10)], caps)
    with pytest.raises(ValueTooLarge) as caught:
        pack([torch.ones(10), torch.ones(11)], caps)
    assert (caught.value.what, caught.value.limit) == ("bytes", 80)


def test_an_expanded_tensor_is_measured_before_it_is_copied():
    with pytest.raises(ValueTooLarge):
        pack(torch.zeros(1).expand(2**50), CAPS)
