"""The known mistakes of an exercise: programs with one misconception, and what to tell their authors.

`reference/<exercise>/mistakes/<name>.py` is the program, `<name>.toml` beside it
says which hidden tests it fails and how its author is helped. What people write
in several ways with different numbers (another small constant, another order of
steps) has variants, `<name>__<variant>.py`, with the same words. All stay with
the staff. Nothing is run here; `grader verify` proves what is claimed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from grader.course.files import read_toml, reason
from grader.course.manifest import EXERCISE_NAME, Exercise, Line, Name
from grader.errors import CourseError, suggestion
from grader.findings import Frozen

MOST_WORDS = 120
"""Words of an explanation: more is not read at midnight."""

Words = Annotated[str, Field(strict=True, min_length=1)]


class KnownMistakeManifest(Frozen):
    """What may stand in the TOML file of a mistake."""

    headline: Line = Field(max_length=100, description="What the code does, in one sentence.")
    explanation: Words = Field(description="Why that is not what is asked for, in at most 120 words.")
    question: Line = Field(max_length=300, description="A question that leads to the fix.")
    section: Line = Field(description="The heading of the handout to look at.")
    fails: tuple[Name, ...] = Field(min_length=1, description="The hidden tests that it always fails.")
    may_fail: tuple[Name, ...] = Field(
        default=(), description="Hidden tests that it fails with some inputs, or in some variants."
    )

    @field_validator("explanation")
    @classmethod
    def _short(cls, text: str) -> str:
        words = len(text.split())
        if words > MOST_WORDS:
            raise ValueError(f"it has {words} words; allowed: {MOST_WORDS}")
        return " ".join(text.split())


class KnownMistake(KnownMistakeManifest):
    """A known mistake, found whole."""

    name: str = Field(pattern=EXERCISE_NAME, max_length=40, description="Its file's name, less the ending.")
    programs: dict[str, bytes] = Field(
        repr=False, description="Sources of the program and of its variants; the program itself is ''."
    )


def known_mistakes(exercise: Exercise) -> tuple[KnownMistake, ...]:
    """The mistakes of an exercise, by name; none on a student's copy.

    Raises:
        CourseError: A file is missing, cannot be read, or is not as it must be.
    """
    folder = (exercise.reference or Path()) / "mistakes"
    if exercise.reference is None or not folder.is_dir():
        return ()
    programs = {path.stem: path for path in sorted(folder.glob("*.py"))}
    texts = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    for name, path in programs.items():
        if (of := name.partition("__")[0]) not in texts:
            raise CourseError(f"{path} has no {of}.toml beside it; a known mistake needs both.")
    for name, path in texts.items():
        if name not in programs:
            raise CourseError(f"{path} has no {name}.py beside it; a known mistake needs both.")
    sections = _headings(exercise.handout)
    sources = {name: _source(path) for name, path in programs.items()}
    return tuple(
        KnownMistake(
            **_manifest(path, sections).model_dump(),
            name=name,
            programs={
                other.partition("__")[2]: source
                for other, source in sources.items()
                if other.partition("__")[0] == name
            },
        )
        for name, path in texts.items()
    )


def _headings(handout: Path) -> tuple[str, ...]:
    """The headings of a handout in Markdown, in order."""
    try:
        lines = handout.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{handout} cannot be read ({reason(error)}).") from None
    return tuple(line.lstrip("#").strip() for line in lines if line.startswith("#"))


def _manifest(path: Path, sections: Sequence[str]) -> KnownMistakeManifest:
    manifest = read_toml(path, str(path), KnownMistakeManifest)
    if manifest.section not in sections:
        raise CourseError(
            f"{path}: the handout has no heading '{manifest.section}'."
            f"{suggestion(manifest.section, sections)} It has: {', '.join(sections)}."
        )
    return manifest


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({reason(error)}).") from None
