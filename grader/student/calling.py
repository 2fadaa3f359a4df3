"""One call: arguments packed and sent, now or with the next thing that is asked.

Expected values never come near: only arguments go in. A value that cannot cross
is the test's mistake, and refused before anything is sent. What comes back is
read by `answers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from grader.errors import WireError
from grader.student.answers import check, read, simulated
from grader.student.calls import VALUE_ALONE, Answer, Asked, Refusal, Target, Wishes, Witness
from grader.student.failures import StudentFailed
from grader.student.session import Session
from grader.wire.caps import REQUEST_CAPS
from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import Answer as Message
from grader.wire.messages import Build, Call, Gradient, HandleNode, OpaqueNode, Packed, Simulated
from grader.wire.packing import pack
from grader.wire.values import HandleValue, TensorValue


def call(
    session: Session,
    target: Target,
    label: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    wishes: Wishes = VALUE_ALONE,
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
    if isinstance(message, Simulated):
        raise StudentFailed(simulated(message, label, target.handle is None))
    answered = read(session, message, cursor, label, target.name, refusal=wishes.refusal)
    if isinstance(answered, Refusal):
        return replace(answered, asked=asked)
    with session.decoding(label):
        check(answered, wishes)
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
        if isinstance(message, Simulated) and not keep:
            return
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
