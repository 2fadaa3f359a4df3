"""Gradescope: the export of an assignment's submissions, with a list of whose each one is.

`assignment_<number>_export/` holds a folder `submission_<number>` for each one and
`submission_metadata.yml`. A student's id is the e-mail address that the list has, else the
number that the school gave, else the name (and the folder's, where two have one name);
without a list it is the folder's name. What a group handed in is each member's. The list
also says when a submission came, and is believed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from grader.errors import SubmissionsError
from grader.findings import UnreadableFile
from grader.submission.archive import is_archive, stem
from grader.submission.caps import METADATA_BYTES
from grader.submission.clock import Clock
from grader.submission.layouts.metadata import NotTold, Submitter, Told, read_metadata
from grader.submission.layouts.roster import LEVELS, HandedIn, Known, Roster, filed
from grader.submission.names import GRADESCOPE_EXPORT, listed
from grader.submission.place import Entry, Place

TITLE = "a Gradescope export"
EXAMPLE = "submission_1234/softmax.py beside submission_metadata.yml"
ROUND = re.compile(r"assignment_\d+_export", re.ASCII)
"""The folder round an export."""

_SUBMISSION = re.compile(r"submission_\d+", re.ASCII)
_ONCE = datetime.min.replace(tzinfo=UTC)


def recognised(entries: Sequence[Entry], known: Known) -> bool:
    """Whether the list is there, or nothing but folders named as Gradescope names them."""
    folders = [entry.name for entry in entries if entry.kind == "folder"]
    return any(entry.name == GRADESCOPE_EXPORT and entry.kind == "file" for entry in entries) or (
        bool(folders) and all(_SUBMISSION.fullmatch(name) for name in folders)
    )


def roster(place: Place, entries: Sequence[Entry], known: Known, clock: Clock) -> Roster:
    """The students whose submissions an export holds.

    Raises:
        SubmissionsError: The list cannot be read.
    """
    told = _list(place, entries)
    there = {entry.name: entry for entry in entries if _is_submission(entry)}
    loose = [entry for entry in entries if entry.name not in there and entry.name != GRADESCOPE_EXPORT]
    notes = [] if told is not None else [f"There is no {GRADESCOPE_EXPORT}, so nobody's name is known."]
    told = told or {}
    if unsaid := [name for name in there if name not in told] if told else []:
        notes.append(f"{GRADESCOPE_EXPORT} does not say whose these are: {listed(unsaid)}.")
    if gone := [name for name in told if name not in there]:
        notes.append(f"{GRADESCOPE_EXPORT} names submissions that are not here: {listed(gone)}.")
    theirs: dict[str, list[str]] = defaultdict(list)
    namesakes = _namesakes(told[name] for name in there if name in told)
    for name in there:
        for student in _students(name, told.get(name), namesakes):
            theirs[student].append(name)
    clock = replace(clock, believed=False)
    students = {
        student: _handed_in(place, [(there[name], told.get(name)) for name in names], clock)
        for student, names in sorted(theirs.items())
    }
    return Roster(place, students, tuple(notes), tuple(loose))


def _list(place: Place, entries: Iterable[Entry]) -> Mapping[str, Told] | None:
    """What the list says; None without one."""
    found = next((entry for entry in entries if entry.name == GRADESCOPE_EXPORT), None)
    if found is None:
        return None
    content = place.read(found, METADATA_BYTES)
    try:
        if isinstance(content, UnreadableFile):
            raise NotTold(f"it is not read: {content.detail or content.reason}")
        return read_metadata(content)
    except NotTold as error:
        raise SubmissionsError(
            f"{GRADESCOPE_EXPORT} does not say whose submissions these are: {error}. "
            "Download the export again, or take that file away: then students are called submission_1234."
        ) from None


def _is_submission(entry: Entry) -> bool:
    if entry.kind == "folder":
        return _SUBMISSION.fullmatch(entry.name) is not None
    return entry.kind == "file" and is_archive(entry.name) and entry.name.startswith("submission_")


def _namesakes(submissions: Iterable[Told]) -> set[str]:
    """Names that stand for somebody of whom nothing else is known in more than one submission."""
    names = Counter(
        name
        for told in submissions
        for name in {each.name for each in told.submitters if not each.email and not each.sid}
    )
    return {name for name, count in names.items() if count > 1}


def _students(name: str, told: Told | None, namesakes: Collection[str]) -> list[str]:
    """The ids of those whose a submission is, each once."""
    if told is None or not told.submitters:
        return [stem(name)]
    called = (_called(each) for each in told.submitters)
    ids = (f"{each}_{name}" if each in namesakes else each or name for each in called)
    return list(dict.fromkeys(filed(each, name) for each in ids))


def _called(submitter: Submitter) -> str:
    return submitter.email or submitter.sid or submitter.name


def _handed_in(place: Place, submissions: Sequence[tuple[Entry, Told | None]], clock: Clock) -> HandedIn:
    """A student's newest submission."""
    dated = sorted(submissions, key=lambda each: ((each[1] and each[1].time) or _ONCE, each[0].name))
    *others, (entry, told) = dated
    notes = []
    if told is not None and len(told.submitters) > 1:
        group = listed([each.name or _called(each) for each in told.submitters])
        notes.append(f"Handed in by a group, for each of its members: {group}.")
    if told is not None and told.earlier:
        has = "an earlier one" if told.earlier == 1 else f"{told.earlier:,} earlier ones"
        notes.append(f"Gradescope has {has} too; an export holds only the one that counts.")
    if others:
        names = listed([f"{each.name}/" for each, _ in others])
        notes.append(f"{entry.name}/ is what counts; earlier ones: {names}.")
    clock = replace(clock, stamped=told.time if told is not None else None)
    return HandedIn(place, (entry,), clock, LEVELS, notes=tuple(notes), names=(("", entry.name),))
