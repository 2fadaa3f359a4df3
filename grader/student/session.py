"""The workers of one submission to one exercise: one at a time, loaded and timed.

A session has a worker when one is needed and gets another after it died. It
keeps the clocks (call, test, exercise: only time spent on the far side counts)
and turns whatever cuts a request short into a StudentFailed. What could not be
loaded is remembered and not tried again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from time import monotonic as _now
from typing import TYPE_CHECKING, Literal

from grader.errors import WireError
from grader.findings import BrokeProtocol, Finding, TimedOut
from grader.student.failures import StudentFailed, died, missing_entry_point, not_loaded
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed, Line
from grader.wire.caps import Caps
from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import (
    NAME_LENGTH,
    Answer,
    Ended,
    EntryPoint,
    Load,
    Loaded,
    LoadFailed,
    Request,
    SourceFile,
    clipped,
)

if TYPE_CHECKING:
    from grader.course.manifest import Exercise, ForbiddenRule
    from grader.submission import Bundle

Clock = Literal["import", "call", "test", "exercise"]


class Session:
    """One submission's worker, and how much time it has left.

    Attributes:
        exercise: What is graded, with its limits.
        device: What calls use.
        life: Counts the workers; an object of an earlier one is gone.
        deaths_in_a_row: Tests in a row in which a worker died, this one included.
        released: Handles of this life that nobody needs any more.
    """

    def __init__(
        self,
        zygote: Zygote,
        exercise: "Exercise",
        bundle: "Bundle",
        companions: Sequence[tuple["Exercise", "Bundle"]],
    ):
        limits = exercise.limits
        self.exercise = exercise
        self.limits = limits
        self.device = "cpu"
        self.life = 0
        self.deaths_in_a_row = 0
        self.released: list[int] = []
        self.caps = Caps(
            payload_bytes=limits.return_mb << 20, items=limits.return_items, depth=limits.return_depth
        )
        self._zygote = zygote
        self._line: Line | None = None
        self._numbers = count(1)
        self._parts = {e.name: _Part(e, b) for e, b in [(exercise, bundle), *companions]}
        self._homes = {
            e.name: part for part in reversed(self._parts.values()) for e in part.exercise.entry_points
        }
        self._test_left = limits.test_seconds
        self._exercise_left = limits.exercise_seconds
        self._died_in_this_test = False
        self._output = ""

    # --- tests ----------------------------------------------------------------

    def begin_test(self, device: str) -> None:
        """Start a test's clock and its output, on `device`."""
        if device != self.device:
            self.restart()
        self.device = device
        self._test_left = self.limits.test_seconds
        self._died_in_this_test = False
        self._take_output()
        self._output = ""

    def end_test(self) -> str:
        """What was printed since the test began."""
        if not self._died_in_this_test:
            self.deaths_in_a_row = 0
        self._take_output()
        return self._output

    @property
    def alive(self) -> bool:
        """Whether there is a worker."""
        return self._line is not None

    @property
    def exercise_left(self) -> float:
        """Seconds left of the exercise's limit, at least 0."""
        return max(self._exercise_left, 0.0)

    def restart(self) -> None:
        """End the worker, if there is one; the next request gets another."""
        if self._line is not None:
            self._zygote.dismiss(self._line)
            self._take_output()
            self._line = None

    # --- loading --------------------------------------------------------------

    def load(self, name: str) -> Loaded:
        """Load an exercise's files, unless the worker has them already.

        Raises:
            StudentFailed: They cannot be loaded, now or when it was tried before.
        """
        part = self._parts[name]
        if part.failure is not None:
            raise StudentFailed(part.failure)
        if name != self.exercise.name:
            self.load(self.exercise.name)
        if part.loaded is None or part.life != self.life or self._line is None:
            try:
                part.loaded = self._load(part)
            except StudentFailed as failure:
                part.failure = failure.finding
                raise
            part.life = self.life
        return part.loaded

    def has(self, name: str) -> bool:
        """Whether the files of a companion exercise were handed in and can be loaded."""
        if name not in self._parts:
            return False
        try:
            self.load(name)
        except StudentFailed:
            return False
        return True

    def load_for(self, entry_point: str) -> None:
        """Load the files that define an entry point; StudentFailed if they don't."""
        part = self._homes[entry_point]
        loaded = self.load(part.exercise.name)
        if entry_point in loaded.missing:
            raise StudentFailed(missing_entry_point(entry_point, loaded.file, loaded.names))

    def knows(self, entry_point: str) -> bool:
        """Whether the exercise or a companion asks for an entry point of this name."""
        return entry_point in self._homes

    def _load(self, part: "_Part") -> Loaded:
        if part.bundle.problem is not None:
            raise StudentFailed(part.bundle.problem)
        request = part.request(next(self._numbers))
        self._take_output()
        answer, cursor = self._exchange(request, (), None)
        with self.decoding(None):
            cursor.done()
        if isinstance(answer, LoadFailed):
            expected = (f"{part.exercise.name}.py", f"{part.exercise.name}.ipynb")
            raise StudentFailed(not_loaded(answer, expected, self.limits.memory_mb))
        if not isinstance(answer, Loaded):
            raise self.lied("It answered a request to load with something else.", None)
        if self._line is not None:
            self._line.output.clear()  # what a file prints when it loads belongs to no test
        wanted = [entry_point.name for entry_point in part.exercise.entry_points]
        if all(name in answer.missing for name in wanted):
            raise StudentFailed(missing_entry_point(wanted[0], answer.file, answer.names))
        return answer

    def rules(self, entry_point: str) -> tuple["ForbiddenRule", ...]:
        """What is forbidden while an entry point runs; nothing for a method of an object."""
        part = self._homes.get(entry_point)
        return part.exercise.rules(entry_point) if part is not None else ()

    # --- requests -------------------------------------------------------------

    def number(self) -> int:
        """A number that no request of this session has had."""
        return next(self._numbers)

    def take_released(self) -> tuple[int, ...]:
        """Handles that the next request may release."""
        taken, self.released = tuple(self.released), []
        return taken

    def ask(self, request: Request, payload: Sequence[Buffer], call: str) -> tuple[Answer, PayloadCursor]:
        """Send a request to the worker that is there, and wait for its answer.

        Args:
            request: What to ask.
            payload: The bytes of its tensors.
            call: The call in short form, for findings.

        Raises:
            StudentFailed: No sound answer came in time; the worker is dead now.
        """
        return self._exchange(request, payload, call)

    @contextmanager
    def decoding(self, call: str | None) -> Iterator[None]:
        """Take what the worker sent apart; what is not sound ends the worker."""
        try:
            yield
        except WireError as error:
            raise self.lied(str(error), call) from None

    def lied(self, what: str, call: str | None) -> StudentFailed:
        """End a worker that broke the rules of the wire; what to raise."""
        self._death()
        return StudentFailed(BrokeProtocol(call=call, what=what))

    def _exchange(
        self, request: Request, payload: Sequence[Buffer], call: str | None
    ) -> tuple[Answer, PayloadCursor]:
        line = self._worker()
        left, clock, limit = self._clock(loading=call is None)
        started = _now()
        try:
            return line.exchange(request, payload, started + left)
        except DeadlinePassed:
            self._death()
            raise StudentFailed(TimedOut(call=call, what=clock, seconds=limit)) from None
        except Closed:
            line.ended()
            raise StudentFailed(died(self._death(), call, self.limits.memory_mb)) from None
        except WireError as error:
            raise self.lied(str(error), call) from None
        finally:
            passed = _now() - started
            self._exercise_left -= passed
            if call is not None:
                self._test_left -= passed

    def _take_output(self) -> None:
        """Move what the worker printed to the test's output, without the path of its folder."""
        if self._line is not None:
            self._output += self._line.output.text().replace(f"{self._line.scratch}/", "")
            self._line.output.clear()

    def _clock(self, *, loading: bool) -> tuple[float, Clock, float]:
        """How long a request may take, which clock says so, and that clock's limit."""
        limits = self.limits
        clocks: list[tuple[float, Clock, float]] = [
            (self._exercise_left, "exercise", limits.exercise_seconds)
        ]
        if loading:
            clocks.append((limits.import_seconds, "import", limits.import_seconds))
        else:
            clocks.append((self._test_left, "test", limits.test_seconds))
            clocks.append((limits.call_seconds, "call", limits.call_seconds))
        return min(clocks)

    def _worker(self) -> Line:
        if self._line is None:
            self._line = self._zygote.fork(self.limits, self.device)
            self.life += 1
            self.released = []
        return self._line

    def _death(self) -> Ended | None:
        """Bury the worker: count its death, keep its output; how it had ended by itself."""
        assert self._line is not None, "a worker that dies was there"
        ended = self._zygote.end(self._line)
        self._take_output()
        self._line = None
        if not self._died_in_this_test:
            self._died_in_this_test = True
            self.deaths_in_a_row += 1
        return ended


@dataclass
class _Part:
    """The files of one exercise, and what came of loading them."""

    exercise: "Exercise"
    bundle: "Bundle"
    loaded: Loaded | None = None
    life: int = 0
    failure: Finding | None = None

    def request(self, number: int) -> Load:
        return Load(
            number=number,
            main=tuple(clipped(name, NAME_LENGTH) for name in self.bundle.main),
            files=tuple(
                SourceFile(clipped(file.name, NAME_LENGTH), file.content) for file in self.bundle.files
            ),
            entry_points=tuple(
                EntryPoint(
                    name=spec.name,
                    operators=tuple(
                        operator for rule in self.exercise.rules(spec.name) for operator in rule.operators
                    ),
                    autograd=any(rule.autograd for rule in self.exercise.rules(spec.name)),
                )
                for spec in self.exercise.entry_points
            ),
        )
