"""What a value of the far side is on this one, where it is no plain Python value.

Tensors come as data with what is known of them; what did not cross, and what
stayed there, as what is said of it. `packing` makes messages of values, and
`unpacking` values of messages.
"""

from dataclasses import dataclass

import torch

from grader.wire.messages import HandleKind


@dataclass(frozen=True)
class TensorValue:
    """A tensor as it came over the wire.

    Attributes:
        data: Its elements, on the CPU, in memory of their own.
        device: Where it was on the other side, such as 'cuda:0'.
        requires_grad: Whether autograd was following it there.
    """

    data: torch.Tensor
    device: str
    requires_grad: bool


@dataclass(frozen=True)
class OpaqueValue:
    """Something that did not cross: the name of its type, and its shape if it is an array."""

    type_name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class HandleValue:
    """A live object that stayed on the far side."""

    handle: int
    kind: HandleKind
    type_name: str
