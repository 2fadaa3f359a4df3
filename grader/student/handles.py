"""From a handle to what stands for its object in the judge.

The grader's own objects are built from blueprints, and what they are is known
before they are; of a result that a student's call left on the far side, the
worker says what it is, and what stands for it refuses what it is not.
"""

from typing import Any

import torch

from grader.blueprints import Blueprint
from grader.student.answers import tensor_of
from grader.student.calling import later, packed
from grader.student.remote import RecordedObject, RemoteModule, RemoteObject, RemoteTensor
from grader.student.session import Session
from grader.wire.frames import Buffer
from grader.wire.messages import Build, HandleKind
from grader.wire.values import HandleValue


class RemoteLoader(RecordedObject):
    """A loader of the grader's own, for student code to iterate over."""


class RemoteOptimizer(RecordedObject):
    """An optimizer of the grader's own."""

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of the model's parameters."""
        self._later("zero_grad", set_to_none=set_to_none)

    def step(self) -> None:
        """Take one step."""
        self._later("step")


class RemoteCriterion(RecordedObject):
    """A criterion of the grader's own. Remote outputs give a remote loss, others a plain one."""

    def __call__(self, outputs: Any, targets: Any) -> Any:
        """The loss of `outputs`: a RemoteTensor to go backward from, or a torch.Tensor."""
        if isinstance(outputs, RemoteTensor) and torch.is_grad_enabled():
            return self._tensor_later("loss", outputs, targets)
        return tensor_of(self._get("__call__", outputs, targets))


_REMOTES: dict[str, type[RemoteObject]] = {
    "model": RemoteModule,
    "loader": RemoteLoader,
    "optimizer": RemoteOptimizer,
    "criterion": RemoteCriterion,
    "module": RemoteModule,
    "object": RemoteModule,  # called like one; what only modules have is refused with a finding
    "tensor": RemoteTensor,
}

_KINDS: dict[str, HandleKind] = {
    "model": "module",
    "loader": "object",
    "optimizer": "optimizer",
    "criterion": "object",
}
"""What the grader's own objects are, known before they are built."""


def kept(session: Session, value: HandleValue, label: str) -> RemoteObject:
    """What stands for the result of a call that was kept."""
    return _REMOTES[value.kind](session, value, label)


def built(session: Session, blueprint: Blueprint) -> RemoteObject:
    """Build a blueprint on the far side, at the latest when an answer is needed; what stands for it."""
    payload: list[Buffer] = []
    label = getattr(blueprint, "name", blueprint.kind)
    taped = {"taped": True} if session.witnesses is not None else {}
    request = Build(
        number=session.number(),
        kind=blueprint.kind,
        arguments=packed(blueprint.arguments() | taped, payload),
        device=session.device,
        chained=session.waiting,
    )
    later(session, request, payload, f"building the {blueprint.kind}", "", keep=True)
    value = HandleValue(request.number, _KINDS[blueprint.kind], blueprint.kind)
    remote = _REMOTES[blueprint.kind](session, value, label)
    remote.blueprint = blueprint
    return remote
