"""Packing: how Python data and tensors become nodes of a message, and bytes.

Types are looked at exactly and bytes are copied; whatever is not plain data
goes as the name of its type alone. Nothing recurses, and none of a value's own
code is run that could lie. Both sides use it: the judge lets unusual memory
layouts through to the worker, and a worker never sends one.
"""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import torch

from grader.wire.caps import Caps, ValueTooLarge
from grader.wire.frames import Buffer
from grader.wire.messages import (
    NAME_LENGTH,
    TEXT_LENGTH,
    BoolNode,
    FloatNode,
    HandleNode,
    IntNode,
    MappingNode,
    Node,
    NoneNode,
    OpaqueNode,
    Packed,
    SequenceNode,
    StrNode,
    TensorNode,
    clipped,
)
from grader.wire.tensors import (
    DTYPES,
    crosses,
    describable,
    dtype_name,
    layout,
    sent_shape,
    spread,
    tensor_bytes,
)

Keep = Callable[[object], HandleNode | None]


def pack(
    value: object, caps: Caps, *, keep: Keep | None = None, layouts: bool = False
) -> tuple[Packed, list[Buffer]]:
    """Turn `value` into nodes and the bytes of its tensors.

    Args:
        value: None, bool, int, float, str, tensors, live objects, and lists,
            tuples and dicts with str keys of them. Subclasses of tuple, list,
            dict, int and float travel as those.
        caps: What the other side accepts.
        keep: Asked about everything that is not plain data: the handle that
            stands for it, or None if it does not cross.
        layouts: Whether to send the strides of tensors that are not contiguous.

    Returns:
        The nodes, and buffers to send with them. A buffer may be a view of a
        tensor of `value`: send it before that tensor changes.

    Raises:
        ValueTooLarge: More bytes, items or depth than `caps` allow.
        RuntimeError: The elements of a tensor cannot be read.
    """
    packer = _Packer(caps, keep, layouts)
    nodes = tuple(packer.nodes(value))
    return Packed(nodes), packer.payload


class _Packer:
    """One walk over a value, in preorder, with a stack of its own."""

    def __init__(self, caps: Caps, keep: Keep | None, layouts: bool):
        self.payload: list[Buffer] = []
        self._caps = caps
        self._keep = keep
        self._layouts = layouts
        self._bytes = 0
        self._spread = 0
        self._items = 0

    def nodes(self, value: object) -> Iterator[Node]:
        self._count(1)
        waiting = [(value, 0)]
        while waiting:
            value, depth = waiting.pop()
            node, items = self._node(value)
            if items and depth >= self._caps.depth:
                raise ValueTooLarge("depth", self._caps.depth)
            waiting.extend((item, depth + 1) for item in reversed(items))
            yield node

    def _node(self, value: Any) -> tuple[Node, list[object]]:
        """The node for `value`, and its items if it is a container."""
        kind = type(value)
        if kind is torch.Tensor or kind is torch.nn.Parameter:
            return self._tensor(value), []
        # Methods of the built-in classes, because a subclass may have its own.
        for sequence in (list, tuple):
            if issubclass(kind, sequence):
                self._count(sequence.__len__(value))
                items = list(sequence.__iter__(value))
                return SequenceNode("list" if sequence is list else "tuple", len(items)), items
        if issubclass(kind, dict):
            self._count(dict.__len__(value))
            return self._mapping(value, list(dict.items(value)))
        return _scalar(value) or self._other(value), []

    def _mapping(self, value: object, pairs: list[tuple[Any, Any]]) -> tuple[Node, list[object]]:
        keys = tuple(key for key, _ in pairs if type(key) is str and _fits(key, NAME_LENGTH))
        if len(keys) < len(pairs):
            return self._other(value), []
        return MappingNode(keys), [item for _, item in pairs]

    def _tensor(self, value: torch.Tensor) -> Node:
        if not crosses(value):
            return _without_elements(value)
        strides = layout(value, self._caps.payload_bytes - self._spread) if self._layouts else ()
        self._spread += spread(value.shape, strides) * value.element_size()
        self._bytes += math.prod(sent_shape(value.shape, strides)) * value.element_size()
        if self._bytes > self._caps.payload_bytes:
            raise ValueTooLarge("bytes", self._caps.payload_bytes)
        if not describable(value.shape):
            return _without_elements(value)
        data = tensor_bytes(value, strides)
        self.payload.append(data)
        return TensorNode(
            dtype=dtype_name(value.dtype),
            shape=tuple(value.shape),
            strides=strides,
            nbytes=data.nbytes,
            device=str(value.device),
            requires_grad=value.requires_grad,
        )

    def _other(self, value: object) -> Node:
        handle = self._keep(value) if self._keep else None
        return handle or OpaqueNode(type_name(value), _array_shape(value))

    def _count(self, more: int) -> None:
        self._items += more
        if self._items > self._caps.items:
            raise ValueTooLarge("items", self._caps.items)


def _scalar(value: Any) -> Node | None:
    """The node of a plain Python value; None if it is none, or too long."""
    if value is None:
        return NoneNode()
    kind = type(value)
    if kind is bool:
        return BoolNode(value)
    if issubclass(kind, int):
        number = int.__index__(value)
        return IntNode(number) if -(2**63) <= number < 2**63 else None
    if issubclass(kind, float):  # np.float64 is one
        return FloatNode(float.__float__(value))
    if kind is str:
        return StrNode(value) if _fits(value, TEXT_LENGTH) else None
    return None


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and not any("\ud800" <= letter <= "\udfff" for letter in text)


def type_name(value: object) -> str:
    """The name of a value's type as students know it: 'None', 'int', 'numpy.ndarray'."""
    if value is None:
        return "None"
    kind = type(value)
    name, module = _said(kind, "__qualname__"), _said(kind, "__module__")
    return clipped(name if module in ("", "builtins", "__main__") else f"{module}.{name}", NAME_LENGTH)


def _said(kind: type, attribute: str) -> str:
    """A class's own `attribute`, past its metaclass; '' if it is no str. The class may lie in it."""
    said = type.__dict__[attribute].__get__(kind)
    return str.__str__(said) if issubclass(type(said), str) else ""


def _without_elements(tensor: torch.Tensor) -> OpaqueNode:
    """What goes in the place of a tensor that does not cross."""
    return OpaqueNode(_tensor_kind(tensor), _array_shape(tensor))


def _tensor_kind(tensor: torch.Tensor) -> str:
    """What is unusual about a tensor that does not cross."""
    if tensor.is_nested:
        return "nested tensor"
    if tensor.is_meta:
        return "tensor on the meta device"
    if tensor.layout is not torch.strided:
        return f"tensor of layout {tensor.layout}"
    if dtype_name(tensor.dtype) not in DTYPES:
        return f"tensor of {tensor.dtype}"
    if not describable(tensor.shape):
        return "tensor with too many or too large dimensions"
    return "tensor whose elements are not in its storage"


def _array_shape(value: Any) -> tuple[int, ...]:
    """The shape of a tensor or NumPy array; () for all else, and where no message can hold it."""
    numpy = sys.modules.get("numpy")
    extents: tuple[Any, ...] = ()
    if numpy is not None and type(value) is numpy.ndarray:
        extents = value.shape
    elif issubclass(type(value), torch.Tensor):
        with torch._C.DisableTorchFunctionSubclass(), suppress(Exception):
            # A subclass may answer in code of its own (__torch_dispatch__), which may raise anything.
            nested = torch.Tensor.is_nested.__get__(value)  # type: ignore[attr-defined]  # a descriptor
            extents = () if nested else tuple(torch.Tensor.size(value))
    return extents if all(type(extent) is int for extent in extents) and describable(extents) else ()
