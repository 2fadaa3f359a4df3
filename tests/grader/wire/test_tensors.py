"""Tensors survive the wire bit for bit, and their layout where it may be known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from grader.errors import WireError
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.packing import pack
from grader.wire.tensors import COPIED_BYTES, DTYPES, dtype_name
from grader.wire.unpacking import unpack
from grader.wire.values import TensorValue
from tests.grader.wire.values import CAPS, FLOATING, bits, crossed, same_bits, sequence, tensor_node, unpacked

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
