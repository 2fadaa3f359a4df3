"""What a worker answers to a call, made into plain data.

It is decoded within the caps of the exercise, and must hold what was asked for
and nothing else: a worker that answers otherwise is lying. A forbidden built-in
that ran while the call did counts, whatever else came.
"""

from typing import Any

import torch

from grader.errors import WireError
from grader.findings import (
    DeviceDiffers,
    DeviceFault,
    ExceptionRaised,
    NotRun,
    ReturnTooLarge,
    TypeDiffers,
)
from grader.student.calls import Answer, Refusal, Wishes
from grader.student.failures import StudentFailed, raised
from grader.student.forbidden import forbidden_used
from grader.student.session import Session
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.messages import Answer as Message
from grader.wire.messages import Packed, Raised, Refused, Returned, Simulated
from grader.wire.unpacking import unpack
from grader.wire.values import HandleValue, OpaqueValue, TensorValue

MOST_CHANGES = 20
"""Changes of torch's global state that are kept; one is enough."""


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
        raise StudentFailed(forbidden_used(session, name, message.forbidden, label))
    if isinstance(message, Returned):
        return Answer(
            call=label,
            value=value,
            arguments=arguments,
            gradients=gradients,
            changed=message.changed[:MOST_CHANGES],
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


def simulated(message: Simulated, label: str, entry_point: bool) -> DeviceDiffers | NotRun:
    """What a call on the simulated device came to, which has no numbers.

    What a method of a live object gives may be where a test left it.
    """
    elsewhere = [device for device in message.devices if device != "cuda"]
    if elsewhere and entry_point:
        return DeviceDiffers(call=label, leaf="", yours=elsewhere[0], expected="cuda")
    return NotRun(call=label, reason="simulated", detail="there")


def check(answer: Answer, wishes: Wishes) -> None:
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


def tensor_of(answer: Answer) -> torch.Tensor:
    """The tensor that an answer must hold; StudentFailed if it holds something else."""
    if not isinstance(answer.value, TensorValue):
        raise StudentFailed(
            TypeDiffers(call=answer.call, leaf="", yours=kind_of(answer.value), expected="tensor")
        )
    return answer.value.data


def kind_of(value: object) -> str:
    """What a finding calls the type of a value that came back."""
    match value:
        case None:
            return "None"
        case TensorValue():
            return "tensor"
        case OpaqueValue() | HandleValue():
            return value.type_name
    return type(value).__name__
