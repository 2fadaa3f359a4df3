"""`grader export canvas`, `moodle` and `nbgrader`: marks into a learning platform's own files."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.export.choices import RUN, OfExercise, Run, Scale, To, read, say, tell, voice, warn, write

if TYPE_CHECKING:
    from grader.export.filling import Filling
    from grader.export.marks import Mark
    from grader.report.model import StudentReport


class By(StrEnum):
    """The answers of `grader.export.canvas.Match`, which `--help` need not load."""

    ID = "id"
    LOGIN = "login"
    SIS_ID = "sis-id"
    NAME = "name"


def canvas(
    gradebook: Annotated[
        Path, typer.Option(metavar="FILE", help="What Canvas exported: Grades, Export Entire Gradebook.")
    ],
    to: To,
    run: Run = RUN,
    column: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="Which column, such as 'Homework 1 (123)' or its title alone."),
    ] = None,
    match: Annotated[By, typer.Option(help="What students and rows are matched by.")] = By.ID,
    exercise: OfExercise = None,
    scale: Scale = False,
) -> None:
    """Fill one column of a gradebook that Canvas exported, and change nothing else.

    Students are matched by the number that a Canvas download gives them (lovelaceada_1234).
    Without --column it is the one with the title of the exercise, or of the course.

    \b
    Examples:
      grader export canvas reports --gradebook grades-export.csv --column "Homework 1" --to filled.csv
      grader export canvas reports --gradebook g.csv --exercise softmax --match login --to filled.csv
    """
    from grader.export.canvas import Match, fill
    from grader.export.marks import mark
    from grader.export.reading import reports

    found, titles = [], [] if column is None else [column]
    for report in reports(run, "staff"):
        found.append(mark(report, exercise))
        titles = titles or [
            *(e.title for e in report.exercises if e.name == exercise),
            exercise or report.course,
        ]
    filling = fill(
        read(gradebook, "--gradebook"),
        found,
        titles,
        match=Match(match.value),
        scale=scale,
        name=gradebook.name,
    )
    _refuse_nothing(filling, f"'{gradebook.name}'", "match by something else with --match")
    write(to, filling.content, beside=[gradebook])
    tell(filling, to)


def moodle(
    run: Run = RUN,
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The grading worksheet that Moodle gave.")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the filled worksheet goes.")] = None,
    feedback: Annotated[
        Path | None, typer.Option(metavar="ZIP", help="Write an archive of feedback files here.")
    ] = None,
    file: Annotated[
        str, typer.Option(metavar="NAME", help="Which file of each student's folder is the feedback.")
    ] = "report.txt",
    exercise: OfExercise = None,
    scale: Scale = False,
    replace_comments: Annotated[
        bool, typer.Option("--replace-comments", help="Replace feedback comments that are there.")
    ] = False,
    identifier_column: Annotated[str, typer.Option(metavar="NAME", help="As your site calls it.")] = (
        "Identifier"
    ),
    grade_column: Annotated[str, typer.Option(metavar="NAME", help="As your site calls it.")] = "Grade",
    maximum_column: Annotated[str, typer.Option(metavar="NAME", help="As your site calls it.")] = (
        "Maximum Grade"
    ),
    comments_column: Annotated[str, typer.Option(metavar="NAME", help="As your site calls it.")] = (
        "Feedback comments"
    ),
    encoding: Annotated[str, typer.Option(metavar="NAME", help="How the worksheet is written.")] = "utf-8",
) -> None:
    """Fill a grading worksheet of Moodle, write an archive of feedback files, or both.

    Students are matched by the number that a Moodle download gives them (Ada Lovelace_1234),
    which is the one of `Participant 1234`.

    \b
    Examples:
      grader export moodle reports --worksheet Grades.csv --to filled.csv --feedback feedback.zip
      grader export moodle reports --worksheet Noten.csv --grade-column Bewertung --to filled.csv
    """
    from grader.errors import UsageError
    from grader.export.marks import marks
    from grader.export.moodle import Columns, comment, fill
    from grader.export.reading import reports

    if (worksheet is None) is not (to is None) or (worksheet is None and feedback is None):
        raise UsageError("Name --worksheet and --to, or --feedback, or all three.")
    files = _feedback(run, file) if feedback is not None else None  # before anything is written
    if worksheet is not None and to is not None:
        said = file if feedback is not None else None
        comments = {report.student: comment(report, said) for report in reports(run, "student")}
        filling = fill(
            read(worksheet, "--worksheet"),
            marks(reports(run, "staff"), exercise),
            comments,
            columns=Columns(identifier_column, grade_column, maximum_column, comments_column),
            scale=scale,
            replace=replace_comments,
            encoding=encoding,
            name=worksheet.name,
        )
        _refuse_nothing(filling, f"'{worksheet.name}'", "is it the worksheet of this assignment?")
        write(to, filling.content, beside=[worksheet])
        tell(filling, to)
    if feedback is not None and files is not None:
        _write_feedback(*files, feedback)


def nbgrader(to: To, run: Run = RUN) -> None:
    """Write the CSV that `nbgrader export` writes, with every value quoted.

    \b
    Examples:
      grader export nbgrader reports --to grades.csv
    """
    from grader.export.marks import mark
    from grader.export.nbgrader import as_csv
    from grader.export.reading import reports

    found: list[Mark] = []

    def passing() -> Iterator[StudentReport]:
        for report in reports(run, "staff"):
            found.append(mark(report))
            yield report

    write(to, as_csv(passing()).encode())
    say(to, f"{len(found):,} students.")
    warn([each.student for each in found if each.in_doubt])


def _refuse_nothing(filling: Filling, where: str, step: str) -> None:
    """A file in which nobody was found is not the one that was meant.

    Raises:
        UsageError: Nobody was found.
    """
    from grader.errors import UsageError
    from grader.report.safe import safe_text

    if not filling.filled and not filling.left:
        example = f", such as '{safe_text(filling.strangers[0], 60)}'" if filling.strangers else ""
        raise UsageError(f"{where} knows no student of the run{example}; {step}.")


def _feedback(run: Path, file: str) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Each student's feedback file in its place, and who has no participant's number.

    Raises:
        UsageError: That file is not for students, not everybody has it, or nobody has a number.
    """
    from grader.errors import UsageError
    from grader.export.moodle import feedback
    from grader.export.reading import read_report, student_folders
    from grader.report.safe import safe_text

    if file == "report.json" or "/" in file or file.startswith("."):
        raise UsageError(f"'{safe_text(file)}' is not for students; name report.txt with --file.")

    def files() -> Iterator[tuple[str, str, bytes]]:
        for folder in student_folders(run):
            student = read_report(folder / "student.json").student
            yield student, file, read(folder / file, "--file")

    placed, strangers = feedback(files())
    if not placed:
        raise UsageError(
            f"No student of the run has a participant's number, such as '{safe_text(strangers[0], 60)}'; "
            "feedback files need the ids that a Moodle download gives."
        )
    return placed, strangers


def _write_feedback(placed: list[tuple[str, bytes]], strangers: list[str], to: Path) -> None:
    from grader.release.writing import zipped
    from grader.report.safe import safe_text

    write(to, zipped(placed))
    say(to, f"feedback for {len(placed):,} of {len(placed) + len(strangers):,} students.")
    if strangers:
        named = "; ".join(safe_text(each, 60) for each in strangers[:20])
        print(f"Without a participant's number: {named}.", file=voice(to))
