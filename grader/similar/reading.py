"""This side's end of the reading: files go over the wall, tokens and lines of text come back.

Each student has a worker of its own. Whatever a file does to it, that file is
not compared and a sentence says so; its student's other files have a fresh worker.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic as _now
from types import TracebackType
from typing import Self

from grader.errors import WireError
from grader.sandbox.policy import Confinement
from grader.similar.code import Code, Part, Place
from grader.student.conformance import prove
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed, Flooded, Line
from grader.submission import Bundle, SubmittedFile
from grader.wire.frames import PayloadCursor
from grader.wire.messages import CodePart, NotTokenised, Tokenise, Tokenised

SECONDS = 20.0
"""For one file: a usual one takes milliseconds, the longest that is compared a second."""

MOST_TOKENS = 20_000
"""Of one submission to one exercise, its helper modules included: a long one has 2,000."""


@dataclass(frozen=True)
class Limits:
    """What a worker that makes tokens is limited to; see `WorkerLimits`."""

    memory_mb: int = 1024
    file_mb: int = 1
    processes: int = 16
    open_files: int = 64
    scratch_mb: int = 8
    device_memory_mb: int = 0
    return_mb: int = 8
    return_items: int = 16
    return_depth: int = 2
    output_kb: int = 16


LIMITS = Limits()

_WHY = {
    "notebook": "it cannot be read as a notebook",
    "text": "it is not text",
    "size": "it has more code than anybody writes",
}


class _NotRead(Exception):
    """A file is not compared; says why, in words that go on a sentence."""


class Reader:
    """Reads code, student after student; used as a context manager, at whose end its far side is gone.

    Args:
        confinement: What its workers are walled off with.
        hidden: Files and folders that they must never get at.
    """

    def __init__(self, confinement: Confinement, hidden: Sequence[Path] = ()) -> None:
        self._wall = (confinement, hidden)
        self._zygote: Zygote | None = None
        self._line: Line | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.close()
        if self._zygote is not None:
            self._zygote.close()
        self._line = self._zygote = None

    def next_student(self) -> None:
        """End the worker: nothing that one student handed in is near another's."""
        if self._zygote is not None and self._line is not None:
            self._zygote.dismiss(self._line)
        self._line = None

    def code(self, bundle: Bundle, entry_points: Sequence[str]) -> Code:
        """The code of a student's submission to an exercise.

        Raises:
            IsolationError: No worker can be had, or not be walled off as is asked for.
        """
        main = [file for file in bundle.files if file.name in bundle.main]
        others = [file for file in bundle.files if file.name not in bundle.main]
        return self.joined([*main, *others], entry_points)

    def joined(self, files: Sequence[SubmittedFile], entry_points: Sequence[str] = ()) -> Code:
        """The code of these files, one after the other."""
        parts: list[Part] = []
        tokens: list[int] = []
        places: list[Place] = []
        notes: list[str] = []
        for file in files:
            try:
                read = self._read(file, entry_points)
            except _NotRead as told:
                notes.append(f"{file.name} is not compared: {told}.")
                continue
            if not all(head.whole for head, _, _ in read):
                notes.append(f"{file.name} is compared only as far as it can be read as Python.")
            for head, lines, numbers in read:
                if len(tokens) < MOST_TOKENS:
                    tokens += numbers[::2]
                    places += [Place(len(parts), line) for line in numbers[1::2]]
                parts.append(Part(file.name, head.cell, lines))
        kept = slice(MOST_TOKENS)
        return Code(tuple(parts), tuple(tokens[kept]), tuple(places[kept]), tuple(notes))

    def _read(
        self, file: SubmittedFile, entry_points: Sequence[str]
    ) -> list[tuple[CodePart, tuple[str, ...], list[int]]]:
        answer, payload = self._answer(
            Tokenise(next(self._numbers), file.name, file.content, tuple(entry_points))
        )
        try:
            return list(_parts(answer, payload))
        except WireError:
            self._end()
            raise _NotRead("reading it did not end well") from None

    def _answer(self, order: Tokenise) -> tuple[Tokenised, PayloadCursor]:
        line, idle = self._ready(), False
        try:
            line.ask([(order, ())])
            answer, payload = line.answer(_now() + SECONDS)
            idle = True
        except DeadlinePassed:
            raise _NotRead(f"reading it took longer than {SECONDS:.0f} s") from None
        except (Closed, Flooded, WireError):
            raise _NotRead("reading it did not end well") from None
        finally:
            if not idle:
                self._end()  # after Ctrl-C, too
        match answer:
            case Tokenised():
                return answer, payload
            case NotTokenised(reason=reason):
                raise _NotRead(_WHY[reason])
        raise _NotRead(_WHY["size"])

    def _ready(self) -> Line:
        """A worker; the far side is started and proved when the first is needed."""
        if self._zygote is None:
            confinement, hidden = self._wall
            self._zygote = Zygote(warm=True, confinement=confinement, tokenising=True)
            if confinement.required:
                prove(self._zygote, confinement.required, hidden=hidden)
        if self._line is None:
            self._line = self._zygote.fork(LIMITS, "cpu")
        return self._line

    def _end(self) -> None:
        line, self._line = self._line, None
        if self._zygote is not None and line is not None:
            self._zygote.end(line)


def _parts(
    answer: Tokenised, payload: PayloadCursor
) -> Iterator[tuple[CodePart, tuple[str, ...], list[int]]]:
    """Each part with its lines, and its tokens as kinds and lines in turn.

    Raises:
        WireError: They are not what they must be.
    """
    for head in answer.parts:
        lines = bytes(payload.take(head.size)).decode("utf-8", "replace").removesuffix("\n").split("\n")
        numbers = array("I", bytes(payload.take(8 * head.tokens))).tolist()
        if numbers and not 1 <= min(numbers[1::2]) <= max(numbers[1::2]) <= len(lines):
            raise WireError("A token stands in a line that there is not.")
        yield head, tuple(lines), numbers
    payload.done()
