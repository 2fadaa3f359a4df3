"""The messages of the wire: two closed unions, one for each direction.

The judge sends requests, the worker answers each with exactly one answer that
carries the request's number. Values travel as a flat list of nodes in preorder
(a container's node says how many of the following subtrees are its items), so
that no decoder ever recurses; tensors' bytes follow the head of the frame.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from grader.wire.caps import DIMENSIONS, LARGEST_SIZE, Measure

HandleKind = Literal["module", "optimizer", "tensor", "object"]
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


# --- values -----------------------------------------------------------------


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


# --- judge to worker ----------------------------------------------------------


class SourceFile(Message, frozen=True):
    """A file of the submission, as bytes that nobody has looked into."""

    name: Name
    content: bytes


class EntryPoint(Message, frozen=True):
    """A function or class that the exercise asks for, and what it must not use.

    `operators` are glob patterns of dispatcher names without overload or
    namespace, such as '_softmax'; `autograd` forbids going backward.
    """

    name: Name
    operators: tuple[Name, ...]
    autograd: bool


class Load(Message, frozen=True):
    """Load a submission: the first of `main` that is a file of it, helpers beside it.

    When no file of that name is there, the notebooks among `files` are searched
    for one that defines the entry points.
    """

    number: Index
    main: tuple[Name, ...]
    files: tuple[SourceFile, ...]
    entry_points: tuple[EntryPoint, ...]


class Gradient(Message, frozen=True):
    """Ask for the vector-Jacobian product of the result with `cotangent`.

    `wrt` are positions of tensor arguments, those by name after the others; the
    cotangent is the next value of the request after the arguments.
    """

    wrt: tuple[Count, ...]
    cotangent: Packed


class Call(Message, frozen=True):
    """Call an entry point (`handle` None), or a method of a live object.

    Tensors are put on `device` first. `keep` leaves the result on the far side
    and answers with a handle. `report_arguments` sends the positional arguments
    back as they are after the call. `release` are handles that nobody needs any
    more. The payload holds the tensors of `args`, `kwargs`, `gradient` in order.
    What is kept gets the request's number as its handle. `chained`: not carried
    out, and answered with Raised, if the request before it failed.
    """

    number: Index
    handle: Index | None
    name: Name
    args: Packed
    kwargs: Packed
    device: Name
    keep: bool
    report_arguments: bool
    gradient: Gradient | None
    release: tuple[Index, ...]
    chained: bool = False


class Build(Message, frozen=True):
    """Make a live object of the grader's own from a blueprint (see `grader.blueprints`).

    `arguments` is a mapping whose shape the blueprint's kind defines; handles in
    it stand for objects made before. The object's handle is the request's number;
    `chained` is as in a Call.
    """

    number: Index
    kind: Name
    arguments: Packed
    device: Name
    chained: bool = False


class Probe(Message, frozen=True):
    """Have a worker that never saw student code try something that it must not be able to do.

    `name` is one of `grader.sandbox.probes`; `arguments` are places that exist on
    the judge's side of the wall: paths, process ids, names of sockets.
    """

    number: Index
    name: Name
    arguments: tuple[Text, ...]


Request = Load | Call | Build | Probe


# --- worker to judge ----------------------------------------------------------


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
    """The submission was loaded from `file`; `cells` are the notebook cells used, from 1."""

    number: Index
    file: Name
    found: tuple[Name, ...]
    missing: tuple[Name, ...]
    names: tuple[Name, ...]
    cells: tuple[Count, ...]


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


class Returned(Message, frozen=True):
    """The call returned. `gradients` holds a list of tensors (None: not connected)."""

    number: Index
    value: Packed
    arguments: Packed | None
    gradients: Packed | None
    changed: tuple[Name, ...]
    forbidden: tuple[ForbiddenUse, ...]


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


Answer = Ready | Probed | Loaded | LoadFailed | Returned | Raised | Refused


# --- judge to zygote and back -------------------------------------------------


class Fork(Message, frozen=True):
    """Fork a worker.

    Two descriptors come along by SCM_RIGHTS, in this order: the worker's end of
    its socket, and the write end of its output pipe. The `return_` limits are
    the caps of the worker's answers. `scratch` is '' where the worker mounts its
    own; `scratch_mb` is how much fits into it, shared memory included, and
    `device_memory_mb` what torch may hold on a CUDA device.
    """

    scratch: Text
    memory_mb: Count
    file_mb: Count
    device: Name
    processes: Count = 256
    open_files: Count = 256
    scratch_mb: Count = 64
    device_memory_mb: Count = 4096
    return_mb: Count = 64
    return_items: Count = 10_000
    return_depth: Count = 16


class Forked(Message, frozen=True):
    """The worker's process id."""

    pid: Index


class End(Message, frozen=True):
    """Kill a worker with everything it started, unless it is dead already, and reap it."""

    pid: Index


class Ended(Message, frozen=True):
    """How a worker ended by itself (`status` as from waitpid) or None if it had to be killed.

    `own_rss_mb` is about its peak beyond what the zygote takes: torch alone takes more
    than some limits allow. Where it had a control group of its own: how many of
    its processes the kernel killed for memory, and how often it refused one more
    process.
    """

    pid: Index
    status: int | None
    cpu_seconds: float
    own_rss_mb: float
    oom_kills: Count = 0
    refused_processes: Count = 0


class Survey(Message, frozen=True):
    """Say which layers of isolation workers will have here."""


class LayerState(Message, frozen=True):
    """One layer of isolation: whether it is on, and how (or why it is not)."""

    name: Name
    on: bool
    detail: Text


class Surveyed(Message, frozen=True):
    """Every layer that was asked for when the zygote was started."""

    layers: tuple[LayerState, ...]


Order = Fork | End | Survey
Notice = Forked | Ended | Surveyed
