"""Tensors that are not what they seem, and what a forged message says about one.

A tensor crosses as the elements that it shows, or as what it is: no code of a
subclass runs, nothing reaches out of a storage, and no memory is taken on a
message's word.
"""

import math
import struct
import sys

import pytest
import torch
from torch import nn

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.frames import PayloadCursor
from grader.wire.packing import type_name
from grader.wire.tensors import DTYPES
from grader.wire.unpacking import unpack
from grader.wire.values import OpaqueValue, TensorValue
from tests.grader.wire.crossing import CAPS, RAN, crossed, named, nothing_of_values_runs, trapped

OUT_OF_STORAGE = "tensor whose elements are not in its storage"
OUT_OF_BOUNDS = "tensor with too many or too large dimensions"


@pytest.fixture(autouse=True)
def nothing_of_the_value_runs():
    with nothing_of_values_runs():
        yield


class Parameter(nn.Parameter):
    """Not the class itself."""


def test_subclasses_of_tensor_and_parameter_do_not_cross():
    value = torch.ones(2, 3).as_subclass(trapped(torch.Tensor))
    RAN.clear()  # torch itself asks whether it has a __torch_dispatch__
    assert crossed([value]) == [OpaqueValue("int", (2, 3))]
    assert crossed([Parameter(torch.ones(2))])[0].shape == (2,)
    assert crossed([nn.Buffer(torch.ones(2))])[0].data.tolist() == [
        1.0,
        1.0,
    ]  # a tensor, whatever its class says
    assert type(crossed([nn.UninitializedParameter()])[0]) is OpaqueValue


class Wrapper(torch.Tensor):
    """Answers in code of its own when torch asks for its size."""

    @staticmethod
    def __new__(cls):
        return torch.Tensor._make_wrapper_subclass(cls, (2,), dispatch_sizes_strides_policy="sizes")

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        raise ValueError("no size today")

    __torch_function__ = torch._C._disabled_torch_function_impl


def test_a_subclass_that_will_not_tell_its_size_has_none():
    assert crossed([Wrapper()]) == [OpaqueValue(type_name(Wrapper()), ())]


def shrunk(size, view=lambda tensor: tensor):
    tensor = torch.arange(100.0)
    seen = view(tensor)
    tensor.untyped_storage().resize_(size)
    return seen


@pytest.mark.parametrize(
    "tensor",
    [
        shrunk(0),
        shrunk(8),
        shrunk(399),
        shrunk(0, lambda t: t.view(10, 10).t()),
        shrunk(396, lambda t: t[1:]),
        shrunk(396, lambda t: t[::99]),
        shrunk(0, lambda t: t[:1].expand(4, 4)),
        shrunk(0, lambda t: t[3]),
        shrunk(0, nn.Parameter),
        shrunk(0, lambda t: t.view(torch.complex64).conj()),
    ],
)
@pytest.mark.parametrize("layouts", [False, True])
def test_a_tensor_that_reaches_out_of_its_storage_does_not_cross(tensor, layouts):
    found = crossed([1, tensor], layouts=layouts)
    assert found == [1, OpaqueValue(OUT_OF_STORAGE, tuple(tensor.shape))]


def test_a_storage_that_just_suffices_does():
    assert crossed(shrunk(4, lambda t: t[:1])).data.tolist() == [0.0]
    assert crossed(shrunk(400)).data.tolist() == list(range(100))
    assert crossed(shrunk(8, lambda t: t[1:2])).data.tolist() == [1.0]
    assert crossed(shrunk(0, lambda t: t[:0])).data.shape == (0,)


def test_strides_that_torch_itself_refuses():
    base = torch.zeros(4)
    for strides, offset in (((-1,), 3), ((1,), -1)):
        with pytest.raises(RuntimeError):
            base.as_strided((2,), strides, offset)
    for shape in ((2**40, 2**40), (2**62, 4), (2**63,)):
        with pytest.raises((RuntimeError, TypeError)):
            base.expand(shape)


STRIDED = {
    "every element the same": torch.tensor([3.0]).expand(4, 5),
    "windows that overlap": torch.arange(6.0).unfold(0, 3, 1),
    "rows that overlap": torch.arange(6.0).as_strided((3, 3), (1, 1)),
    "columns before rows": torch.arange(6.0).view(2, 3).t(),
    "behind an offset": torch.arange(6.0).as_strided((2,), (2,), 3),
    "an odd stride of extent one": torch.arange(6.0).as_strided((1, 2), (99, 1)),
    "lazily conjugated, strided": torch.view_as_complex(torch.arange(12.0).view(3, 2, 2)).t().conj(),
    "lazily negative, strided": torch._neg_view(torch.arange(6.0)[::2]),
    "in the middle of an element of something else": torch.arange(17, dtype=torch.uint8)[1:],
}


@pytest.mark.parametrize("tensor", STRIDED.values(), ids=STRIDED)
@pytest.mark.parametrize("layouts", [False, True])
def test_strided_tricks_cross_as_the_elements_that_they_show(tensor, layouts):
    found = crossed(tensor, layouts=layouts).data
    assert torch.equal(found, tensor.resolve_conj().resolve_neg())
    if not layouts:
        assert found.is_contiguous()
        assert found.untyped_storage().nbytes() == found.numel() * found.element_size()


@pytest.mark.filterwarnings("ignore")
def test_of_unusual_tensors_the_kind_and_shape_cross():
    dense = torch.ones(2, 2)
    unusual = {
        "tensor on the meta device": dense.to("meta"),
        "tensor of layout torch.sparse_coo": dense.to_sparse(),
        "tensor of layout torch.sparse_csr": dense.to_sparse_csr(),
        "tensor of layout torch._mkldnn": dense.to_mkldnn(),
        "tensor of torch.quint8": torch.quantize_per_tensor(dense, 0.1, 0, torch.quint8),
        "tensor of torch.float8_e5m2": dense.to(torch.float8_e5m2),
        "tensor of torch.uint16": dense.to(torch.uint16),
        "tensor of torch.complex32": dense.to(torch.complex32),
    }
    assert crossed(list(unusual.values())) == [OpaqueValue(kind, (2, 2)) for kind in unusual]
    nested = torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])
    assert crossed([nested]) == [OpaqueValue("nested tensor", ())]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.complex64, torch.complex128])
def test_unusual_dtypes_that_courses_use_cross(dtype):
    assert torch.equal(crossed(torch.ones(3, dtype=dtype)).data, torch.ones(3, dtype=dtype))


def leaked(transform):
    out = []
    transform(lambda x: (out.append(x), x.sum())[1])(torch.arange(3.0))
    return out[0]


def test_what_got_out_of_a_transform_crosses_or_says_why_not():
    assert crossed(leaked(torch.func.grad)).data.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(RuntimeError, match="vmap"):
        crossed(leaked(torch.vmap))


def test_shapes_without_elements_cross_as_far_as_a_message_holds_them():
    assert crossed(torch.empty(0, 2**40)).data.shape == (0, 2**40)
    assert crossed(torch.empty(2**26, 0, 2**26)).data.shape == (2**26, 0, 2**26)
    for tensor in (
        torch.empty(0, 2**40 + 1),
        torch.empty(0, 2**62),
        torch.empty(0, 2**40, 2**20),
        torch.zeros((1,) * 33),
        torch.empty((0,) * 64),
    ):
        assert crossed([tensor]) == [OpaqueValue(OUT_OF_BOUNDS, ())]
    assert crossed([torch.empty(2**41, device="meta")]) == [OpaqueValue("tensor on the meta device", ())]
    assert crossed(torch.zeros((1,) * 32)).data.shape == (1,) * 32


def test_a_zero_keeps_its_sign_and_a_nan_its_payload():
    odd = struct.unpack("<d", bytes.fromhex("efbeaddeaddef87f"))[0]
    found = crossed([-0.0, odd, torch.tensor([-0.0, math.inf])])
    assert math.copysign(1, found[0]) == -1
    assert math.isnan(found[1])
    assert repr(found[1]) == "nan"
    assert torch.signbit(found[2].data).tolist() == [True, False]


# --- what a forged message says about a tensor ----------------------------------------


def rebuilt(node, payload=b"", **options):
    cursor = PayloadCursor(payload)
    found = unpack(m.Packed((node,)), cursor, CAPS, **options)
    cursor.done()
    return found


@pytest.mark.parametrize(
    "dtype",
    [
        *("torch.float32", "Float32", " float32", "float32\0", "float", "double", "long", "object", "str"),
        *(
            "qint8",
            "quint8",
            "float8_e4m3fn",
            "uint16",
            "complex32",
            "bits8",
            "",
            "__class__",
            "\u202efloat32",
        ),
    ],
)
def test_a_dtype_that_is_none_is_refused(dtype):
    with pytest.raises(WireError, match="dtype that does not cross"):
        rebuilt(m.TensorNode(dtype, (2,), (), 8, "cpu", False), bytes(8))


@pytest.mark.parametrize("name", sorted(DTYPES))
@pytest.mark.parametrize("other", sorted(DTYPES))
def test_a_dtype_of_another_size_than_the_bytes_is_refused(name, other):
    size = 6 * DTYPES[name].itemsize
    node = m.TensorNode(other, (6,), (), size, "cpu", False)
    if DTYPES[name].itemsize == DTYPES[other].itemsize:
        assert rebuilt(node, bytes(size)).data.dtype is DTYPES[other]
    else:
        with pytest.raises(WireError, match="does not follow from its shape"):
            rebuilt(node, bytes(size))


@pytest.mark.parametrize(
    ("shape", "strides"),
    [
        ((2**40, 2**40), (0, 0)),
        ((2**40,), (0,)),
        ((2**27,), (0,)),
        ((2, 2**40), (2**40, 0)),
        ((2**40,) * 32, (0,) * 32),
    ],
)
def test_expanded_dimensions_cannot_be_larger_than_any_memory(shape, strides):
    """From the judge alone: even there, what is rebuilt is as small as what was sent."""
    node = m.TensorNode("int8", shape, strides, 1, "cpu", False)
    try:
        found = rebuilt(node, bytes(1), layouts=True)
    except WireError:
        return
    assert found.data.untyped_storage().nbytes() <= CAPS.payload_bytes
    assert found.data.numel() <= 2**53


def test_devices_and_flags_are_words_and_do_nothing():
    for device in ("cuda:99", "meta", "mps", "not a device", "\x1b[31m"):
        found = rebuilt(m.TensorNode("int8", (2,), (), 2, device, True), b"ab")
        assert isinstance(found, TensorValue)
        assert (found.device, found.data.device.type, found.data.requires_grad) == (device, "cpu", False)


def test_no_module_is_loaded_by_what_comes_over_the_wire():
    before = set(sys.modules)
    for name in ("os.system", "antigravity", "torch.hub"):
        crossed([named(name, name)])
        rebuilt(m.OpaqueNode(name, ()))
        rebuilt(m.HandleNode(1, "module", name))
    assert set(sys.modules) == before
