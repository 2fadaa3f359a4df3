"""This side's end of the reading: files go over the wall, tokens and lines of text come back.

Each student has a worker of its own. Whatever a file does to it, that file is
not compared and a sentence says so; its student's other files have a fresh worker.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import WireError
from grader.sandbox.policy import Confinement
from grader.similar.code import Code, Part, Place
from grader.student.errands import BROKEN, ErrandFailed, ErrandLimits, Errands
from grader.submission import Bundle, SubmittedFile
from grader.wire.frames import PayloadCursor
from grader.wire.messages import CodePart, NotTokenised, Tokenise, Tokenised

SECONDS = 20.0
"""For one file: a usual one takes milliseconds, the longest that is compared a second."""

MOST_TOKENS = 20_000
"""Of one submission to one exercise, its helper modules included: a long one has 2,000."""


LIMITS = ErrandLimits(return_mb=8)

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
        self._errands = Errands("tokenising", LIMITS, confinement, hidden)
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._errands.close()

    def next_student(self) -> None:
        """End the worker: nothing that one student handed in is near another's."""
        self._errands.next_worker()

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
            self._errands.next_worker()
            raise _NotRead(f"reading it {BROKEN}") from None

    def _answer(self, order: Tokenise) -> tuple[Tokenised, PayloadCursor]:
        try:
            answer, payload = self._errands.run(order, SECONDS)
        except ErrandFailed as told:
            raise _NotRead(f"reading it {told}") from None
        match answer:
            case Tokenised():
                return answer, payload
            case NotTokenised(reason=reason):
                raise _NotRead(_WHY[reason])
        raise _NotRead(_WHY["size"])


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
