"""What the judge asks of a worker."""

from grader.wire.messages.base import Count, Index, Message, Name, Text
from grader.wire.messages.nodes import Packed
from grader.wire.messages.pressing import Press
from grader.wire.messages.tokenising import Tokenise

SIMULATED = "simulated"
"""The device of calls on a CUDA device that is not there (see `grader.worker.simulation`)."""


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
    for one that defines the entry points. Loading may take `seconds`; whoever asks
    has a clock of his own, and the worker shares them out among a notebook's cells.
    """

    number: Index
    main: tuple[Name, ...]
    files: tuple[SourceFile, ...]
    entry_points: tuple[EntryPoint, ...]
    seconds: float = 10.0


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
    out, and answered with Raised, if the request before it failed. `count` asks
    for the operators that run meanwhile (see `grader.counting`). On the simulated
    device nothing but the value is made, and the answer says where it is.
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
    count: bool = False


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


Request = Load | Call | Build | Probe | Press | Tokenise
