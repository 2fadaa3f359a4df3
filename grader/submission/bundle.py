"""What was handed in, as frozen data.

A bundle is what one exercise needs of a submission; a submission is one
student's bundles. Names are text that can be written as UTF-8, contents are
bytes that nobody has looked into; both are hostile.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from grader.findings import Finding


@dataclass(frozen=True)
class SubmittedFile:
    """A file that was handed in.

    Attributes:
        name: Its name, without a folder.
        content: Its bytes, as they are.
    """

    name: str
    content: bytes


@dataclass(frozen=True)
class Bundle:
    """What one exercise needs of a submission.

    Attributes:
        exercise: The exercise's name.
        main: The file to load, or () when `files` are notebooks to search.
        files: The main file, and the helper modules beside it.
        notes: What was noticed, one plain sentence each.
        problem: Why nothing can be loaded; then `files` is empty.
        submitted: When it was handed in, with its offset from UTC; None if nobody says.
    """

    exercise: str
    main: tuple[str, ...]
    files: tuple[SubmittedFile, ...]
    notes: tuple[str, ...]
    problem: Finding | None
    submitted: datetime | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the names and bytes of the files, in hexadecimal digits; '' where there are none.

        Nothing else counts, so that a receipt and a report can be compared whatever was packed how.
        """
        if not self.files:
            return ""
        files = sorted(self.files, key=lambda file: file.name)
        return _sha256(part for file in files for part in (file.name.encode(), file.content))


@dataclass(frozen=True)
class Submission:
    """What one student handed in at one time.

    Attributes:
        student: The student's id: the name of the folder.
        bundles: One for each exercise that was asked for, in that order.
        notes: What was noticed outside any exercise, one plain sentence each.
        digest: SHA-256 over all bundles, in hexadecimal digits.
        attempt: Which of the student's attempts it is: the name of its folder, 'current' for files
            that lie beside such folders, or '' where there are none.
        names: The name of each file (or '' for the folder of all), and the one that a learning platform gave
            it and needs to take a marked copy back; () where no platform did.
    """

    student: str
    bundles: tuple[Bundle, ...]
    notes: tuple[str, ...]
    digest: str
    attempt: str = ""
    names: tuple[tuple[str, str], ...] = ()


def digest(bundles: tuple[Bundle, ...]) -> str:
    """SHA-256 over what would be graded: equal exactly when the bundles are."""
    return _sha256(part for bundle in bundles for part in _parts(bundle))


def _parts(bundle: Bundle) -> Iterator[bytes]:
    counts = f"{len(bundle.main)} {len(bundle.files)} {len(bundle.notes)}"
    texts = [bundle.exercise, counts, *bundle.main, *bundle.notes]
    texts.append(bundle.problem.model_dump_json() if bundle.problem else "")
    yield from (text.encode() for text in texts)
    for file in bundle.files:
        yield file.name.encode()
        yield file.content


def _sha256(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        # Each part's length goes first, so that no two lists run together to the same bytes.
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()
