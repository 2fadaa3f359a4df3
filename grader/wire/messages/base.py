"""What all messages share: their base, and the types of their fields, each with its cap."""

from typing import Annotated

from msgspec import Meta, Struct

from grader.wire.caps import DIMENSIONS, LARGEST_SIZE

NAME_LENGTH = 200
LINE_LENGTH = 400
TEXT_LENGTH = 4000

Name = Annotated[str, Meta(max_length=NAME_LENGTH)]
Text = Annotated[str, Meta(max_length=TEXT_LENGTH)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
Size = Annotated[int, Meta(ge=0, le=LARGEST_SIZE)]
Dims = Annotated[tuple[Size, ...], Meta(max_length=DIMENSIONS)]
Index = Annotated[int, Meta(ge=0, le=2**53)]


def clipped(text: str, limit: int = TEXT_LENGTH) -> str:
    """`text` as the wire takes it: valid UTF-8, at most `limit` characters."""
    whole = text if len(text) <= limit else text[: limit - 3] + "..."
    try:
        whole.encode()
    except UnicodeEncodeError:  # lone surrogates
        whole = whole.encode("utf-8", "replace").decode()
    return whole


class Message(Struct, frozen=True, forbid_unknown_fields=True, array_like=True, tag=True, tag_field="tag"):
    """Base of every message and node: immutable, nothing extra, tagged by its class name."""
