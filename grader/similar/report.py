"""What `grader similar` found, as frozen data with a version; staff only, names in it are hostile text."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Literal[1] = 1

MEANING = (
    "What is listed here is alike more than in the rest of the class. There may be good reasons: working "
    "together where it is allowed, a common source, an example from a lecture. This says where to look, and "
    "nothing about how it came about; read both sides, and talk to both people, before you judge."
)
"""Stands above every list of pairs."""


class Frozen(BaseModel):
    """Base of the models: immutable, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lines(Frozen):
    """Lines of one file or cell, from the first to the last that are alike."""

    file: str = Field(description="The file's name.")
    cell: int = Field(description="The cell of a notebook, from 1; 0 where there are none.")
    first: int = Field(description="The first line, from 1.")
    last: int = Field(description="The last line.")


class Part(Frozen):
    """A stretch of code that both have."""

    first: tuple[Lines, ...] = Field(description="Where it is in the first student's files.")
    second: tuple[Lines, ...] = Field(description="Where it is in the second student's.")


class Pair(Frozen):
    """Two submissions to one exercise that have more in common than is usual in the class."""

    students: tuple[str, str] = Field(description="Whose they are, in alphabetical order.")
    exercise: str = Field(description="Which exercise.")
    share: float = Field(description="How much of the shorter one's rare code is in the other, from 0 to 1.")
    lines: tuple[int, int] = Field(description="How many lines of each are in a part that both have.")
    parts: tuple[Part, ...] = Field(description="The stretches that both have, in the first one's order.")


class Exercise(Frozen):
    """What is usual in the class for one exercise."""

    name: str = Field(description="The exercise.")
    submissions: int = Field(description="How many submissions have code.")
    compared: int = Field(description="How many of them have enough code of their own to be compared.")
    usual: float = Field(
        description="The median of what each has in common with the one that is most like it, from 0 to 1."
    )
    asked: float | None = Field(
        description="The share from which a pair is listed; None where the class is too small, or too alike."
    )


class Similarity(Frozen):
    """All that was found in a class."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="Of this format.")
    course: str = Field(description="The course's name.")
    meaning: str = Field(default=MEANING, description="How to read it.")
    exercises: tuple[Exercise, ...] = Field(description="What was compared, in the course's order.")
    pairs: tuple[Pair, ...] = Field(description="The pairs, most alike first.")
    notes: tuple[str, ...] = Field(default=(), description="What was not compared, and why.")
