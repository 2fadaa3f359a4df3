"""Tensors as bytes: which dtypes cross, in which order, and in which layouts.

Elements travel in C order, of an expanded dimension a single entry, and never
a tensor's whole storage: memory beside a view stays where it is. A layout is
rebuilt over zeros, and only if no two elements share a place. Sizes are
checked with Python's integers, which do not overflow, before torch sees them.
"""

import ctypes
import math
from collections.abc import Sequence

import torch

from grader.errors import WireError
from grader.wire.caps import DIMENSIONS, LARGEST_SIZE
from grader.wire.messages import TensorNode

DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.complex128,
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.bool,
    )
}

COPIED_BYTES = 1 << 16
"""Up to this size a copy of the bytes costs less than a view of them by way of NumPy: 3 against 10 us."""

LARGEST = 2**53
"""No honest tensor has a shape whose extents multiply to more."""


def dtype_name(dtype: torch.dtype) -> str:
    """'float32' for torch.float32."""
    return str(dtype).removeprefix("torch.")


def crosses(tensor: torch.Tensor) -> bool:
    """Whether a tensor has elements, in a layout and of a dtype that the wire knows."""
    return (
        tensor.layout is torch.strided
        and dtype_name(tensor.dtype) in DTYPES
        and not tensor.is_meta
        and not tensor.is_nested
        and _stored(tensor)
    )


def describable(shape: Sequence[int]) -> bool:
    """Whether a message can hold a shape; one of a tensor without elements may be beyond that."""
    return (
        len(shape) <= DIMENSIONS
        and all(extent <= LARGEST_SIZE for extent in shape)
        and _largest(shape) <= LARGEST
    )


def _largest(shape: Sequence[int]) -> int:
    """How many elements there are, extents of 0 left aside."""
    return math.prod(max(extent, 1) for extent in shape)


def _stored(tensor: torch.Tensor) -> bool:
    """Whether all elements of a tensor lie in its storage, which may have been made smaller since."""
    if not tensor.numel():
        return True
    try:
        there = tensor.untyped_storage().nbytes()
    except RuntimeError:  # what got out of torch.func: it has none, but elements perhaps, or says why not
        return True
    return (tensor.storage_offset() + span(tensor.shape, tensor.stride())) * tensor.element_size() <= there


def layout(tensor: torch.Tensor, limit: int) -> tuple[int, ...]:
    """The strides to send along with `tensor`, or () to send it contiguous.

    Args:
        tensor: Any strided tensor.
        limit: The most bytes that the rebuilt storage may take.
    """
    if tensor.is_contiguous() or not tensor.numel():
        return ()
    strides = tensor.stride()
    fits = span(tensor.shape, strides) * tensor.element_size() <= limit
    return strides if fits and separate(tensor.shape, strides) else ()


def span(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many places there are from the first to the last element, both included."""
    return 1 + sum((extent - 1) * stride for extent, stride in zip(shape, strides, strict=True))


def spread(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many places a layout is rebuilt over; 0 for a contiguous tensor, whose bytes were all sent."""
    return span(shape, strides) if strides else 0


def separate(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether no two elements share a place, expanded dimensions left aside."""
    reach = 0
    for stride, extent in sorted(zip(strides, shape, strict=True)):
        if extent == 1 or stride == 0:
            continue
        if stride <= reach:
            return False
        reach += (extent - 1) * stride
    return True


def sent_shape(shape: Sequence[int], strides: Sequence[int]) -> tuple[int, ...]:
    """The shape of what travels: `shape` with a single entry of each expanded dimension."""
    if not strides:
        return tuple(shape)
    return tuple(1 if stride == 0 else extent for extent, stride in zip(shape, strides, strict=True))


def tensor_bytes(tensor: torch.Tensor, strides: Sequence[int]) -> memoryview:
    """The elements of `tensor` in C order, of expanded dimensions a single entry.

    A copy, unless the tensor is large, contiguous, on the CPU and nothing else has
    to be done: then a view, which must be sent before the tensor changes.
    """
    plain = tensor.detach().resolve_conj().resolve_neg()
    if strides:
        for dimension, extent in enumerate(sent_shape(tensor.shape, strides)):
            plain = plain.narrow(dimension, 0, extent)
    plain = plain.cpu().contiguous()
    if not plain.numel():
        return memoryview(b"")
    if plain.nbytes <= COPIED_BYTES and (place := plain.data_ptr()):
        return memoryview(ctypes.string_at(place, plain.nbytes))
    # Not reshape(-1): one element may have any stride, and a view as bytes wants 1.
    return plain.as_strided((plain.numel(),), (1,)).view(torch.uint8).numpy().data


def checked(node: TensorNode, limit: int) -> torch.dtype:
    """The dtype of a tensor whose node is consistent in itself.

    Args:
        node: What the other side says about a tensor.
        limit: The most bytes that its layout may reach over.

    Raises:
        WireError: The dtype is unknown, or shape, strides and bytes do not agree.
    """
    dtype = DTYPES.get(node.dtype)
    if dtype is None:
        raise WireError("A tensor has a dtype that does not cross the wire.")
    if _largest(node.shape) > LARGEST:
        raise WireError("The shape of a tensor is larger than any memory.")
    if node.strides and len(node.strides) != len(node.shape):
        raise WireError("A tensor has strides for another number of dimensions.")
    if math.prod(sent_shape(node.shape, node.strides)) * dtype.itemsize != node.nbytes:
        raise WireError("The size of a tensor does not follow from its shape.")
    if node.strides and not math.prod(node.shape):
        raise WireError("A tensor without elements has strides.")
    if spread(node.shape, node.strides) * dtype.itemsize > limit:
        raise WireError("The strides of a tensor reach too far.")
    if node.strides and not separate(node.shape, node.strides):
        raise WireError("The strides of a tensor put two elements in one place.")
    return dtype


def rebuild(node: TensorNode, dtype: torch.dtype, data: memoryview) -> torch.Tensor:
    """The tensor that a node found to be consistent describes, in memory of its own.

    Raises:
        WireError: A bool is neither 0 nor 1.
    """
    shape = sent_shape(node.shape, node.strides)
    if not len(data):
        return torch.empty(shape, dtype=dtype)
    held = bytearray(data)
    if dtype is torch.bool and held.translate(None, b"\0\1"):
        raise WireError("A bool tensor holds something else than 0 and 1.")
    tensor = torch.frombuffer(held, dtype=dtype).view(shape)
    if not node.strides:
        return tensor
    storage = torch.zeros(span(node.shape, node.strides), dtype=dtype)
    storage.as_strided(shape, node.strides).copy_(tensor)
    return storage.as_strided(node.shape, node.strides)
