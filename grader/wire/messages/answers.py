"""What a worker answers: one answer for each request, with the request's number."""

from typing import Annotated, Literal

from msgspec import Meta

from grader.wire.caps import Measure
from grader.wire.messages.base import LINE_LENGTH, Index, Message, Name, Text
from grader.wire.messages.cells import NotebookCells
from grader.wire.messages.nodes import Packed
from grader.wire.messages.pressing import NotPressed, Pressed
from grader.wire.messages.tokenising import NotTokenised, Tokenised


class FrameInfo(Message, frozen=True):
    """One of the student's own lines in a traceback."""

    file: Name
    line: Index
    function: Name
    text: Annotated[str, Meta(max_length=LINE_LENGTH)]


class ExceptionInfo(Message, frozen=True):
    """An exception as plain text; `bases` are the names of its classes, most derived first."""

    type: Name
    bases: tuple[Name, ...]
    message: Text
    frames: tuple[FrameInfo, ...]


class Ready(Message, frozen=True):
    """The worker is confined and waits for its first request. `layers` says what is on."""

    layers: tuple[Name, ...]


class Loaded(Message, frozen=True):
    """The submission was loaded from `file`, which is a notebook if `notebook` is not None."""

    number: Index
    file: Name
    found: tuple[Name, ...]
    missing: tuple[Name, ...]
    names: tuple[Name, ...]
    notebook: NotebookCells | None = None


class LoadFailed(Message, frozen=True):
    """The submission could not be loaded; `reason` says at which step."""

    number: Index
    reason: Literal["missing", "empty", "encoding", "notebook", "syntax", "exception"]
    file: Name
    detail: Text
    exception: ExceptionInfo | None


class ForbiddenUse(Message, frozen=True):
    """A forbidden operator, or autograd, that ran during the call, and the student's lines."""

    what: Name
    frames: tuple[FrameInfo, ...]


class Counted(Message, frozen=True):
    """Operators that ran during a call, and the bytes of the tensors that they made."""

    operators: Index
    bytes: Index


class Returned(Message, frozen=True):
    """The call returned. `gradients` holds a list of tensors (None: not connected)."""

    number: Index
    value: Packed
    arguments: Packed | None
    gradients: Packed | None
    changed: tuple[Name, ...]
    forbidden: tuple[ForbiddenUse, ...]
    counted: Counted | None = None


class Raised(Message, frozen=True):
    """The call raised."""

    number: Index
    exception: ExceptionInfo
    forbidden: tuple[ForbiddenUse, ...]


class Refused(Message, frozen=True):
    """The result is larger than the wire allows; `what` is the measure, `limit` its cap."""

    number: Index
    what: Measure
    limit: Index


class Probed(Message, frozen=True):
    """What came of a probe: whether it was held back, and what was seen."""

    number: Index
    held: bool
    detail: Text


class Simulated(Message, frozen=True):
    """The call returned on the simulated device; `devices` are the kinds that its tensors are on."""

    number: Index
    devices: tuple[Name, ...]


Answer = (
    Ready
    | Probed
    | Loaded
    | LoadFailed
    | Returned
    | Simulated
    | Raised
    | Refused
    | Pressed
    | NotPressed
    | Tokenised
    | NotTokenised
)
