"""A receipt and what is presented with it: whether that is what the receipt is of.

An archive may be the very one, byte for byte. Where it was packed anew, unpacked
or renamed on its way, the digests of its exercises still tell, because they are
taken of the files that `grade` reads. A receipt is text that anybody can write:
it says which work is meant, and proves nothing by itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from grader.desk.receipts import Receipt
from grader.errors import UsageError
from grader.report.about_files import short
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.submission import Bundle, read_file, read_one

MOST_BYTES = 1 << 20
"""Of a receipt: a long one has two thousand."""

_ARCHIVE = re.compile(r"^SHA-256: ([0-9a-f]{64})$", re.MULTILINE)
_EXERCISE = re.compile(r"^(\w+): digest ([0-9a-f]{12})(?:,.*)?\n((?:  .*\n?)*)", re.MULTILINE)
_FILE = re.compile(r"^  (.+), [\d,]+ bytes?$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """An exercise as a receipt has it.

    Attributes:
        exercise: Its name.
        digest: Its digest, or the first digits of it.
        files: The names of its files, the main one first.
    """

    exercise: str
    digest: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What a receipt says.

    Attributes:
        archive: The SHA-256 of the archive.
        exercises: What is in it.
    """

    archive: str
    exercises: tuple[Entry, ...]


@dataclass(frozen=True)
class Comparison:
    """What is presented beside what a receipt says.

    Attributes:
        name: What is presented.
        whole: Whether it is the archive itself, byte for byte.
        found: Each exercise of the receipt that is asked about, with the digest found; '' if it is not there.
    """

    name: str
    whole: bool
    found: tuple[tuple[Entry, str], ...]

    @property
    def same(self) -> bool:
        """Whether it is what the receipt is of."""
        return self.whole or all(_is_same(*each) for each in self.found)

    @property
    def sentence(self) -> str:
        """That, in one sentence."""
        name = safe_text(self.name, 1000)
        if self.whole:
            return f"{name} is the archive of this receipt, byte for byte."
        if self.same:
            inside = listed([each.exercise for each, _ in self.found])
            return f"{name} holds what this receipt lists, with the same digests: {inside}."
        wrong = [_difference(*each) for each in self.found if not _is_same(*each)]
        return f"{name} is not what this receipt is of: {'; '.join(wrong)}."


def read_receipt(path: Path) -> Claim:
    """What a receipt says, be it the text or `submit --json`.

    Raises:
        UsageError: It is none, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"The receipt '{path}' cannot be read ({error.strerror}); name its file.") from None
    claim = _of_json(content) if content.lstrip().startswith(b"{") else _of_text(content)
    if claim is None or len(content) > MOST_BYTES or not claim.exercises:
        raise UsageError(
            f"'{path}' is no receipt; name the file '...-receipt.txt' that `grader submit` wrote, "
            "or what `grader submit --json` said."
        )
    return claim


def compare(claim: Claim, path: Path, entry_points: Mapping[str, Sequence[str]]) -> Comparison:
    """Compare what is presented with a receipt.

    Args:
        claim: What the receipt says.
        path: An archive, a folder, or one file that the receipt lists.
        entry_points: For every exercise of the course, what it asks for.

    Raises:
        UsageError: There is nothing of this name, or it is about no exercise of this course.
        SubmissionsError: It cannot be read.
    """
    for each in claim.exercises:
        if each.exercise not in entry_points:
            raise UsageError(
                f"The receipt lists '{each.exercise}', and this course has no such exercise; "
                "name the receipt's course with --course."
            )
    if not path.exists():
        raise UsageError(
            f"There is no '{path}'; name an archive, a folder, or a file that the receipt lists."
        )
    name = path.name or str(path)
    if path.suffix.lower() in (".py", ".ipynb") and not path.is_dir():
        about = [each for each in claim.exercises if path.name in each.files[:1]]
        if not about:
            main = listed([each.files[0] for each in claim.exercises if each.files])
            raise UsageError(f"The receipt lists no '{path.name}'; it lists {main}.")
        bundles = [read_file(path, each.exercise, tuple(entry_points)) for each in about]
        return Comparison(name, False, _found(about, bundles))
    if path.is_file() and _sha256(path) == claim.archive:
        return Comparison(name, True, ())
    names = [each.exercise for each in claim.exercises]
    return Comparison(name, False, _found(claim.exercises, read_one(path, names, entry_points).bundles))


def _found(claimed: Sequence[Entry], bundles: Sequence[Bundle]) -> tuple[tuple[Entry, str], ...]:
    return tuple((each, bundle.digest) for each, bundle in zip(claimed, bundles, strict=True))


def _is_same(entry: Entry, digest: str) -> bool:
    return bool(entry.digest) and digest.startswith(entry.digest)


def _difference(entry: Entry, digest: str) -> str:
    if not digest:
        return f"{entry.exercise} is not in it, or cannot be read"
    return f"{entry.exercise} has the digest {short(digest)}, and the receipt says {short(entry.digest)}"


def _of_json(content: bytes) -> Claim | None:
    try:
        receipt = Receipt.model_validate_json(content)
    except ValidationError:
        return None
    exercises = (
        Entry(each.name, each.digest, tuple(file.name for file in each.files)) for each in receipt.exercises
    )
    return Claim(receipt.digest, tuple(exercises))


def _of_text(content: bytes) -> Claim | None:
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    archive = _ARCHIVE.search(text)
    if not text.startswith("Receipt: ") or archive is None:
        return None
    exercises = (
        Entry(name, digest, tuple(_FILE.findall(files))) for name, digest, files in _EXERCISE.findall(text)
    )
    return Claim(archive[1], tuple(exercises))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
