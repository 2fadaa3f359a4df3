"""README.md of a release: what a student reads first, made from the course alone."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from grader.course import Course, Exercise

COMMANDS = (
    ("list", "the exercises, and which you have started"),
    ("start {first}", "a folder with the handout, what you fill in, and tests"),
    ("check {first}", "runs the tests, and says what differs"),
    ("check --watch", "checks whenever you save"),
    ("hint {first}", "one hint at a time"),
    ("status", "how far you are"),
    ("submit", "packs what you hand in, and gives you a receipt"),
)
"""A student's evening, in the order in which she types it."""


def readme(course: Course, install: str | None = None) -> str:
    """What stands in README.md.

    Args:
        course: The course.
        install: What students give to `pip install` to get the grader; None if they are told elsewhere.
    """
    return "\n".join(
        [f"# {course.name}", "", *_exercises(course), "", *_install(install), "", *_evening(course)]
    )


def slug(name: str) -> str:
    """A course's name as a folder or file is called: `deep-learning-from-scratch`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:60].strip("-") or "course"


def _exercises(course: Course) -> Iterator[str]:
    dated = bool(course.policy.dates)
    heads = ("exercise", "what you write", *(["due"] if dated else []))
    yield _row(heads)
    yield "|" + "---|" * len(heads)
    for each in course.exercises:
        link = f"[{each.title}](exercises/{each.name}/README.md)"
        yield _row((link, each.summary, *([_due(course, each)] if dated else [])))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _due(course: Course, exercise: Exercise) -> str:
    moment = course.policy.dates.get(exercise.name)
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname()}" if moment else ""


def _install(install: str | None) -> Iterator[str]:
    yield from ("## Install", "")
    if install is None:
        yield "You need Python 3.11 or newer, and the grader; your course says where it is to be had."
        yield "In a virtual environment of its own:"
    else:
        yield "You need Python 3.11 or newer, and the grader in a virtual environment of its own:"
    yield from ("", "```sh", "python3 -m venv .venv", ". .venv/bin/activate")
    yield f"pip install {install or 'ADDRESS'}"
    yield "```"


def _evening(course: Course) -> Iterator[str]:
    yield from ("## An evening", "", "In this folder:", "", "```sh")
    typed = [(f"grader {command.format(first=course.names[0])}", about) for command, about in COMMANDS]
    width = max(len(command) for command, _ in typed)
    yield from (f"{command:<{width}}  # {about}" for command, about in typed)
    yield from ("```", "", "`grader COMMAND --help` says more.", "")
