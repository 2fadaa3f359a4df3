"""`grader submit`: pack what a student hands in, and give her a receipt.

Her visible tests run first, and whatever comes of them is shown and stops nothing:
half a solution at midnight is better than none. What is packed is what `grade` reads.
"""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeGuard

import typer

from grader.cli.place import complete_exercise, place_of, progress
from grader.cli.voice import JSON, Plain, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course import Course
    from grader.desk.handing_in import Package, Piece
    from grader.desk.work import Around, Target
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport


def submit(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EXERCISE",
            autocompletion=complete_exercise,
            help="Which; all that you have started if none is named.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip|FOLDER", help="Where it goes: an archive, or your course's drop folder."
        ),
    ] = None,
    student: Annotated[
        str | None,
        typer.Option("--as", metavar="ID", envvar="GRADER_STUDENT", help="Who you are, for a drop folder."),
    ] = None,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Whether your tests run first.")] = True,
    plain: Plain = False,
    as_json: JSON = False,
) -> None:
    """Pack what you hand in: your files, and what they import.

    Your tests run first; whatever comes of them, the archive is made. The receipt has a
    digest of each exercise that the report on your work shows too.

    \b
    Examples:
      grader submit
      grader submit softmax conv2d
      grader submit --to homework-1.zip
      grader submit --to /srv/drop --as ada
    """
    from grader.desk.delivery import refuse_taken
    from grader.desk.handing_in import packed, pieces_of, warnings
    from grader.desk.receipts import as_json as as_document
    from grader.desk.receipts import as_lines, receipt_of
    from grader.desk.work import look_around

    here = Path.cwd()
    course = place_of(context).course(staff=False)
    who = _student(to, student)
    around = look_around(course, here)
    works = _works(course, around, exercises or [], here)
    pieces, unreadable = pieces_of(course, works, here)
    if not pieces:
        from grader.errors import UsageError

        raise UsageError(f"There is nothing to hand in. {' '.join(unreadable)}")
    package = packed(course, pieces)
    if _is_archive(to):
        refuse_taken(to, package.archive)
    voice = None if as_json else Voice(plain)
    tests = _checked(course, pieces, voice) if check else {}
    told = (*unreadable, *warnings(course, around, works, pieces, package, here))
    now = datetime.now(UTC).replace(microsecond=0)
    place = _delivered(course, package, to, who, now)
    receipt = receipt_of(package, place, now, tests, told, course=course.name, student=who)
    lines = as_lines(receipt)
    kept = _keep(lines, place if place.is_file() else Path(f"{_usual(course)}.zip"))
    if voice is None:
        print(as_document(receipt))
        return
    last = f"Handed in: {place}" if place.is_dir() else f"Now hand in {place} where your course takes it."
    for line in ["", *lines, "", last, kept]:
        voice.say(line)


def _is_archive(to: Path | None) -> TypeGuard[Path]:
    """Whether --to names an archive, and no drop folder."""
    return to is not None and to.suffix.lower() == ".zip"


def _student(to: Path | None, student: str | None) -> str | None:
    """Who hands in, asked for if a drop folder needs it.

    Raises:
        UsageError: Nobody can be asked, or there is no such folder.
    """
    from grader.desk.delivery import own_name
    from grader.errors import UsageError

    if to is None or _is_archive(to):
        return own_name(student) if student else None
    if not to.is_dir():
        raise UsageError(
            f"There is no folder '{to}'; name your course's drop folder, or an archive: --to NAME.zip."
        )
    if not student and not sys.stdin.isatty():
        raise UsageError(f"Whose work is it? Say so: grader submit --to {shlex.quote(str(to))} --as ID.")
    return own_name(student or typer.prompt("Your id in this course", err=True))


def _works(course: Course, around: Around, named: Sequence[str], here: Path) -> list[Target]:
    """What is to be handed in, in the course's order.

    Raises:
        UsageError: There is nothing, or nothing of what was named.
    """
    from grader.desk.advice import shown
    from grader.errors import UsageError

    wanted = [course.exercise(name.rstrip("/")).name for name in named]
    for name in wanted:
        if any(work.exercise.name == name for work in around.works):
            continue
        if (stub := around.of(name)) is not None:
            raise UsageError(
                f"Nothing is filled in yet in {shown(stub.path, here)}; write your code there first."
            )
        raise UsageError(f"There is no {name}.py or {name}.ipynb here; go to the folder with your work.")
    works = [work for work in around.works if not wanted or work.exercise.name in wanted]
    if not works and around.waiting:
        file = shown(around.waiting[0].path, here)
        raise UsageError(f"There is nothing to hand in yet: write your code into {file} first.")
    if not works:
        raise UsageError(
            "There is nothing to hand in here; go to the folder with your work, "
            f"or begin with `grader start {course.names[0]}`."
        )
    return works


def _checked(course: Course, pieces: Sequence[Piece], voice: Voice | None) -> dict[str, str]:
    """Run the visible tests, and say in a line each what came of them."""
    from grader.errors import GraderError
    from grader.judge.job import own_job
    from grader.judge.run import check_exercises
    from grader.report.telling import tally

    came: dict[str, str] = {}

    def begin(job: Job) -> None:
        progress(f"checking {job.exercise} ...")

    def deliver(report: ExerciseReport) -> None:
        progress("")
        came[report.name] = tally(report)
        more = "" if _is_right(report) else f"; `grader check {report.name}` says more"
        if voice is not None:
            voice.say(f"{report.name}: {came[report.name]}{more}", "" if more else "green")

    jobs = [own_job(each.work.exercise.name, each.bundle, each.companions) for each in pieces]
    progress("checking ...")
    try:
        check_exercises(course, jobs, deliver, begin=begin)
    except GraderError as error:
        progress("")
        if voice is not None:
            voice.say(f"The tests could not be run, which stops nothing: {error}")
    return came


def _is_right(report: ExerciseReport) -> bool:
    from grader.verdicts import Verdict

    return bool(report.tests) and all(test.verdict is Verdict.PASSED for test in report.tests)


def _delivered(course: Course, package: Package, to: Path | None, student: str | None, now: datetime) -> Path:
    """Put the package where it goes."""
    from grader.desk.delivery import drop, free_place, put_archive

    if to is None or _is_archive(to):
        place = to or free_place(Path(), _usual(course), package.archive)
        put_archive(place, package.archive)
        return place
    assert student is not None, "it was asked for"
    return drop(package.files, to, student, now)


def _usual(course: Course) -> str:
    """What an archive is called if nobody says, without its ending."""
    from grader.release import slug

    return f"{slug(course.name)}-submission"


def _keep(lines: Sequence[str], beside: Path) -> str:
    """Write the receipt, and say where; without one all the same, what is handed in is handed in."""
    from grader.desk.delivery import put_receipt
    from grader.errors import OutputError

    text = "".join(f"{line}\n" for line in lines)
    try:
        return f"Receipt: {put_receipt(beside, text.encode())}"
    except OutputError as error:
        return f"The receipt is only here: {error}"
