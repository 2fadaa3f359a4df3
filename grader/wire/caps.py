"""How much may cross the wall at once.

Every cap is checked before the memory that it guards is spent: on the sizes
in a frame's header, on the counts in its head, and on the bounds of each
tensor. The defaults are for answers, which hostile code can write; requests
come from the judge and have caps of their own, large enough for any exercise.
"""

from dataclasses import dataclass
from typing import Literal

from grader.errors import WireError

Measure = Literal["bytes", "items", "depth"]

DIMENSIONS = 32
"""A message can hold no shape of more."""

LARGEST_SIZE = 2**40
"""A message can hold no larger extent, nor number of bytes."""


@dataclass(frozen=True)
class Caps:
    """The limits of one direction of one wire.

    Attributes:
        head_bytes: Size of a message without its tensors.
        payload_bytes: Size of all tensors of a message together.
        items: Number of values in a message, containers included.
        depth: How deep containers may be nested.
    """

    head_bytes: int = 1 << 20
    payload_bytes: int = 64 << 20
    items: int = 10_000
    depth: int = 16


REQUEST_CAPS = Caps(head_bytes=256 << 20, payload_bytes=1 << 30, items=1_000_000, depth=64)
"""For what the judge sends: the files of a submission travel in the head of a Load."""


class ValueTooLarge(WireError):
    """A value that is larger than the caps allow, so it was not sent.

    Attributes:
        what: The measure, one of 'bytes', 'items' and 'depth'.
        limit: The cap that it went over.
    """

    def __init__(self, what: Measure, limit: int):
        super().__init__(f"The value has more than {limit:,} {what}.")
        self.what = what
        self.limit = limit
