"""`student`, as tests see it: attributes are the entry points that an exercise asks for.

A call goes over the wall and comes back as an `Answer`, or ends in a
`StudentFailed` whose finding says what happened. Nothing is loaded before the
first call (or `load`), and a worker that died is replaced at the next one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from grader.blueprints import Blueprint
from grader.student.calling import call
from grader.student.calls import Answer, Refusal, Target, Wishes, Witness
from grader.student.cells import NotebookRead
from grader.student.failures import StudentFailed
from grader.student.handles import built, kept
from grader.student.launch import Zygote
from grader.student.session import Session
from grader.student.shortform import short_call

if TYPE_CHECKING:
    from grader.course.manifest import Exercise
    from grader.submission import Bundle

__all__ = ["Answer", "EntryPointProxy", "Refusal", "Student", "StudentFailed"]


class Student:
    """One submission to one exercise.

    Args:
        zygote: What forks the workers.
        exercise: Entry points, what they must not use, and limits.
        bundle: The submission's files for it.
        companions: Other exercises whose entry points tests may call, with
            the submission's files for them.
    """

    def __init__(
        self,
        zygote: Zygote,
        exercise: "Exercise",
        bundle: "Bundle",
        *,
        companions: Sequence[tuple["Exercise", "Bundle"]] = (),
    ):
        self._session = Session(zygote, exercise, bundle, companions)

    def load(self) -> None:
        """Load the submission now; StudentFailed if it cannot be."""
        self._session.load(self._session.exercise.name)

    def begin_test(self, device: str, title: str) -> None:
        """Start a test: its clock, its device, its output.

        Args:
            device: 'cpu' or 'cuda'.
            title: What students read; for whoever watches.
        """
        self._session.begin_test(device)

    @contextmanager
    def witnessed(self) -> Iterator[list[Witness]]:
        """Keep all calls that are made inside; what is built inside leaves a tape (see `grader.tape`)."""
        witnesses: list[Witness] = []
        self._session.witnesses = witnesses
        try:
            yield witnesses
        finally:
            self._session.witnesses = None

    def end_test(self) -> str:
        """What student code printed during the test; call `settle` before."""
        return self._session.end_test()

    def restart(self) -> None:
        """End the worker; the next call gets a fresh one. Remote objects are gone."""
        self._session.restart()

    def close(self) -> None:
        """End the worker for good, whatever has not been sent to it."""
        self._session.close()

    def settle(self) -> None:
        """See to it that all that was asked has been done; StudentFailed if something failed.

        Whatever reads a value does the same first, so a test needs it only at its end.
        """
        self._session.settle()

    @property
    def time_left(self) -> float:
        """Seconds of the exercise's limit that are left."""
        return self._session.exercise_left

    def cells_used(self) -> NotebookRead | None:
        """Which cells were used, if the submission was loaded from a notebook."""
        return self._session.notebook

    def companion(self, name: str) -> bool:
        """Whether a companion exercise was handed in and loads; then its entry points can be called."""
        return self._session.has(name)

    def build(self, blueprint: Blueprint) -> Any:
        """Make a model, loader, optimizer or criterion on the far side.

        Returns:
            A `RemoteModule`, `RemoteLoader`, `RemoteOptimizer` or `RemoteCriterion`.
        """
        self.load()
        return built(self._session, blueprint)

    def __getattr__(self, name: str) -> "EntryPointProxy":
        session = self.__dict__.get("_session")
        if session is None or not session.knows(name):
            raise AttributeError(f"the exercise has no entry point '{name}'")
        return EntryPointProxy(session, name)


class EntryPointProxy:
    """A function or class of the student's; see `Student`."""

    def __init__(self, session: Session, name: str):
        self._session = session
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it. Tensors are put on the device under test first."""
        return self._returned(args, kwargs, Wishes())

    def attempt(self, *args: Any, **kwargs: Any) -> Answer | Refusal:
        """Call it; an exception of the student's code comes back as a Refusal."""
        return self._called(args, kwargs, Wishes(refusal=True))

    def watched(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it; the answer has the positional arguments as they are afterwards."""
        return self._returned(args, kwargs, Wishes(arguments=True))

    def with_gradient(
        self, *args: Any, wrt: Sequence[int] = (0,), cotangent: torch.Tensor, **kwargs: Any
    ) -> Answer:
        """Call it and go backward; the answer has the vector-Jacobian products.

        Args:
            args: Positional arguments.
            wrt: Positions of those to differentiate with respect to; the arguments
                by name follow, in the order in which they are written.
            cotangent: Of the result's shape.
            kwargs: Arguments by name.
        """
        return self._returned(args, kwargs, Wishes(wrt=tuple(wrt), cotangent=cotangent))

    def counted(self, *args: Any, **kwargs: Any) -> Answer:
        """Call it; the answer has how many operators ran and what they made, as evidence."""
        return self._returned(args, kwargs, Wishes(count=True))

    def keep(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and leave the result on the far side; what stands for it here."""
        answer = self._returned(args, kwargs, Wishes(keep=True))
        return kept(self._session, answer.value, answer.call)

    def _returned(self, args: Sequence[Any], kwargs: dict[str, Any], wishes: Wishes) -> Answer:
        answer = self._called(args, kwargs, wishes)
        assert isinstance(answer, Answer), "only attempt() asks for refusals"
        return answer

    def _called(self, args: Sequence[Any], kwargs: dict[str, Any], wishes: Wishes) -> Answer | Refusal:
        self._session.load_for(self._name)
        label = short_call(self._name, args, kwargs)
        return call(self._session, Target(self._name), label, args, kwargs, wishes)
