"""From questions to exercises: which belong together, what students write, and what each file says.

A question is an exercise, named after the first function that it asks for. Where
the solution of one uses another's, or a test uses both, they are one exercise, since
each is handed in as one file. What asks for a value instead of a function has no
counterpart, because hidden tests call.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.importing.markers import TO_WRITE
from grader.importing.names import Given, definitions, needed, parsed, signature
from grader.importing.parts import Master, NotCarried, Question


@dataclass(frozen=True)
class Answer:
    """A question with what its solution defines.

    Attributes:
        question: The question.
        solution: The statements of its solution.
        entry_points: The functions and classes that students write.
    """

    question: Question
    solution: tuple[ast.stmt, ...]
    entry_points: Mapping[str, ast.stmt]


@dataclass(frozen=True)
class Draft:
    """An exercise to be written into a course.

    Attributes:
        name: Its name.
        title: Its title, as people read it.
        handout: What it asks, in Markdown.
        entry_points: For each function or class how it is called.
        classes: Those of them that are classes.
        given: Code that stub and reference begin with.
        given_to_tests: Code that its tests begin with.
        stub: What students start from.
        solution: The reference.
        questions: What it was made of.
    """

    name: str
    title: str
    handout: str
    entry_points: Mapping[str, str]
    classes: frozenset[str]
    given: tuple[str, ...]
    given_to_tests: tuple[str, ...]
    stub: str
    solution: str
    questions: tuple[Question, ...]


def drafts(master: Master, taken: Sequence[str] = ()) -> tuple[tuple[Draft, ...], tuple[NotCarried, ...]]:
    """The exercises of a master, and what of it could not become one.

    Args:
        master: The master.
        taken: Names that other exercises have.

    Raises:
        CourseError: A cell that is needed is not Python.
    """
    given = Given(master.given, master.name)
    answers, left = [], []
    for question in master.questions:
        answer = _answer(question, master.name)
        if answer.entry_points:
            answers.append(answer)
        else:
            why = "hidden tests call functions; let it ask for one that returns the value"
            left.append(NotCarried(master.name, f"{question.name}, which asks for no function", why))
    made: dict[str, Draft] = {}
    for group in _groups(answers, master.name):
        draft = _draft(group, given, taken=[*taken, *made])
        made[draft.name] = draft
    return tuple(made.values()), tuple(left)


def _answer(question: Question, master: str) -> Answer:
    where = f"{master}, the solution of {question.name}"
    body = parsed(question.solution, where)
    defined = {name: node for name, node in definitions(body).items() if not name.startswith("_")}
    tests = [node for test in question.tests for node in parsed(test.code, where)]
    asked = needed(tests) & defined.keys()
    # A function that only the solution has, and no test calls, is a helper.
    asked |= {name for name in defined if re.search(rf"\b(def|class) {name}\b", question.stub)}
    return Answer(
        question, tuple(body), {name: node for name, node in defined.items() if name in (asked or defined)}
    )


def _groups(answers: Sequence[Answer], master: str) -> Iterator[list[Answer]]:
    """Answers that use each other's functions, or that one test uses, in the order of their first."""
    owner = {name: index for index, answer in enumerate(answers) for name in definitions(answer.solution)}
    group = list(range(len(answers)))
    for index, answer in enumerate(answers):
        uses = [needed(answer.solution)]
        uses += [needed(parsed(test.code, master)) for test in answer.question.tests]
        for other in {owner[name] for names in uses for name in names if name in owner}:
            joined, kept = max(group[index], group[other]), min(group[index], group[other])
            group = [kept if each == joined else each for each in group]
    for first in dict.fromkeys(group):
        yield [answer for answer, each in zip(answers, group, strict=True) if each == first]


def _draft(group: Sequence[Answer], given: Given, taken: Sequence[str]) -> Draft:
    entries = {name: node for answer in group for name, node in answer.entry_points.items()}
    questions = tuple(answer.question for answer in group)
    solution = "\n\n\n".join(question.solution for question in questions)
    body = [node for answer in group for node in answer.solution]
    tests = [node for each in questions for test in each.tests for node in ast.parse(test.code).body]
    name = _name(next(iter(entries)), taken)
    handout = "\n\n".join(filter(None, (question.handout.strip() for question in questions)))
    return Draft(
        name=name,
        title=_title(questions[0].handout) or next(iter(entries)),
        handout=handout,
        entry_points={entry: signature(node) for entry, node in entries.items()},
        classes=frozenset(entry for entry, node in entries.items() if isinstance(node, ast.ClassDef)),
        given=tuple(given.needed_for(needed(body))),
        given_to_tests=tuple(given.needed_for(needed(tests) - entries.keys())),
        stub=_stub(questions, entries),
        solution=solution,
        questions=questions,
    )


def _stub(questions: Sequence[Question], entries: Mapping[str, ast.stmt]) -> str:
    """What students start from: the stubs, and the heads of functions that were all solution."""
    texts = [question.stub for question in questions if question.stub.strip() and _can_be_read(question)]
    there = "\n".join(texts)
    missing = [node for name, node in entries.items() if not re.search(rf"\b(def|class) {name}\b", there)]
    return "\n\n\n".join([*texts, *map(_head, missing)])


def _can_be_read(question: Question) -> bool:
    """Whether a stub is Python that only functions keep from being whole."""
    try:
        body = ast.parse(question.stub).body
    except SyntaxError:
        return False  # markers round half a statement
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    return not any(isinstance(part, ast.Raise) for node in classes for part in node.body)


def _head(node: ast.stmt) -> str:
    """A function or class with its head and docstring, and nothing in it."""
    head = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(head, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    told = [head.body[0]] if ast.get_docstring(head) is not None else []
    if isinstance(head, ast.ClassDef):
        head.body = [*told, *(ast.parse(_head(each)).body[0] for each in definitions(head.body).values())]
        return ast.unparse(head)
    head.body = [*told, ast.parse(TO_WRITE).body[0]]
    return ast.unparse(head)


def _name(entry: str, taken: Iterable[str]) -> str:
    """A module name in small letters that no other exercise has."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", entry).lower().strip("_")[:36] or "exercise"
    name, number = snake, 2
    while name in taken:
        name, number = f"{snake}_{number}", number + 1
    return name


def _title(handout: str) -> str:
    """The last heading before a question: those above it are of the whole sheet."""
    found = re.findall(r"^#+\s+(.+?)\s*#*$", handout, re.MULTILINE)
    return str(found[-1]) if found else ""
