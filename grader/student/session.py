"""The workers of one submission to one exercise: one at a time, loaded and timed.

A session has a worker when one is needed and gets another after it died. It
gives each request the time that is left, and turns whatever cuts a request short
into a StudentFailed. What could not be loaded is remembered and not tried again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import monotonic as _now
from typing import TYPE_CHECKING

from grader.errors import WireError
from grader.findings import BrokeProtocol, DeviceFault, TimedOut, TooMuchOutput
from grader.student.batch import MOST_BYTES, MOST_REQUESTS, Asked, Pace, Settle
from grader.student.cells import NotebookRead
from grader.student.clocks import Clocks
from grader.student.evidence import Evidence
from grader.student.failures import StudentFailed, died, not_loaded, overdue
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed, Flooded, Line
from grader.student.parts import Part
from grader.verdicts import Blame, Layer
from grader.wire.caps import Caps
from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import Answer, Ended, Loaded, LoadFailed, Request

if TYPE_CHECKING:
    from grader.course.manifest import Exercise, ForbiddenRule
    from grader.student.calls import Witness
    from grader.submission import Bundle

LAST_WORDS = 2000
"""Characters of what was printed before a death that may say why."""


class Session:
    """One submission's worker, and how much time it has left.

    Attributes:
        exercise: What is graded, with its limits.
        device: What calls use.
        evidence: What was handed in, to check what a worker says about it.
        life: Counts the workers; an object of an earlier one is gone.
        released: Handles of this life that nobody needs any more.
        witnesses: The calls that are made, while somebody wants to explain them.
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
        self.released: list[int] = []
        self.witnesses: list[Witness] | None = None
        self.caps = Caps(
            payload_bytes=limits.return_mb << 20, items=limits.return_items, depth=limits.return_depth
        )
        self._zygote = zygote
        self._line: Line | None = None
        self._numbers = count(1)
        self._parts = {e.name: Part(e, b) for e, b in [(exercise, bundle), *companions]}
        self.evidence = Evidence(file for part in self._parts.values() for file in part.bundle.files)
        self._homes = {
            e.name: part for part in reversed(self._parts.values()) for e in part.exercise.entry_points
        }
        self._clocks = Clocks(limits)
        self._output = ""
        self._waiting: list[Asked] = []

    # --- tests ----------------------------------------------------------------

    def begin_test(self, device: str) -> None:
        """Start a test's clock and its output, on `device`."""
        self._waiting.clear()  # of a test that nobody ended
        if device != self.device:
            self.restart()
        self.device = device
        self._clocks.begin_test()
        self._take_output()
        self._output = ""

    def end_test(self) -> str:
        """What was printed since the test began; raises as `settle`, which a test's end calls before."""
        self.settle()
        self._take_output()
        return self._output

    @property
    def alive(self) -> bool:
        """Whether there is a worker."""
        return self._line is not None

    @property
    def exercise_left(self) -> float:
        """Seconds left of the exercise's limit, at least 0."""
        return self._clocks.exercise_left

    def restart(self) -> None:
        """End the worker, if there is one; the next request gets another. Raises as `settle`."""
        self.settle()
        self.close()

    def close(self) -> None:
        """End the worker, if there is one, with everything that waits."""
        self._waiting.clear()
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
        if part.loaded is None or part.life != self.life or self._line is None:
            self.settle()  # a failure of what waits is none of loading
        if part.failure is not None:
            raise StudentFailed(part.failure)
        if name != self.exercise.name:
            self.load(self.exercise.name)
        if part.loaded is None or part.life != self.life or self._line is None:
            try:
                part.loaded = self._load(part)
            except StudentFailed as failure:
                if failure.blame is Blame.STUDENT:
                    part.failure = failure.finding
                raise
            part.life = self.life
        return part.loaded

    def has(self, name: str) -> bool:
        """Whether the files of a companion exercise were handed in and can be loaded."""
        if name not in self._parts:
            return False
        self.settle()
        try:
            self.load(name)
        except StudentFailed as failure:
            if failure.blame is Blame.STUDENT:
                return False
            raise
        return True

    @property
    def notebook(self) -> NotebookRead | None:
        """Which cells were used, if the exercise was loaded from a notebook."""
        return self._parts[self.exercise.name].notebook

    def load_for(self, entry_point: str) -> None:
        """Load the files that define an entry point; StudentFailed if they don't."""
        part = self._homes[entry_point]
        loaded = self.load(part.exercise.name)
        missing = part.missing(entry_point, loaded, self.evidence)
        if missing is not None:
            raise StudentFailed(missing)

    def knows(self, entry_point: str) -> bool:
        """Whether the exercise or a companion asks for an entry point of this name."""
        return entry_point in self._homes

    def _load(self, part: Part) -> Loaded:
        if part.bundle.problem is not None:
            raise StudentFailed(part.bundle.problem)
        request = part.request(next(self._numbers))
        self._take_output()
        answer, cursor = self._exchange([Asked(request, (), None)])
        with self.decoding(None):
            cursor.done()
        if isinstance(answer, LoadFailed):
            expected = (f"{part.exercise.name}.py", f"{part.exercise.name}.ipynb")
            found = not_loaded(answer, expected, self.limits, self.evidence)
            if isinstance(found, DeviceFault):
                self.lost_device()
            raise StudentFailed(found)
        if not isinstance(answer, Loaded):
            raise self.lied("It answered a request to load with something else.", None)
        if (lie := part.read_cells(answer)) is not None:
            raise self.lied(lie, None)
        if self._line is not None:
            self._line.output.clear()  # what a file prints when it loads belongs to no test
        nothing = part.nothing_asked_for(answer, self.evidence)
        if nothing is not None:
            raise StudentFailed(nothing)
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
        """Send a request to the worker that is there, after all that waits, and wait for its answer.

        Args:
            request: What to ask.
            payload: The bytes of its tensors.
            call: The call in short form, for findings.

        Raises:
            StudentFailed: No sound answer came in time, and the worker is dead
                now; or something that waited failed, and this was not carried out.
        """
        waiting, self._waiting = self._waiting, []
        return self._exchange([*waiting, Asked(request, payload, call)])

    def defer(self, request: Request, payload: Sequence[Buffer], call: str, settle: Settle) -> None:
        """Have a request wait until the next one that is asked, or `settle`.

        Args:
            request: What to ask; `chained` unless it is the first that waits.
            payload: The bytes of its tensors; they are copied.
            call: The call in short form, for findings.
            settle: Takes the answer; raises StudentFailed if the call failed.
        """
        copied = [bytes(part) for part in payload]
        self._waiting.append(Asked(request, copied, call, settle))
        if len(self._waiting) >= MOST_REQUESTS or sum(a.size for a in self._waiting) > MOST_BYTES:
            self.settle()

    @property
    def waiting(self) -> bool:
        """Whether requests wait that have not been sent."""
        return bool(self._waiting)

    def settle(self) -> None:
        """Send what waits, and take the answers; StudentFailed for the first that failed."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._exchange(waiting)

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

    def lost_device(self) -> None:
        """End a worker whose CUDA device refuses everything from now on; the next one has a clean one."""
        if self._line is not None:
            self._death()

    def _exchange(self, batch: Sequence[Asked]) -> tuple[Answer, PayloadCursor]:
        """Send requests and take their answers in order; the last of them."""
        line = self._worker()
        loading = batch[0].call is None
        left, clock, limit = self._clocks.together(loading=loading)
        each, seconds = self._clocks.each(loading=loading)
        started = _now()
        pace = Pace(batch, seconds)
        failure: StudentFailed | None = None
        try:
            line.ask([(asked.request, asked.payload) for asked in batch])
            for count, asked in enumerate(batch, 1):
                answer, cursor = _answer(line, pace, started + left)
                pace.answered(count)
                if asked.settle is not None and failure is None:
                    failure = self._settled(asked.settle, answer, cursor)
        except DeadlinePassed:
            if pace.deadline <= started + left:
                clock, limit = each, seconds
            late = TimedOut(call=batch[pace.position].call, what=clock, seconds=limit)
            raise StudentFailed(overdue(self._death(), late, self.limits)) from None
        except Flooded:
            pace.seen(line.doing())
            self._death()
            flood = TooMuchOutput(call=batch[pace.position].call, limit_mb=self.limits.printed_mb)
            raise StudentFailed(flood) from None
        except Closed:
            line.ended()
            pace.seen(line.doing())
            call, sealed = batch[pace.position].call, Layer.PID in self._zygote.posture.on
            ended = self._death()
            finding = died(ended, call, self.limits, said=self._output[-LAST_WORDS:], sealed=sealed)
            raise StudentFailed(finding) from None
        except WireError as error:
            raise self.lied(str(error), batch[pace.position].call) from None
        finally:
            self._clocks.spend(_now() - started, loading=loading)
        if failure is not None:
            raise failure
        return answer, cursor

    def _settled(self, settle: Settle, answer: Answer, cursor: PayloadCursor) -> StudentFailed | None:
        """How the call failed whose answer this is, if it did; raises if that has ended the worker."""
        try:
            settle(answer, cursor)
        except StudentFailed as failure:
            if self._line is None:
                raise
            return failure
        return None

    def _take_output(self) -> None:
        """Move what the worker printed to the test's output, without the path of its folder."""
        if self._line is not None:
            self._output += self._line.output.text().replace(f"{self._line.scratch}/", "")
            self._line.output.clear()

    def _worker(self) -> Line:
        if self._line is None:
            self._line = self._zygote.fork(self.limits, self.device)
            self._line.output.most = self.limits.printed_mb << 20
            self.life += 1
            self.released = []
        return self._line

    def _death(self) -> Ended | None:
        """Bury the worker, keep its output; how it had ended by itself."""
        assert self._line is not None, "a worker that dies was there"
        ended = self._zygote.end(self._line)
        self._take_output()
        self._line = None
        return ended


def _answer(line: Line, pace: Pace, end: float) -> tuple[Answer, PayloadCursor]:
    """The next answer; DeadlinePassed when its request's time is up, or that of all."""
    while True:
        try:
            return line.answer(min(pace.next_look, end))
        except DeadlinePassed:
            pace.seen(line.doing())
            if _now() >= min(pace.deadline, end):
                raise
