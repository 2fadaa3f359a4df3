"""Values: plain data and tensors survive the wire bit for bit; nothing else crosses."""

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

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.caps import Caps, ValueTooLarge
from grader.wire.frames import PayloadCursor
from grader.wire.tensors import COPIED_BYTES, DTYPES, dtype_name
from grader.wire.values import HandleValue, OpaqueValue, TensorValue, pack, type_name, unpack

CAPS = Caps()
FLOATING = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def crossed(value, caps=CAPS, **options):
    """`value` packed and unpacked again, with nothing left over."""
    packed, payload = pack(value, caps, keep=options.pop("keep", None), layouts=options.get("layouts", False))
    cursor = PayloadCursor(b"".join(payload))
    found = unpack(packed, cursor, caps, **options)
    cursor.done()
    return found


def unpacked(nodes, payload=b"", caps=CAPS, **options):
    """What a forged message with these nodes gives."""
    cursor = PayloadCursor(payload)
    value = unpack(m.Packed(tuple(nodes)), cursor, caps, **options)
    cursor.done()
    return value


def tensor_node(shape=(2,), dtype="float32", strides=(), nbytes=None, **other):
    if nbytes is None:
        nbytes = math.prod(shape) * DTYPES[dtype].itemsize
    return m.TensorNode(dtype, tuple(shape), tuple(strides), nbytes, other.get("device", "cpu"), False)


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and bits(a) == bits(b)


def bits(tensor):
    flat = tensor.detach().resolve_conj().contiguous().reshape(-1)
    return flat.view(torch.uint8).tolist() if flat.numel() else []


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


# --- tensors ----------------------------------------------------------------------

shapes = st.lists(st.integers(0, 4), max_size=4)


@pytest.mark.parametrize("rows", [COPIED_BYTES // 4, COPIED_BYTES // 4 + 1], ids=["copied", "viewed"])
def test_a_large_tensor_crosses_bit_for_bit(rows):
    tensor = torch.arange(2 * rows, dtype=torch.float32).reshape(2, rows)
    for sent in (tensor[1], tensor.T[:, 1], tensor[:, ::2]):
        assert same_bits(crossed(sent).data, sent)


@given(shape=shapes, name=st.sampled_from(sorted(DTYPES)), data=st.data())
def test_every_dtype_and_shape_comes_out_bit_for_bit(shape, name, data):
    dtype = DTYPES[name]
    size = math.prod(shape) * dtype.itemsize
    raw = data.draw(st.binary(min_size=size, max_size=size))
    if dtype is torch.bool:
        raw = bytes(byte & 1 for byte in raw)
    tensor = (
        torch.frombuffer(bytearray(raw), dtype=dtype).view(shape) if size else torch.empty(shape, dtype=dtype)
    )
    found = crossed(tensor)
    assert isinstance(found, TensorValue)
    assert same_bits(found.data, tensor)
    assert (found.device, found.requires_grad) == ("cpu", False)
    assert found.data.is_contiguous()


@pytest.mark.parametrize("dtype", FLOATING, ids=dtype_name)
def test_the_payload_of_a_nan_crosses(dtype):
    size = dtype.itemsize
    # A quiet NaN with a payload of its own, and a signalling one, from their bits.
    mantissa = {torch.float16: 10, torch.bfloat16: 7, torch.float32: 23, torch.float64: 52}[dtype]
    ones = ((1 << (size * 8 - 1 - mantissa)) - 1) << mantissa
    raw = b"".join((ones | bit).to_bytes(size, "little") for bit in (1 << (mantissa - 1) | 5, 3))
    tensor = torch.frombuffer(bytearray(raw), dtype=dtype)
    assert tensor.isnan().all()
    assert bits(crossed(tensor).data) == list(raw)


def test_zero_dimensions_empty_and_parameters():
    assert crossed(torch.tensor(2.5)).data.shape == ()
    assert crossed(torch.empty(0, 3)).data.shape == (0, 3)
    parameter = crossed(nn.Parameter(torch.ones(2)))
    assert parameter.requires_grad
    assert not parameter.data.requires_grad


def test_a_tensor_in_the_middle_of_a_graph_says_so_and_crosses_without_it():
    x = torch.ones(2, requires_grad=True)
    found = crossed([x * 2, x])
    assert [value.requires_grad for value in found] == [True, True]
    assert all(value.data.grad_fn is None for value in found)


def test_lazy_conjugates_and_negatives_are_worked_out():
    z = torch.tensor([1 + 2j, 3 - 4j])
    assert crossed(z.conj()).data.tolist() == [1 - 2j, 3 + 4j]
    assert crossed(z.conj().imag).data.tolist() == [-2.0, 4.0]
    assert crossed(torch._neg_view(torch.ones(2))).data.tolist() == [-1.0, -1.0]


def test_what_is_unpacked_has_memory_of_its_own():
    packed, payload = pack([torch.ones(2), torch.ones(2)], CAPS)
    buffer = bytearray(b"".join(payload))
    first, second = unpack(packed, PayloadCursor(buffer), CAPS)
    buffer[:] = bytes(len(buffer))
    first.data.zero_()
    assert second.data.tolist() == [1.0, 1.0]


def test_a_view_does_not_take_its_neighbours_along():
    secret = torch.arange(1000.0)
    _, payload = pack([secret[3:5], secret.view(10, 100)[:, 1]], CAPS, layouts=True)
    assert b"".join(payload) == bytes(bits(torch.tensor([3.0, 4.0]))) + bytes(bits(secret[1::100]))


def test_the_leaves_can_be_made_into_something_else():
    assert crossed([torch.ones(3), 1], tensor=lambda value: value.data.sum().item()) == [3.0, 1]


# --- layouts ----------------------------------------------------------------------

BASE = torch.arange(120.0).view(2, 3, 4, 5)
LAYOUTS = {
    "transposed": BASE.transpose(1, 3),
    "every second": BASE[..., ::2],
    "a column": BASE[..., 1],
    "expanded": BASE[:, :1].expand(2, 6, 4, 5),
    "expanded in front": torch.arange(3.0).expand(4, 3),
    "a single number, expanded": torch.tensor(5.0).expand(3, 3),
    "channels last": BASE.to(memory_format=torch.channels_last),
    "extent one with an odd stride": torch.arange(12.0).as_strided((1, 3), (7, 4)),
    "expanded and strided": BASE[:, :, :1, ::2].expand(2, 3, 9, 3),
}


@pytest.mark.parametrize("tensor", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_is_rebuilt_where_it_may_be(tensor):
    found = crossed(tensor, layouts=True).data
    assert torch.equal(found, tensor)
    assert found.stride() == tensor.stride()
    flat = crossed(tensor).data
    assert torch.equal(flat, tensor)
    assert flat.is_contiguous()


def test_the_gaps_of_a_rebuilt_layout_are_zero():
    found = crossed(BASE[..., 1], layouts=True).data
    whole = found.as_strided((found.untyped_storage().nbytes() // 4,), (1,))
    assert whole.count_nonzero() == found.count_nonzero()


def test_an_expanded_dimension_travels_once():
    _, payload = pack(torch.arange(3.0).expand(1_000_000, 3), Caps(payload_bytes=12), layouts=True)
    assert sum(len(part) for part in payload) == 12


@pytest.mark.parametrize(
    "tensor",
    [torch.arange(6.0).unfold(0, 3, 1), torch.arange(9.0).as_strided((2, 2), (3, 3)), torch.empty(3, 0).t()],
    ids=["windows", "two in one place", "empty"],
)
def test_layouts_that_cannot_be_written_are_sent_contiguous(tensor):
    found = crossed(tensor, layouts=True).data
    assert torch.equal(found, tensor)
    assert found.is_contiguous() or not tensor.numel()


def test_a_layout_that_reaches_further_than_the_cap_is_sent_contiguous():
    column = torch.zeros(100, 100)[:, :1]
    assert crossed(column, Caps(payload_bytes=4000), layouts=True).data.is_contiguous()
    assert not crossed(column, Caps(payload_bytes=40_000), layouts=True).data.is_contiguous()


def test_layouts_share_one_cap_and_those_beyond_it_are_sent_contiguous():
    caps = Caps(payload_bytes=80)
    columns = [torch.arange(6.0).view(3, 2)[:, 0] for _ in range(5)]  # each reaches over 20 bytes
    found = crossed(columns, caps, layouts=True)
    assert [value.data.is_contiguous() for value in found] == [False] * 4 + [True]
    assert all(value.data.tolist() == [0.0, 2.0, 4.0] for value in found)
    node = tensor_node(shape=(3,), strides=(2,), nbytes=12)
    with pytest.raises(WireError, match="reach too far"):
        unpacked([sequence(5), *[node] * 5], bytes(60), caps, layouts=True)


# --- too large to send --------------------------------------------------------------


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


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


# --- forged values ------------------------------------------------------------------

ONE, TWO = m.IntNode(1), m.IntNode(2)


def sequence(count, kind="list"):
    return m.SequenceNode(kind, count)


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([], "fewer nodes"),
        ([ONE, TWO], "more nodes"),
        ([sequence(1), ONE, TWO], "more nodes"),
        ([sequence(0), ONE], "more nodes"),
        ([sequence(2), ONE], "more items than there are"),
        ([sequence(2**31), ONE], "more items than there are"),
        ([sequence(2), sequence(1), ONE], "fewer nodes"),
        ([m.MappingNode(("a", "b")), ONE], "more items than there are"),
        ([m.MappingNode(("a", "a")), ONE, TWO], "names a key twice"),
        ([sequence(1)] * 17 + [ONE], "nested deeper"),
        ([sequence(10_000), *[ONE] * 10_000], "more items than the wire allows"),
    ],
)
def test_nodes_that_make_no_value_are_refused(nodes, sentence):
    with pytest.raises(WireError, match=sentence):
        unpacked(nodes)


def test_nodes_up_to_the_caps_pass():
    assert unpacked([sequence(1)] * 16 + [ONE]) == nested(16)
    assert len(unpacked([sequence(9_999), *[ONE] * 9_999])) == 9_999
    assert unpacked([sequence(2, "tuple"), sequence(0), m.MappingNode(())]) == ([], {})


@pytest.mark.parametrize(
    ("node", "payload", "sentence"),
    [
        (tensor_node(dtype="float32", nbytes=8), b"x" * 7, "more bytes than its frame"),
        (tensor_node(nbytes=8), b"x" * 9, "more bytes than its tensors"),
        (tensor_node(nbytes=4), b"x" * 4, "does not follow from its shape"),
        (tensor_node(nbytes=16), b"x" * 16, "does not follow from its shape"),
        (tensor_node(nbytes=0), b"", "does not follow from its shape"),
        (tensor_node(shape=(0,), nbytes=4), b"x" * 4, "does not follow from its shape"),
        (tensor_node(shape=(2**33, 2**33), nbytes=0), b"", "larger than any memory"),
        (tensor_node(shape=(2**40, 2**40, 0), nbytes=0), b"", "larger than any memory"),
        (tensor_node(shape=(2**32, 2**32), dtype="int8", nbytes=0), b"", "larger than any memory"),
        (m.TensorNode("float31", (1,), (), 4, "cpu", False), b"x" * 4, "dtype that does not cross"),
        (m.TensorNode("__class__", (1,), (), 4, "cpu", False), b"x" * 4, "dtype that does not cross"),
        (tensor_node(shape=(3,), dtype="bool"), b"\0\1\2", "something else than 0 and 1"),
        (tensor_node(strides=(1,)), b"x" * 8, "came with strides"),
    ],
)
def test_a_tensor_that_lies_is_refused(node, payload, sentence):
    with pytest.raises(WireError, match=sentence):
        unpacked([node], payload)


@pytest.mark.parametrize(
    ("shape", "strides", "nbytes", "sentence"),
    [
        ((2,), (1, 1), 8, "another number of dimensions"),
        ((2, 2), (0, 1), 16, "does not follow from its shape"),
        ((2, 0), (0, 1), 0, "without elements has strides"),
        ((2,), (2**39,), 8, "reach too far"),
        ((2, 2), (1, 1), 16, "two elements in one place"),
        ((3, 3), (2, 1), 36, "two elements in one place"),
    ],
)
def test_strides_that_lie_are_refused(shape, strides, nbytes, sentence):
    node = tensor_node(shape=shape, strides=strides, nbytes=nbytes)
    with pytest.raises(WireError, match=sentence):
        unpacked([node], b"\0" * nbytes, layouts=True)


def test_a_shape_without_elements_may_be_odd():
    assert unpacked([tensor_node(shape=(2**40, 0), nbytes=0)]).data.shape == (2**40, 0)


any_node = (
    st.sampled_from([m.NoneNode(), m.BoolNode(True), ONE, m.FloatNode(1.5), m.StrNode("a")])
    | st.builds(m.SequenceNode, st.sampled_from(["list", "tuple"]), st.integers(0, 4))
    | st.builds(m.MappingNode, st.lists(st.sampled_from("abc"), max_size=3).map(tuple))
    | st.builds(m.HandleNode, st.integers(0, 9), st.just("module"), st.just("Net"))
    | st.builds(m.OpaqueNode, st.just("set"), st.just(()))
    | st.builds(
        m.TensorNode,
        st.sampled_from([*DTYPES, "float31"]),
        st.lists(st.integers(0, 3) | st.just(2**40), max_size=3).map(tuple),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
        st.integers(0, 40),
        st.just("cpu"),
        st.booleans(),
    )
)


@given(nodes=st.lists(any_node, max_size=12), payload=st.binary(max_size=60), layouts=st.booleans())
def test_any_nodes_are_a_value_or_a_wire_error(nodes, payload, layouts):
    try:
        value = unpacked(nodes, payload, Caps(payload_bytes=1000, depth=4), layouts=layouts)
    except WireError:
        return
    assert tensor_bytes_in(value) <= 1000 * len(nodes)


def tensor_bytes_in(value):
    """How much memory the tensors of a value hold."""
    match value:
        case TensorValue():
            return value.data.untyped_storage().nbytes()
        case list() | tuple():
            return sum(tensor_bytes_in(item) for item in value)
        case dict():
            return sum(tensor_bytes_in(item) for item in value.values())
    return 0
