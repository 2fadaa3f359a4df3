"""`submission_metadata.yml`: whose each submission of an export from Gradescope is, and when it came.

The list holds the output of every test of every student, so it is read as a
stream of events, and only what is asked for is kept: no object is made, no tag is
believed, and what an alias repeats is never written out. Keys are Ruby's symbols
(`:submitters`); names and addresses in it are students' own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

from grader.submission.moments import NoMoment, moment

SUBMISSIONS = 100_000
"""Submissions in one list, far more than in any class."""
SUBMITTERS = 50
"""Students of one submission: more than any group has."""
_CHARACTERS = 300
"""Of a name or an address."""
_LEVELS = 100
"""Lists in lists that are gone into: libyaml takes time with the square of their number. Results of tests
have ten."""


class NotTold(Exception):
    """The list cannot be relied on, and why: a clause that begins with 'it'."""


@dataclass(frozen=True)
class Submitter:
    """A student, as the list has her; each field is '' where it says nothing."""

    name: str = ""
    sid: str = ""
    email: str = ""


@dataclass(frozen=True)
class Told:
    """What the list says of a submission.

    Attributes:
        submitters: Whose it is.
        time: When it came, if that is said.
        earlier: How many submissions came before it.
    """

    submitters: tuple[Submitter, ...]
    time: datetime | None
    earlier: int


def read_metadata(content: bytes) -> dict[str, Told]:
    """What the list says of each submission, by the name of its folder.

    Raises:
        NotTold: It is damaged, or nothing like such a list.
    """
    try:
        return dict(_submissions(_Events(content)))
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise NotTold(f"it is no YAML{f' from line {mark.line + 1} on' if mark else ''}") from None


class _Events:
    """The events of a YAML text, one after the other."""

    def __init__(self, content: bytes) -> None:
        self._events = iter(yaml.parse(content, Loader=yaml.CSafeLoader))  # libyaml, in C
        self._level = 0
        self._scalars: dict[str, str] = {}  # by anchor

    def next(self) -> yaml.Event:
        """The next event.

        Raises:
            NotTold: There is none, or too much is nested.
        """
        event = next(self._events, None)
        if event is None:
            raise NotTold("it breaks off in the middle")
        self._level += _step(event)
        if self._level > _LEVELS:
            raise NotTold(f"it is nested more than {_LEVELS} levels deep")
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._scalars[event.anchor] = event.value[:_CHARACTERS]
        return event

    def skip(self, event: yaml.Event) -> None:
        """Pass over all of what an event begins."""
        depth = _step(event)
        while depth > 0:
            depth += _step(self.next())

    def text(self, event: yaml.Event) -> str:
        """What a scalar says, or the one that an alias repeats; anything else is passed over, and says ''."""
        if isinstance(event, yaml.ScalarEvent):
            plain = event.value[:_CHARACTERS]
            return "" if plain in ("~", "null") and not event.style else plain
        if isinstance(event, yaml.AliasEvent):
            return self._scalars.get(event.anchor or "", "")
        self.skip(event)
        return ""

    def pairs(self, event: yaml.Event) -> Iterator[tuple[str, yaml.Event]]:
        """Each key of a mapping with the event that begins its value, which whoever asks must consume."""
        if not isinstance(event, yaml.MappingStartEvent):
            self.skip(event)
            return
        while not isinstance(key := self.next(), yaml.MappingEndEvent):
            yield self.text(key), self.next()

    def items(self, event: yaml.Event) -> Iterator[yaml.Event]:
        """The event that begins each item of a list, which whoever asks must consume."""
        if not isinstance(event, yaml.SequenceStartEvent):
            self.skip(event)
            return
        while not isinstance(item := self.next(), yaml.SequenceEndEvent):
            yield item


def _step(event: yaml.Event) -> int:
    """By how many levels an event leads down: 1, 0 or -1."""
    if isinstance(event, yaml.CollectionStartEvent):
        return 1
    return -1 if isinstance(event, yaml.CollectionEndEvent) else 0


def _submissions(events: _Events) -> Iterator[tuple[str, Told]]:
    while isinstance(event := events.next(), yaml.StreamStartEvent | yaml.DocumentStartEvent):
        pass
    if not isinstance(event, yaml.MappingStartEvent):
        raise NotTold("it lists no submissions")
    for count, (name, value) in enumerate(events.pairs(event)):
        if count == SUBMISSIONS:
            raise NotTold(f"it lists more than {SUBMISSIONS:,} submissions")
        yield name, _told(events, value)
    while not isinstance(events.next(), yaml.StreamEndEvent):  # a second document, or damage
        pass


def _told(events: _Events, event: yaml.Event) -> Told:
    submitters: list[Submitter] = []
    time, earlier = None, 0
    for key, value in events.pairs(event):
        match key:
            case ":submitters":
                for item in events.items(value):
                    found = {key: events.text(each) for key, each in events.pairs(item)}
                    if len(submitters) < SUBMITTERS:
                        fields = (found.get(f":{field}", "").strip() for field in ("name", "sid", "email"))
                        submitters.append(Submitter(*fields))
            case ":created_at":
                time = _moment(events.text(value))
            case ":history":
                for item in events.items(value):
                    events.skip(item)
                    earlier += 1
            case _:
                events.skip(value)
    return Told(tuple(submitters), time, earlier)


def _moment(written: str) -> datetime | None:
    """Ruby writes '2026-11-01 17:20:14.123456789 Z'."""
    try:
        return moment(written, None)
    except NoMoment:
        return None
