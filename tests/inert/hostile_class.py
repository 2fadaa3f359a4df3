"""A class of which every text that a student can choose is hostile, as the reports of a run.

Each student has one hostile string, and it stands everywhere: in the name, the
names of files, what the code says and prints, and in every text of some findings.
Which findings those are goes round from student to student, so that a class of a
few sees all of them; a finding that is added to the examples takes part at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel

from grader.findings import CheckFailed, ExceptionRaised, Finding, Frame, MissingFile, NotRun
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, MISTAKES
from grader.report.model import AttemptReport, ExerciseReport, Override, StudentReport, TestReport
from grader.report.notebook_use import Definition, LeftOut, NotebookUse
from grader.submission import Bundle, Submission, SubmittedFile
from grader.verdicts import Blame, Verdict, Visibility
from tests.grader.report.conftest import make_exercise, make_student, make_test

OURS = {"good", "relation", "where", "trajectory", "work", "kind", "hint", "mistake"}
"""Fields that a student's code has no say in, or whose words are looked up in ours."""

FOUND: tuple[Finding, ...] = (*EXAMPLES.values(), *(found for found, _ in EXPLAINED.values()))

AT_ONCE = 3
"""Examples that each student has: a renderer shows no more of an exercise in full."""


def filled(model: Any, text: str) -> Any:
    """The same with `text` in the place of every text that is not one of a few words."""
    changed = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if name in OURS or value is None:
            continue
        if isinstance(value, BaseModel):
            changed[name] = filled(value, text)
        elif isinstance(value, str) and _is_free(field.annotation):
            changed[name] = text
        elif isinstance(value, tuple):
            changed[name] = tuple(
                filled(each, text) if isinstance(each, BaseModel) else text if isinstance(each, str) else each
                for each in value
            )
    return model.model_copy(update=changed)


def _is_free(annotation: Any) -> bool:
    return annotation is str or str in get_args(annotation)


def student(text: str, number: int = 0) -> StudentReport:
    """One student with this text everywhere.

    Args:
        text: The text.
        number: Which of the examples of findings are among what is wrong.
    """
    at = range(number * AT_ONCE, (number + 1) * AT_ONCE)
    examples = [filled(FOUND[place % len(FOUND)], text) for place in at]
    return make_student(
        text,
        _wrong(text, *examples),
        _missing(text),
        _revealed(text),
        notes=(text, text),
        penalty=1.0,
        final=2.0,
        final_max=20.0,
    )


def a_class(texts: Sequence[str]) -> list[StudentReport]:
    """A student for each text."""
    return [student(text, number) for number, text in enumerate(texts)]


def _raised(text: str) -> Finding:
    frames = (Frame(file=text, line=3, function=text, text=text), Frame(file="f.py", line=2, function=text))
    return ExceptionRaised(call=text, type=text, message=text, frames=frames, mistake=text)


def _wrong(text: str, *examples: Finding) -> ExerciseReport:
    mistake = MISTAKES[0].model_copy(update={"name": text, "headline": text})
    check = CheckFailed(call=text, statement=text, detail=text, names=(text, text))
    failing = [
        _failing(text, finding, place) for place, finding in enumerate((_raised(text), *examples, check))
    ]
    return make_exercise(
        "softmax",
        *failing,
        make_test(text, output=text),
        title=text,
        files=(text, f"{text}.py"),
        notes=(text,) * 3,
        mistakes=(mistake,),
        efficiency=(EFFICIENCY,),
        attempt=text,
        attempts=tuple(
            AttemptReport(name=text, submitted=None, verdict=Verdict.ERROR, score=1, final=1, counts=counts)
            for counts in (False, True)
        ),
        override=Override(score=2, reason=text),
        final=2.0,
        penalty=1.0,
    )


def _failing(text: str, finding: Finding, place: int) -> TestReport:
    hidden = Visibility.HIDDEN if place % 2 else Visibility.VISIBLE
    blame = Blame.GRADER if finding.code == "grader-fault" else Blame.STUDENT
    verdict = Verdict.ERROR if place % 3 else Verdict.WRONG_ANSWER
    # Titles and names of tests are the staff's; nothing that is written relies on it.
    name = f"test_{place} {text}"
    return make_test(
        f"{place} {text}", verdict, finding, name=name, output=text, visibility=hidden, blame=blame
    )


def _missing(text: str) -> ExerciseReport:
    skipped = NotRun(reason="did-not-load")
    return make_exercise(
        "mlp",
        make_test("It learns", Verdict.NOT_RUN, skipped, visibility=Visibility.HIDDEN),
        verdict=Verdict.MISSING,
        files=(text,),
        findings=(MissingFile(expected=("mlp.py",), near=text),),
    )


def _revealed(text: str) -> ExerciseReport:
    """From a notebook, and with nothing but verdicts."""
    use = NotebookUse(
        file=text,
        cells=3,
        way="needed",
        used=(2,),
        defined=(Definition(name="conv2d", cell=2),),
        left_out=(LeftOut(cell=1, why="not needed"), LeftOut(cell=3, why="not needed")),
    )
    return make_exercise(
        "conv2d",
        make_test(text, Verdict.WRONG_ANSWER, visibility=Visibility.HIDDEN),
        notebook=use,
        files=(text,),
    )


def submission(text: str) -> Submission:
    """What such a student handed in: the text is the files' names, their lines, and the attempt."""
    content = f"import torch\n\ndef softmax(x):\n    return x  # {text}\n{text}\n".encode(
        "utf-8", "surrogatepass"
    )
    files = (SubmittedFile(text, content), SubmittedFile("softmax.py", content + b"\xff\xfe\x00\x9b31m"))
    return Submission(text, (Bundle("softmax", (text,), files, (text,), None),), (text,), "0" * 64, text)
