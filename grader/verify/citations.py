"""Whether the handout says everything that a hidden test demands.

Each hidden test quotes the sentences that it tests (`@cites` of `grader.checks`).
The quotations are read from the text of the tests, which is not run, and looked for
in the handout. White space, emphasis, backticks and the marks of lists and headings
don't count, and a comment that no student sees is no part of the handout. Whether a
quotation says what the test demands, only a reader can judge.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.course import Course, Exercise
from grader.report.numbers import count
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import parsed, shown, text_of

FEWEST_WORDS = 3
"""Fewer words stand in any text by chance."""

NEAR = 0.5
"""The share of a quotation's words that a sentence must have, in order, to be suggested."""

MARKS = re.compile(r"^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
EMPHASIS = re.compile(r"[*`]|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=\s*[-*+#|]\s?)")


@dataclass(frozen=True)
class Citation:
    """What a test quotes, and where.

    Attributes:
        sentence: The quotation; None if it is not written out, so that only running the test would tell.
        line: Its line in the file of tests.
    """

    sentence: str | None
    line: int


@dataclass(frozen=True)
class CitingTest:
    """A hidden test and what it quotes."""

    name: str
    line: int
    citations: tuple[Citation, ...]


def rows(course: Course, exercise: Exercise) -> Iterator[Row]:
    """A row for each test or quotation that is not as it must be; one row if all are.

    Raises:
        CourseError: The tests or the handout cannot be read.
    """
    if exercise.hidden_tests is None:
        yield Row(
            exercise=exercise.name,
            claim=Claim.CITATION,
            standing=Standing.NOT_RUN,
            sentence="there are no hidden tests here",
        )
        return
    handout = text_of(exercise.handout)
    where = shown(course, exercise.handout)
    tests = list(citing_tests(parsed(exercise.hidden_tests)))
    wrong = [each for test in tests for each in _problems(test, handout, where)]
    if not tests:
        wrong = [("", 1, f"{shown(course, exercise.hidden_tests)} holds no test")]
    for name, line, sentence in wrong:
        yield Row(
            exercise=exercise.name,
            claim=Claim.CITATION,
            what=name,
            standing=Standing.FAILS,
            sentence=sentence,
            file=shown(course, exercise.hidden_tests),
            line=line,
        )
    if not wrong:
        cited = {bare(citation.sentence or "") for test in tests for citation in test.citations}
        yield Row(
            exercise=exercise.name,
            claim=Claim.CITATION,
            standing=Standing.HOLDS,
            sentence=f"{count(len(tests), 'test')} cite {count(len(cited), 'sentence')} of {where}",
            file=where,
        )


def citing_tests(tree: ast.Module) -> Iterator[CitingTest]:
    """The tests of a module, with what they quote, in order."""
    for node in tree.body:
        within = node.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test") else [node]
        for each in within:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test"):
                yield CitingTest(each.name, each.lineno, tuple(_citations(each)))


def _citations(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Citation]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "cites":
            for argument in decorator.args:
                value = argument.value if isinstance(argument, ast.Constant) else None
                yield Citation(value if isinstance(value, str) else None, argument.lineno)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _problems(test: CitingTest, handout: str, where: str) -> Iterator[tuple[str, int, str]]:
    """What is wrong with the quotations of a test: its name, the line and a sentence."""
    if not test.citations:
        yield (
            test.name,
            test.line,
            f'{test.name} cites nothing; name with @cites("...") the sentence of {where} that it tests, '
            "and if there is none, write it there",
        )
    whole = bare(handout)
    for citation in test.citations:
        cited = bare(citation.sentence or "")
        if citation.sentence is None:
            wrong = "what is not written out; put the sentence itself there, in quotes"
        elif len(cited.split()) < FEWEST_WORDS:
            wrong = f"'{cited}', too short to say what is tested; cite at least {FEWEST_WORDS} words"
        elif not _stands_in(cited, whole):
            wrong = f"'{cited}', which {where} does not say{_suggestion(cited, handout)}"
        else:
            continue
        yield test.name, citation.line, f"{test.name} cites {wrong}"


def _stands_in(sentence: str, whole: str) -> bool:
    """Whether the words stand there, whole ones: 'each' is not said by 'teaches'."""
    return re.search(rf"(?<!\w){re.escape(sentence)}(?!\w)", whole) is not None


def bare(text: str) -> str:
    """`text` without what only lays it out."""
    text = LINK.sub(r"\1", COMMENT.sub(" ", text))
    return " ".join(EMPHASIS.sub("", MARKS.sub("", text)).split())


def _suggestion(cited: str, handout: str) -> str:
    """The sentence of the handout that is most like the quotation, and its line."""
    words = re.findall(r"\w+", cited)
    best, at, found = NEAR, 0, ""
    for line, sentence in _sentences(handout):
        blocks = SequenceMatcher(
            None, words, re.findall(r"\w+", sentence), autojunk=False
        ).get_matching_blocks()
        share = sum(block.size for block in blocks) / len(words)
        if share > best:
            best, at, found = share, line, sentence
    return f"; the nearest there is '{found}' (line {at})" if found else ""


def _sentences(handout: str) -> Iterator[tuple[int, str]]:
    """The sentences of the handout, bare, each with the line that it begins in."""
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), handout)
    start = 0
    for end in [*END.finditer(text), None]:
        piece = text[start : end.start() if end else len(text)]
        blank = len(piece) - len(piece.lstrip())
        if sentence := bare(piece):
            yield text.count("\n", 0, start + blank) + 1, sentence
        start = end.end() if end else start
