"""A finding fits into 160 words as a student reads it: what is longer is not read at midnight.

Tables, the student's own lines and the code of a smallest case are not counted. Long
explanations belong to the handout; a mistake's file says which part of it to read.
"""

from pathlib import Path

import pytest

from grader.course import read_course
from grader.course.known import known_mistakes
from grader.report.about_efficiency import paragraph
from grader.report.about_smallest import sizes
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, TITLE
from grader.report.model import MistakeReport
from grader.report.text import describe

MOST = 160
"""Words of one finding."""

COURSE = read_course(Path(__file__).parents[3], staff=True)
KNOWN = [
    pytest.param(mistake, id=f"{exercise.name}-{mistake.name}")
    for exercise in COURSE.exercises
    for mistake in known_mistakes(exercise)
]


def words(finding, mistake=None):
    """How many words each part of a finding has, as a student reads it."""
    message = describe(finding, TITLE, mistake)
    parts = {
        "code and headline": f"{message.code} {message.headline}",
        "called": message.called or "",
        "right": message.right or "",
        **{
            f"{label} {i}": f"{label} {fact}"
            for i, (label, fact) in enumerate(message.facts)
            if label != "try"
        },
        "try": " ".join(sizes(finding.smallest)) if finding.smallest else "",
        "meaning": message.explanation,
        "hint": message.hint or "",
        "next": message.next_step,
    }
    return {part: sum(map(is_word, text.split())) for part, text in parts.items() if text}


def is_word(text):
    """Whether it is read as a word, such as `softmax(torch.tensor([[1.,` but not `0.5],`."""
    return any(character.isalpha() for character in text)


def fits(counted):
    return sum(counted.values()) <= MOST


@pytest.mark.parametrize("code", EXAMPLES)
def test_findings(code):
    counted = words(EXAMPLES[code])
    assert fits(counted), counted


@pytest.mark.parametrize("name", EXPLAINED)
def test_what_is_known_beyond_the_code(name):
    counted = words(*EXPLAINED[name])
    assert fits(counted), counted


@pytest.mark.parametrize("evidence", EXPLAINED)
@pytest.mark.parametrize("mistake", KNOWN)
def test_known_mistakes(mistake, evidence):
    """Each is told with what was seen, whatever that was."""
    finding, _ = EXPLAINED[evidence]
    words_of = {field: getattr(mistake, field) for field in MistakeReport.model_fields if field != "tests"}
    told = MistakeReport(**words_of, tests=1)
    counted = words(finding.model_copy(update={"mistake": told.name}), told)
    assert fits(counted), counted


def test_work():
    assert len(paragraph(EFFICIENCY).split()) <= MOST
