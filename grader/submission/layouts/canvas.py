"""Canvas: the download of an assignment's submissions, flat, with the student in each name.

`<user>[_LATE]_<user id>_<attachment>_<original name>`, as Canvas's content_zipper
makes them. The user is the sortable name without what is no letter, digit or
underscore, a group's name, or nothing where grading is anonymous (`anon_<id>`).
A second upload of a name gets a number (`softmax-1.py`), which is taken off again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from grader.submission.archive import is_archive
from grader.submission.clock import Clock
from grader.submission.layouts.gathered import Gathered
from grader.submission.layouts.roster import LEVELS, HandedIn, Known, Roster, filed
from grader.submission.names import SUBMITTED, expected, listed
from grader.submission.place import Entry, Place

TITLE = "a Canvas download"
EXAMPLE = "lovelaceada_1234_5678_softmax.py"

_UPLOAD = re.compile(
    r"(?:(?P<user>.*?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+)_(?P<number>\d+)_(?P<name>.+)", re.ASCII | re.DOTALL
)
_ENTRY = re.compile(
    r"(?:(?P<user>.*?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+)_(?P<entry>(?:text|link)\.html)", re.ASCII | re.DOTALL
)
_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?(?P<id>anon_[A-Za-z0-9]+)_"
    r"(?:(?P<number>\d+)_(?P<name>.+)|(?P<entry>(?:text|link)\.html))",
    re.ASCII | re.DOTALL,
)
_DIGITS = 18
"""Of an attachment's id that are looked at: more than any has."""
_NUMBERED = re.compile(r"(?P<stem>.+)-\d{1,4}(?P<ending>(?:\.tar)?\.[A-Za-z0-9]+)", re.ASCII | re.DOTALL)
_WRITTEN = {
    "text.html": "What was typed into Canvas is not read: {}.",
    "link.html": "Links that were handed in are not followed: {}.",
}


@dataclass(frozen=True)
class Upload:
    """What a name in a download says.

    Attributes:
        user: The name that Canvas made of the student's or group's; '' if anonymous.
        id: The user's id, or `anon_<id>`.
        late: Whether Canvas marks it late.
        number: The attachment's id, higher for later ones; None for what was typed or linked.
        name: What the student called the file; 'text.html' or 'link.html' without a number.
    """

    user: str
    id: str
    late: bool
    number: int | None
    name: str

    @property
    def student(self) -> str:
        """The student's id."""
        return f"{self.user}_{self.id}" if self.user else self.id


def parse(name: str) -> Upload | None:
    """What a name says, or None if Canvas makes no such name."""
    found = _ANONYMOUS.fullmatch(name) or _UPLOAD.fullmatch(name) or _ENTRY.fullmatch(name)
    if found is None:
        return None
    parts = found.groupdict()
    user, number = parts.get("user") or "", parts.get("number")
    late = parts["late"] is not None or user == "LATE"  # no name: those are in small letters
    return Upload(
        "" if user == "LATE" else user,
        parts["id"],
        late,
        int(number[:_DIGITS]) if number else None,
        parts.get("name") or parts["entry"],
    )


def parse_all(names: Iterable[str]) -> dict[str, Upload]:
    """What each name says that Canvas made.

    The name of a group may end in a number (`team_7`), and then the first two numbers are one too
    early. One name can't tell; several can: an attachment that two files share is none, and neither is
    a user that is there under several ids with nothing but names that begin with a number.
    """
    found = {name: upload for name in names if (upload := parse(name)) is not None}
    numbered: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, upload in found.items():
        if upload.user and upload.number is not None:
            numbered[upload.user][upload.id].append(name)
    for ids in numbered.values():
        moved = [{name: _moved(found[name]) for name in theirs} for theirs in ids.values()]
        several = len(ids) > 1 and all(upload for theirs in moved for upload in theirs.values())
        for theirs in moved:
            shared = max(Counter(found[name].number for name in theirs).values()) > 1
            if all(theirs.values()) and (shared or several):
                found.update({name: upload for name, upload in theirs.items() if upload})
    return found


def recognised(entries: Sequence[Entry], known: Known) -> bool:
    """Whether most names are such as Canvas makes, and none is an exercise's own."""
    own = {name for exercise in known for name in expected(exercise)}
    files = [entry.name for entry in entries if entry.name != SUBMITTED]
    return not own & set(files) and 2 * sum(parse(name) is not None for name in files) > len(files)


def roster(place: Place, entries: Sequence[Entry], known: Known, clock: Clock) -> Roster:
    """The students whose uploads lie in a download."""
    files = {entry.name: entry for entry in entries if entry.kind == "file"}
    theirs: dict[str, list[tuple[Upload, Entry]]] = defaultdict(list)
    uploads = parse_all(files)
    for name, upload in uploads.items():
        theirs[filed(upload.student, upload.id)].append((upload, files[name]))
    clock = replace(clock, believed=False)
    students = {student: _handed_in(place, theirs[student], known, clock) for student in sorted(theirs)}
    loose = tuple(entry for entry in entries if entry.name not in uploads)
    return Roster(place, students, loose=loose)


def _moved(upload: Upload) -> Upload | None:
    """The same name with user and id one number later, if it has so many."""
    number, line, name = upload.name.partition("_")
    if not line or not name or not number.isascii() or not number.isdigit():
        return None
    user, of = f"{upload.user}_{upload.id}", str(upload.number)
    return replace(upload, user=user, id=of, number=int(number[:_DIGITS]), name=name)


def _handed_in(place: Place, uploads: Sequence[tuple[Upload, Entry]], known: Known, clock: Clock) -> HandedIn:
    """One student's uploads, under the names that the student gave them."""
    notes = [
        note.format(listed([entry.name for upload, entry in uploads if _is_written(upload, name)]))
        for name, note in _WRITTEN.items()
        if any(_is_written(upload, name) for upload, _ in uploads)
    ]
    files = [(upload, entry) for upload, entry in uploads if upload.number is not None]
    originals = {upload.name for upload, _ in files}
    of_name: dict[str, list[tuple[Upload, Entry]]] = defaultdict(list)
    for upload, entry in files:
        of_name[_unnumbered(upload.name, originals, known)].append((upload, entry))
    names = {}
    for name, same in of_name.items():
        *earlier, (last, names[name]) = sorted(same, key=lambda each: (each[0].number or 0, each[1].name))
        if last.name != name:
            why = "Canvas adds a number to a name that it has already"
            notes.append(f"{listed([last.name])} is read as {listed([name])}: {why}.")
        if earlier:
            told = listed([entry.name for _, entry in earlier])
            notes.append(f"Of several files called {listed([name])} the last counts; earlier ones: {told}.")
    return HandedIn(
        Gathered(place, names),
        (),
        clock,
        levels=LEVELS,
        late="Canvas" if any(upload.late for upload, _ in uploads) else "",
        notes=tuple(notes),
        names=tuple(sorted((name, entry.name) for name, entry in names.items())),
    )


def _is_written(upload: Upload, name: str) -> bool:
    return upload.number is None and upload.name == name


def _unnumbered(name: str, originals: Collection[str], known: Known) -> str:
    """A name without the number that Canvas added, where it can't be the student's own.

    That is so where it hides an exercise's name, where no module could be called like this, and where an
    archive is there without the number as well. `homework-1.ipynb` stays what it is.
    """
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return name
    plain = found["stem"] + found["ending"]
    of_exercise = any(plain in expected(exercise) for exercise in known)
    module = found["ending"] == ".py" and found["stem"].isidentifier()
    again = plain in originals and is_archive(plain)
    return plain if of_exercise or module or again else name
