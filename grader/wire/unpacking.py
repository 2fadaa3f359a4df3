"""Unpacking: how the nodes of a message become a value again.

Plain data only: every count, bound and dtype is checked before a tensor is
made, no code of the sender ever runs, and nothing recurses. Both sides use it;
the judge accepts no unusual memory layout from a worker.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.errors import WireError
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.messages import (
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
)
from grader.wire.tensors import checked, rebuild, spread
from grader.wire.values import HandleValue, OpaqueValue, TensorValue

_WHOLE = SequenceNode("list", 1)
"""Stands for what the value itself goes into."""


@dataclass
class _Open:
    """A container whose items are still coming."""

    node: SequenceNode | MappingNode
    missing: int
    items: list[Any] = field(default_factory=list)

    def closed(self) -> Any:
        if isinstance(self.node, MappingNode):
            return dict(zip(self.node.keys, self.items, strict=True))
        return tuple(self.items) if self.node.kind == "tuple" else self.items


def unpack(
    packed: Packed,
    payload: PayloadCursor,
    caps: Caps,
    *,
    layouts: bool = False,
    tensor: Callable[[TensorValue], Any] | None = None,
    handle: Callable[[HandleValue], Any] | None = None,
) -> Any:
    """Turn nodes back into a value.

    Args:
        packed: The nodes of one value.
        payload: Where the bytes of its tensors come from; call `done()` after
            the last value of a frame.
        caps: What this side accepts.
        layouts: Whether tensors may come with strides.
        tensor: Makes the leaf for a tensor; None leaves the TensorValue.
        handle: Makes the leaf for a live object; None leaves the HandleValue.

    Returns:
        None, bool, int, float, str, TensorValue, OpaqueValue, HandleValue (or
        what `tensor` and `handle` make of them), and lists, tuples and dicts.

    Raises:
        WireError: The nodes do not make exactly one value within the caps, or
            a tensor is not what its node says.
    """
    nodes = packed.nodes
    if len(nodes) > caps.items:
        raise WireError("A value has more items than the wire allows.")
    leaves = _Leaves(payload, caps, layouts, tensor or _as_it_is, handle or _as_it_is)
    whole = _Open(_WHOLE, 1)
    stack = [whole]
    for position, node in enumerate(nodes):
        if not stack:
            raise WireError("A message holds more nodes than its value.")
        if isinstance(node, SequenceNode | MappingNode):
            opened = _opened(node, room=len(nodes) - position - 1)
            if opened.missing:
                if len(stack) > caps.depth:
                    raise WireError("A value is nested deeper than the wire allows.")
                stack.append(opened)
            else:
                _put(stack, opened.closed())
        else:
            _put(stack, leaves.value(node))
    if stack:
        raise WireError("A message holds fewer nodes than its value.")
    return whole.items[0]


def _put(stack: list[_Open], value: Any) -> None:
    """Put a value into the innermost open container; one that is full is a value of the next."""
    while stack:
        top = stack[-1]
        top.items.append(value)
        top.missing -= 1
        if top.missing:
            return
        value = stack.pop().closed()


def _opened(node: SequenceNode | MappingNode, room: int) -> _Open:
    """A container that has yet to get its items, of which at most `room` can come."""
    if isinstance(node, MappingNode) and len(set(node.keys)) < len(node.keys):
        raise WireError("A mapping names a key twice.")
    missing = len(node.keys) if isinstance(node, MappingNode) else node.count
    if missing > room:
        raise WireError("A container announces more items than there are.")
    return _Open(node, missing)


@dataclass
class _Leaves:
    """Makes the values of nodes that hold no other."""

    payload: PayloadCursor
    caps: Caps
    layouts: bool
    tensor: Callable[[TensorValue], Any]
    handle: Callable[[HandleValue], Any]
    spread: int = 0

    def value(self, node: Node) -> Any:
        match node:
            case NoneNode():
                return None
            case BoolNode() | IntNode() | FloatNode() | StrNode():
                return node.value
            case TensorNode():
                return self.tensor(self._tensor(node))
            case HandleNode():
                return self.handle(HandleValue(node.handle, node.kind, node.type_name))
        assert isinstance(node, OpaqueNode)
        return OpaqueValue(node.type_name, node.shape)

    def _tensor(self, node: TensorNode) -> TensorValue:
        if node.strides and not self.layouts:
            raise WireError("A tensor came with strides.")
        dtype = checked(node, self.caps.payload_bytes - self.spread)
        self.spread += spread(node.shape, node.strides) * dtype.itemsize
        data = rebuild(node, dtype, self.payload.take(node.nbytes))
        return TensorValue(data, node.device, node.requires_grad)


def _as_it_is(value: Any) -> Any:
    return value
