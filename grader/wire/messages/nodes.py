"""Values as they travel: a flat list of nodes in preorder.

A container's node says how many of the following subtrees are its items, so that
no decoder ever recurses; tensors' bytes follow the head of the frame.
"""

from typing import Annotated, Literal

from msgspec import Meta

from grader.wire.messages.base import Count, Dims, Index, Message, Name, Size, Text

HandleKind = Literal["module", "optimizer", "tensor", "object"]


class NoneNode(Message, frozen=True):
    """None."""


class BoolNode(Message, frozen=True):
    """A Python bool."""

    value: bool


class IntNode(Message, frozen=True):
    """A Python int within 64 bits."""

    value: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class FloatNode(Message, frozen=True):
    """A Python float."""

    value: float


class StrNode(Message, frozen=True):
    """A short str."""

    value: Text


class TensorNode(Message, frozen=True):
    """A strided tensor; its elements are the next `nbytes` bytes of the payload, in C order.

    `strides` is () for a contiguous tensor; otherwise (judge to worker only)
    the layout to rebuild, in elements, where 0 means an expanded dimension
    of which a single entry travels.
    """

    dtype: Name
    shape: Dims
    strides: Dims
    nbytes: Size
    device: Name
    requires_grad: bool


class SequenceNode(Message, frozen=True):
    """A list or tuple (named tuples travel as tuples) of the next `count` subtrees."""

    kind: Literal["list", "tuple"]
    count: Count


class MappingNode(Message, frozen=True):
    """A dict with str keys; its values are the next `len(keys)` subtrees."""

    keys: tuple[Name, ...]


class HandleNode(Message, frozen=True):
    """A live object that stays on the far side."""

    handle: Index
    kind: HandleKind
    type_name: Name


class OpaqueNode(Message, frozen=True):
    """Something that does not cross; only its type's name does (and its shape if it has one)."""

    type_name: Name
    shape: Dims


Node = (
    NoneNode
    | BoolNode
    | IntNode
    | FloatNode
    | StrNode
    | TensorNode
    | SequenceNode
    | MappingNode
    | HandleNode
    | OpaqueNode
)


class Packed(Message, frozen=True):
    """One value: its nodes in preorder. Its tensors' bytes lie in the frame's payload, in order."""

    nodes: tuple[Node, ...]
