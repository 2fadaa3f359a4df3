"""One call: arguments packed, sent, answered, and the answer made into plain data.

Used by the proxies of entry points and of live objects alike. Expected values
never come near: only arguments go in. What comes back is decoded within caps;
a forbidden built-in that ran while the call did counts, whatever else came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Protocol

import torch

from grader.errors import WireError
from grader.findings import DeviceFault, ExceptionRaised, ForbiddenUsed, Frame, ReturnTooLarge
from grader.student.failures import StudentFailed, raised
from grader.student.session import Session
from grader.wire.caps import REQUEST_CAPS, Caps
from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import Answer as Message
from grader.wire.messages import (
    Build,
    Call,
    Counted,
    ForbiddenUse,
    Gradient,
    HandleNode,
    OpaqueNode,
    Packed,
    Raised,
    Refused,
    Returned,
)
from grader.wire.values import HandleValue, TensorValue, pack, unpack

USES = 20
"""Uses of something forbidden, and changes of state, that are looked at; one is enough."""


@dataclass(frozen=True)
class Asked:
    """What was called with what.

    Attributes:
        name: The entry point, or the method of a live object.
        args: As they were given, by position.
        kwargs: As they were given, by name.
    """

    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back from a call that returned.

    Attributes:
        call: The call in short form.
        value: None, bool, int, float, str, `TensorValue`, `OpaqueValue`,
            `HandleValue`, and lists, tuples and dicts of them.
        arguments: The positional arguments as they were afterwards, if asked for.
        gradients: One for each argument asked for; None where autograd found
            no way back. None if not asked for.
        changed: Global state of torch that the call left changed.
        device: The device under test, 'cpu' or 'cuda'.
        dtype: That of the first floating argument; None if there was none.
        asked: What was called with what.
        counted: Operators that ran meanwhile and the bytes that they made, if asked
            for: evidence, as student code could stop the counting.
    """

    call: str
    value: Any
    arguments: tuple[Any, ...] | None = None
    gradients: tuple[TensorValue | None, ...] | None = None
    changed: tuple[str, ...] = ()
    device: str = "cpu"
    dtype: torch.dtype | None = None
    asked: Asked = Asked()
    counted: Counted | None = None


@dataclass(frozen=True)
class Refusal:
    """An exception that student code raised.

    Attributes:
        call: The call in short form.
        type: Name of the exception's class.
        bases: Names of all its classes, most derived first.
        message: Its message.
        frames: The student's own lines, outermost first.
        asked: What was called with what.
    """

    call: str
    type: str
    bases: tuple[str, ...]
    message: str
    frames: tuple[Frame, ...]
    asked: Asked = Asked()


@dataclass
class Witness:
    """A call that somebody wants to explain; its live objects stay as long as this does.

    Attributes:
        asked: What was called with what.
        answer: What came back; None if it did not return.
    """

    asked: Asked
    answer: Answer | None = None


class Rule(Protocol):
    """What an exercise forbids; `grader.course.ForbiddenRule` is one."""

    @property
    def say(self) -> str:
        """What is forbidden, in the handout's words."""

    @property
    def operators(self) -> tuple[str, ...]:
        """Glob patterns of dispatcher names."""

    @property
    def autograd(self) -> bool:
        """Whether going backward is forbidden."""


@dataclass(frozen=True)
class Target:
    """What to call.

    Attributes:
        name: An entry point, or a method of the object.
        handle: The live object, None for an entry point.
    """

    name: str
    handle: int | None = None


@dataclass(frozen=True)
class Wishes:
    """What a call should bring besides its value.

    Attributes:
        keep: Leave the result on the far side and bring a handle.
        arguments: Bring the positional arguments as they are afterwards.
        wrt: Positions of the arguments to differentiate with respect to.
        cotangent: Of the result's shape; None for no gradients.
        refusal: Return a Refusal instead of raising StudentFailed when it raises.
        count: Count the operators that run meanwhile.
    """

    keep: bool = False
    arguments: bool = False
    wrt: tuple[int, ...] = ()
    cotangent: torch.Tensor | None = None
    refusal: bool = False
    count: bool = False


def call(
    session: Session,
    target: Target,
    label: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    wishes: Wishes = Wishes(),
) -> Answer | Refusal:
    """Call student code, or a method of a live object.

    Args:
        session: Where; the files are loaded already.
        target: What to call.
        label: The call in short form.
        args: Positional arguments: tensors, plain data, remote objects, answers.
        kwargs: Arguments by name.
        wishes: What else to bring.

    Raises:
        StudentFailed: The call did not return, or used what is forbidden.
        TypeError: An argument is of a type that does not cross (the test's mistake).
    """
    request, payload = _request(session, target, args, kwargs, wishes)
    asked = Asked(target.name, tuple(args), kwargs)
    witness = Witness(asked)
    if session.witnesses is not None:
        session.witnesses.append(witness)
    message, cursor = session.ask(request, payload, label)
    answered = read(session, message, cursor, label, target.name, refusal=wishes.refusal)
    if isinstance(answered, Refusal):
        return replace(answered, asked=asked)
    with session.decoding(label):
        _check(answered, wishes)
    if wishes.cotangent is not None and answered.gradients is None:
        # No product with the cotangent, because the result is no tensor of its shape.
        answered = replace(answered, gradients=(None,) * len(wishes.wrt))
    witness.answer = replace(answered, dtype=_floating([*args, *kwargs.values()]), asked=asked)
    return witness.answer


def call_later(
    session: Session,
    target: Target,
    label: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    keep: bool = False,
) -> int:
    """Call a method of a live object whose answer nobody needs now: at the latest when one is needed.

    If it fails, what is asked next raises, and so does the end of the test.

    Returns:
        The handle that the result will have, if `keep` leaves it on the far side.
    """
    request, payload = _request(session, target, args, kwargs, Wishes(keep=keep))
    if session.witnesses is not None:
        session.witnesses.append(Witness(Asked(target.name, tuple(args), kwargs)))
    later(session, request, payload, label, target.name, keep=keep)
    return request.number


def later(
    session: Session, request: Call | Build, payload: Sequence[Buffer], label: str, name: str, *, keep: bool
) -> None:
    """As `call_later`, but for any request; `keep` says that it leaves something on the far side."""

    def settle(message: Message, cursor: PayloadCursor) -> None:
        answered = read(session, message, cursor, label, name)
        if not keep:
            return
        with session.decoding(label):
            value = answered.value if isinstance(answered, Answer) else None
            if not isinstance(value, HandleValue) or value.handle != request.number:
                raise WireError("It did not keep what it was asked to keep.")

    session.defer(request, payload, label, settle)


def _request(
    session: Session, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any], wishes: Wishes
) -> tuple[Call, list[Buffer]]:
    """The request, and the bytes of its tensors."""
    payload: list[Buffer] = []
    gradient = None
    packed_args, packed_kwargs = packed(tuple(args), payload), packed(dict(kwargs), payload)
    if wishes.cotangent is not None:
        gradient = Gradient(wrt=wishes.wrt, cotangent=packed(wishes.cotangent, payload))
    request = Call(
        number=session.number(),
        handle=target.handle,
        name=target.name,
        args=packed_args,
        kwargs=packed_kwargs,
        device=session.device,
        keep=wishes.keep,
        report_arguments=wishes.arguments,
        gradient=gradient,
        release=session.take_released(),
        chained=session.waiting,
        count=wishes.count,
    )
    return request, payload


def read(
    session: Session, message: Message, cursor: PayloadCursor, label: str, name: str, *, refusal: bool = False
) -> Answer | Refusal:
    """Make an answer into plain data; raises as `call` does.

    Args:
        session: Where it came from.
        message: The answer.
        cursor: The bytes of its tensors.
        label: The call in short form.
        name: What was called.
        refusal: Whether an exception of the student's code is returned.
    """
    with session.decoding(label):
        if isinstance(message, Returned):
            value = unpack(message.value, cursor, session.caps)
            arguments = _items(message.arguments, cursor, session.caps)
            gradients = _items(message.gradients, cursor, session.caps)
        elif not isinstance(message, Raised | Refused):
            raise WireError("It answered a call with something else.")
        cursor.done()
    if isinstance(message, Refused):
        raise StudentFailed(_too_large(message, session.caps, label))
    if message.forbidden:
        raise StudentFailed(_forbidden(session, name, message.forbidden, label))
    if isinstance(message, Returned):
        return Answer(
            call=label,
            value=value,
            arguments=arguments,
            gradients=gradients,
            changed=message.changed[:USES],
            device=session.device,
            counted=message.counted,
        )
    info = message.exception
    finding = raised(info, label, name, session.limits, session.evidence)
    if isinstance(finding, DeviceFault):
        session.lost_device()
    if refusal and isinstance(finding, ExceptionRaised):
        return Refusal(label, info.type, info.bases, info.message, finding.frames)
    raise StudentFailed(finding)


def _check(answer: Answer, wishes: Wishes) -> None:
    """An answer must hold what was asked for, and nothing that was not."""
    if wishes.keep and not isinstance(answer.value, HandleValue):
        raise WireError("It did not keep what it was asked to keep.")
    if wishes.arguments != (answer.arguments is not None):
        raise WireError("It did not bring the arguments that it was asked for.")
    if wishes.count != (answer.counted is not None):
        raise WireError("It did not bring the counts that it was asked for.")
    if wishes.cotangent is None and answer.gradients is not None:
        raise WireError("It brought gradients that nobody asked for.")
    if answer.gradients is not None and (
        len(answer.gradients) != len(wishes.wrt)
        or not all(gradient is None or isinstance(gradient, TensorValue) for gradient in answer.gradients)
    ):
        raise WireError("It brought something else than gradients.")


def _items(nodes: Packed | None, cursor: PayloadCursor, caps: Caps) -> tuple[Any, ...] | None:
    """The items of a list or tuple, None if it was not sent."""
    if nodes is None:
        return None
    value = unpack(nodes, cursor, caps)
    if not isinstance(value, list | tuple):
        raise WireError("It did not bring a sequence where one was asked for.")
    return tuple(value)


def _too_large(refused: Refused, caps: Caps, call: str) -> ReturnTooLarge:
    """The limit is what the judge set, whatever the worker says that it is."""
    limits = {"bytes": caps.payload_bytes, "items": caps.items, "depth": caps.depth}
    return ReturnTooLarge(call=call, what=refused.what, limit=limits[refused.what])


def _forbidden(session: Session, name: str, uses: Sequence[ForbiddenUse], call: str) -> ForbiddenUsed:
    """One finding for all uses; the lines are those of the first. Only names that torch has are kept."""
    rules: Sequence[Rule] = session.rules(name)
    uses = uses[:USES]
    what = tuple(dict.fromkeys(use.what for use in uses if _is_of_torch(use.what)))
    broken = [rule for rule in rules if any(_matches(rule, use.what) for use in uses)] or rules
    return ForbiddenUsed(
        call=call,
        what=what,
        forbidden=", ".join(dict.fromkeys(rule.say for rule in broken)),
        frames=session.evidence.frames(uses[0].frames),
    )


AUTOGRAD = "autograd"
"""What a worker calls any way of going backward."""


def _is_of_torch(what: str) -> bool:
    """Whether this is the name of an operator; a worker could say anything."""
    return what == AUTOGRAD or what in _operators()


@cache
def _operators() -> frozenset[str]:
    """All operators of torch, without their overloads."""
    return frozenset(name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names())


def _matches(rule: Rule, what: str) -> bool:
    name = what.rpartition("::")[2].partition(".")[0]
    if any(fnmatchcase(name, pattern) for pattern in rule.operators):
        return True
    return rule.autograd and "autograd" in what


def packed(value: object, payload: list[Buffer]) -> Packed:
    """`value` as nodes, its tensors' bytes added to `payload`; TypeError if it cannot cross."""
    nodes, buffers = pack(plain(value), REQUEST_CAPS, keep=_handle, layouts=True)
    payload.extend(buffers)
    for node in nodes.nodes:
        if isinstance(node, OpaqueNode):
            raise TypeError(f"a {node.type_name} cannot be sent to student code")
    return nodes


def plain(value: Any) -> Any:
    """`value` with each answer replaced by what it holds, so that it can be sent again."""
    match value:
        case Answer():
            return plain(value.value)
        case TensorValue():
            return value.data
        case list() | tuple():
            return type(value)([plain(item) for item in value]) if _exact(value) else value
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def _exact(value: object) -> bool:
    return type(value) in (list, tuple)


def _handle(value: object) -> HandleNode | None:
    handle = getattr(value, "handle_value", None)
    if not isinstance(handle, HandleValue):
        return None
    return HandleNode(handle.handle, handle.kind, handle.type_name)


def _floating(arguments: Sequence[object]) -> torch.dtype | None:
    """The dtype of the first floating tensor."""
    for argument in arguments:
        value = plain(argument)
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            return value.dtype
    return None
