"""What stands in the judge for objects that live on the far side.

A remote object is a handle and a few methods; nothing of the object itself ever
crosses but plain data. What brings no value is not waited for: it is sent with
the next thing that does, and if it fails, that raises. `RemoteModule` is for
tests that look at a model, `RemoteTensor` is what one leaves on the far side.
An object is gone when its worker is.
"""

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import torch

from grader.blueprints import Blueprint
from grader.findings import TypeDiffers
from grader.student.answers import kind_of, tensor_of
from grader.student.calling import call, call_later
from grader.student.calls import VALUE_ALONE, Answer, Refusal, Target, Wishes
from grader.student.failures import StudentFailed
from grader.student.session import Session
from grader.student.shortform import short_call
from grader.student.training import TorchModule
from grader.wire.values import HandleValue, TensorValue


class RemoteObject:
    """A live object of one worker.

    Attributes:
        label: What it is called in a call's short form.
        type_name: The name of its class, as the worker says.
        blueprint: What it was built from, for objects of the grader's own.
    """

    blueprint: Blueprint | None = None

    def __init__(self, session: Session, value: HandleValue, label: str):
        self.label = label
        self.type_name = value.type_name
        self._session = session
        self._life = session.life
        self._value = value
        weakref.finalize(self, _release, session, session.life, value.handle).atexit = False

    @property
    def alive(self) -> bool:
        """Whether the worker that holds it is there."""
        return self._life == self._session.life and self._session.alive

    @property
    def handle_value(self) -> HandleValue:
        """Its handle, to be sent instead of it; RuntimeError if its worker has ended."""
        if not self.alive:
            raise RuntimeError(f"'{self.label}' is gone: the worker that held it has ended")
        return self._value

    def _ask(self, method: str, *args: Any, wishes: Wishes = VALUE_ALONE, **kwargs: Any) -> Answer | Refusal:
        shown = self.label if method == "__call__" else f"{self.label}.{method}"
        target = Target(method, self.handle_value.handle)
        return call(self._session, target, short_call(shown, args, kwargs), args, kwargs, wishes)

    def _get(self, method: str, *args: Any, **kwargs: Any) -> Answer:
        answer = self._ask(method, *args, **kwargs)
        assert isinstance(answer, Answer), "no refusal was asked for"
        return answer

    def _later(self, method: str, *args: Any, keep: bool = False, **kwargs: Any) -> int:
        """Call a method without waiting for it; the handle of the result if it is kept."""
        shown = self.label if method == "__call__" else f"{self.label}.{method}"
        target = Target(method, self.handle_value.handle)
        return call_later(self._session, target, short_call(shown, args, kwargs), args, kwargs, keep=keep)

    def _tensor_later(self, label: str, *args: Any) -> "RemoteTensor":
        """What it gives for these arguments, left on the far side."""
        handle = self._later("__call__", *args, keep=True)
        return RemoteTensor(self._session, HandleValue(handle, "tensor", "Tensor"), label)


class RecordedObject(RemoteObject):
    """An object that the worker may be recording: those that it built from blueprints."""

    def trace(self) -> Any:
        """How it was used, as plain data (see `grader.worker.instruments`): evidence, not proof."""
        return self._get("trace").value


class RemoteModule(RecordedObject):
    """A model: the grader's own, or what a student's class made."""

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        """Its output for these inputs."""
        return self._get("__call__", *args, **kwargs)

    def attempt(self, *args: Any, **kwargs: Any) -> Answer | Refusal:
        """Its output, or the exception that its code raised."""
        return self._ask("__call__", *args, wishes=Wishes(refusal=True), **kwargs)

    def watched(self, *args: Any, **kwargs: Any) -> Answer:
        """Its output, with the arguments as they are afterwards."""
        answer = self._ask("__call__", *args, wishes=Wishes(arguments=True), **kwargs)
        assert isinstance(answer, Answer), "no refusal was asked for"
        return answer

    def with_gradient(
        self, *args: Any, wrt: Sequence[int] = (0,), cotangent: torch.Tensor, **kwargs: Any
    ) -> Answer:
        """Its output, with the vector-Jacobian products for the arguments at `wrt`."""
        wishes = Wishes(wrt=tuple(wrt), cotangent=cotangent)
        answer = self._ask("__call__", *args, wishes=wishes, **kwargs)
        assert isinstance(answer, Answer), "no refusal was asked for"
        return answer

    def train(self, mode: bool = True) -> Self:
        """Put it into training mode."""
        self._module_later("train", mode)
        return self

    def eval(self) -> Self:
        """Put it into evaluation mode."""
        self._module_later("eval")
        return self

    def to(self, where: Any) -> Self:
        """Move it to a device, or convert it to a dtype."""
        self._module_later("to", str(where))
        return self

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> None:
        """Give it parameters and buffers; its own class does it, and may refuse."""
        self._module_later("load_state_dict", dict(state))

    def trace(self) -> Any:
        """Its forward passes, as plain data (evidence, not proof); only models of the grader's own."""
        return self._get("trace").value

    def zero_grad(self) -> None:
        """Forget the gradients of its parameters."""
        self._module_later("zero_grad")

    @property
    def training(self) -> bool:
        """Whether the module itself is in training mode."""
        return self.modes().get("", False)

    def modes(self) -> dict[str, bool]:
        """The training flag of every submodule by its path, '' for the module itself."""
        return self._mapping("modes", bool)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Copies of parameters and buffers, on the CPU."""
        return self._tensors("state_dict")

    def buffers(self) -> dict[str, torch.Tensor]:
        """Copies of the buffers, on the CPU."""
        return self._tensors("buffers")

    def named_parameters(self) -> dict[str, torch.Tensor]:
        """Copies of the parameters, on the CPU."""
        return self._tensors("named_parameters")

    def parameters(self) -> Iterator[torch.Tensor]:
        """Copies of the parameters; an optimizer of these would train nothing."""
        return iter(self.named_parameters().values())

    def gradients(self) -> dict[str, torch.Tensor]:
        """The gradients of the parameters that have one, on the CPU."""
        answer = self._module("gradients")
        found = answer.value.items() if isinstance(answer.value, dict) else ()
        return {name: value.data for name, value in found if isinstance(value, TensorValue)}

    def set_parameters(self, parameters: Mapping[str, torch.Tensor]) -> None:
        """Overwrite parameters by name, in place."""
        self._module_later("set_parameters", dict(parameters))

    def as_torch(self) -> TorchModule:
        """A stand-in for a training loop: calls give tensors that lead back here."""
        return TorchModule(self)

    def _module(self, method: str, *args: Any) -> Answer:
        self._must_be_module()
        return self._get(method, *args)

    def _module_later(self, method: str, *args: Any) -> None:
        self._must_be_module()
        self._later(method, *args)

    def _must_be_module(self) -> None:
        if self._value.kind != "module":
            self._session.settle()  # what failed before this is told first
            raise StudentFailed(
                TypeDiffers(call=self.label, leaf="", yours=self.type_name, expected="torch.nn.Module")
            )

    def _mapping(self, method: str, kind: type) -> dict[str, Any]:
        answer = self._module(method)
        if not isinstance(answer.value, dict) or not all(type(v) is kind for v in answer.value.values()):
            wanted = "tensors" if kind is TensorValue else f"{kind.__name__}s"
            raise StudentFailed(
                TypeDiffers(
                    call=answer.call, leaf="", yours=kind_of(answer.value), expected=f"dict of {wanted}"
                )
            )
        return answer.value

    def _tensors(self, method: str) -> dict[str, torch.Tensor]:
        return {name: value.data for name, value in self._mapping(method, TensorValue).items()}


class RemoteTensor(RemoteObject):
    """A tensor on the far side, with its graph.

    `backward()` runs there. Everything else that is done with it is done with a
    copy of its elements here, which autograd does not follow.
    """

    _copy: torch.Tensor | None = None

    def backward(self) -> None:
        """Go backward from it; the gradients stay with the parameters on the far side."""
        self._later("backward")

    def fetch(self) -> torch.Tensor:
        """A copy of its elements, on the CPU, without a graph."""
        if self._copy is None:
            self._copy = tensor_of(self._get("value"))
        return self._copy

    @classmethod
    def __torch_function__(
        cls,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Functions of torch work on the copy."""
        return function(*_fetched(args), **_fetched(kwargs or {}))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fetch(), name)

    def __len__(self) -> int:
        return len(self.fetch())

    def __float__(self) -> float:
        return float(self.fetch())

    def __bool__(self) -> bool:
        return bool(self.fetch())

    def __getitem__(self, index: Any) -> torch.Tensor:
        return self.fetch()[index]

    def __add__(self, other: Any) -> Any:
        return self.fetch() + _fetched(other)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        return self.fetch() * _fetched(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self.fetch() / _fetched(other)


def _release(session: Session, life: int, handle: int) -> None:
    """Tell the worker with the next call that a handle is not needed any more."""
    if session.life == life:
        session.released.append(handle)


def _fetched(value: Any) -> Any:
    """`value` with a copy in the place of each remote tensor."""
    match value:
        case RemoteTensor():
            return value.fetch()
        case list() | tuple():
            return type(value)(_fetched(item) for item in value)
        case dict():
            return {key: _fetched(item) for key, item in value.items()}
    return value
