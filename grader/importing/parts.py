"""What is read of a master file, as frozen data: questions, their tests, and what was left."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CellTest:
    """A test of a question.

    Attributes:
        code: All of it.
        shown: What of it students see; '' if nothing.
        points: What it is worth.
        title: What students read about it; '' if nobody wrote that.
    """

    code: str
    shown: str
    points: float
    title: str = ""


@dataclass(frozen=True)
class Question:
    """Something to be written, with its tests.

    Attributes:
        name: What the master calls it.
        handout: What it asks, in Markdown.
        solution: The answer, without markers.
        stub: The same with the answer taken out.
        tests: Its tests, in their order.
    """

    name: str
    handout: str
    solution: str
    stub: str
    tests: tuple[CellTest, ...] = ()


@dataclass(frozen=True)
class NotCarried:
    """Something of a master that has no counterpart here.

    Attributes:
        where: The master's name, and the cell counted from 1, all cells included.
        what: What it is, in a few words.
        why: Why it could not be carried over, and what to do by hand.
    """

    where: str
    what: str
    why: str


@dataclass(frozen=True)
class Master:
    """A master file, taken apart.

    Attributes:
        name: Its name, without ending.
        questions: In their order.
        given: Code that students were given, for all questions: imports, helpers, constants.
        left: What was not carried over.
    """

    name: str
    questions: tuple[Question, ...]
    given: tuple[str, ...]
    left: tuple[NotCarried, ...]
