"""A student's report in the student's own repository on GitHub: a step's summary, and annotations.

An annotation stands on the line of the student's file that a finding speaks of, as far
as it speaks of one; it is a line on the output that the runner reads as a command.
The summary is Markdown and stays below what GitHub takes. Whoever may see
the repository reads both: they are made of what the student may see.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from grader.export.markdown import student_parts
from grader.findings import Finding, Frame
from grader.report import telling
from grader.report.groups import Group, grouped, split
from grader.report.model import ExerciseReport, StudentReport
from grader.report.numbers import count
from grader.report.plain import message_lines
from grader.report.reckoning import of_student
from grader.report.safe import safe_text
from grader.report.text import describe
from grader.report.workflow import SHOWN, SUMMARY_BYTES, annotation
from grader.verdicts import Blame

_LEFT_OUT = "The rest is too long for a summary on GitHub; the student's report has all of it."


def summary(report: StudentReport, room: int = SUMMARY_BYTES) -> str:
    """The report as Markdown, in whole parts as long as there is room for them.

    Args:
        report: The report, already redacted for its student.
        room: Bytes that it may have.
    """
    kept: list[str] = []
    room -= len(_LEFT_OUT) + 2
    for part in student_parts(report):
        if (room := room - len(part.encode()) - 2) < 0:
            return "\n\n".join([*kept, _LEFT_OUT]) + "\n"
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def annotations(report: StudentReport, folder: str = "") -> Iterator[str]:
    """A line for each thing to mend, and one with the points; no more than GitHub shows.

    Args:
        report: The report, already redacted for its student.
        folder: Where in the repository the student's files lie; '' at its root.
    """
    lines = [line for exercise in report.exercises for line in _of_exercise(exercise, folder)]
    for level in ("error", "warning"):
        yield from [line for line in lines if line.startswith(f"::{level}")][:SHOWN]
    told = [telling.score(report) or "No points to be had"]
    told += [f"{label}: {said}" for label, said in of_student(report)]
    told += [f"{safe_text(each.name)}: {telling.tally(each)}" for each in report.exercises]
    if len(lines) > SHOWN:
        told.append(f"{count(len(lines), 'annotation')} in all; the summary has all of them")
    yield annotation("notice", "\n".join(told), title=safe_text(report.course))


def _of_exercise(exercise: ExerciseReport, folder: str) -> Iterator[str]:
    opened, folded, counted = split(grouped(exercise))
    for group in [*opened, *folded]:
        assert group.finding is not None
        title = group.leader.title if group.leader is not None else None
        told = message_lines(describe(group.finding, title, group.mistake))
        if others := telling.others(group):
            told.append(others)
        about = safe_text(exercise.name if title is None else f"{exercise.name}: {title}")
        place = _place(group.finding, exercise.files, folder)
        yield annotation(_level(group), "\n".join(told), title=about, **place)
    for group in counted:
        if group.finding is None:  # a course that shows verdicts alone
            message = f"{count(len(group.tests), 'test')} did not pass: {telling.titles(group.tests)}"
            yield annotation(_level(group), message, title=safe_text(exercise.name))


def _level(group: Group) -> str:
    """What no student can mend is no error of the student's."""
    ours = group.tests and all(test.blame not in (Blame.STUDENT, Blame.NOBODY) for test in group.tests)
    return "warning" if ours else "error"


def _place(finding: Finding, files: Sequence[str], folder: str) -> dict[str, str]:
    """The file and line to annotate: the deepest line that led there, else the file as a whole.

    A notebook has cells and no lines; a file that the report does not name is nobody's to point at.
    """
    frame = _deepest(finding)
    named = [file for file in files if frame is not None and PurePosixPath(file).name == frame.file]
    if frame is not None and len(named) == 1:
        return {"file": _path(named[0], folder), "line": str(frame.line)}
    return {"file": _path(files[0], folder)} if len(files) == 1 else {}


def _deepest(finding: Finding) -> Frame | None:
    frames: Sequence[Frame] = getattr(finding, "frames", ())
    return frames[-1] if frames else getattr(finding, "frame", None)


def _path(file: str, folder: str) -> str:
    return safe_text(str(PurePosixPath(folder, file)))
