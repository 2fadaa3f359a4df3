"""`grader release`: build what a course gives to its students.

Nothing is written before it is known that nothing of the staff's is in it: the
very bytes are looked through first, as `grader verify` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.exits import FINDINGS
from grader.cli.place import place_of, progress

if TYPE_CHECKING:
    from grader.course import Course
    from grader.release import Released
    from grader.verify.report import Row


def release(
    context: typer.Context,
    to: Annotated[
        Path, typer.Option(metavar="DIR|ZIP", help="A new or empty folder, an earlier release, or a .zip.")
    ],
    install: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="What students give to `pip install` for the grader; stands in the README.",
        ),
    ] = None,
) -> None:
    """Build what your students get: exercises, course.toml without secrets, a README, nothing else.

    The same course gives the same bytes. Nothing is written if anything of the staff's is
    in it: then what and where is said, and the exit code is 1.

    \b
    Examples:
      grader release --to ~/course-2026
      grader release --to course.zip --install git+https://git.example.org/grader
    """
    from grader.release import released, slug, write_folder, write_zip

    course = place_of(context).course(staff=True)
    _refuse_inside(course, to)
    files = released(course, install)
    if wrong := list(leaks(course, files)):
        for row in wrong:
            print(f"{row.sentence}.")
        print("Nothing was written.")
        raise typer.Exit(FINDINGS)
    if to.suffix.lower() == ".zip":
        write_zip(files, to, slug(course.name))
    else:
        write_folder(files, to)
    size = sum(len(file.content) for file in files)
    print(f"{to}: {len(files)} files, {size:,} bytes, and nothing of the staff's in them.")
    if install is None:
        print("The README leaves open where students get the grader; say it with --install ADDRESS.")


def leaks(course: Course, files: Sequence[Released]) -> Iterator[Row]:
    """What of the staff's is in the files of a release."""
    from grader.verify.leaks import rows
    from grader.verify.report import Standing

    for exercise in course.exercises:
        progress(f"looking for what is the staff's: {exercise.name} ...")
        yield from (row for row in rows(course, exercise, files) if row.standing is Standing.FAILS)
    progress("")


def _refuse_inside(course: Course, to: Path) -> None:
    """A release among the exercises would be part of the next one.

    Raises:
        OutputError: It would lie there.
    """
    from grader.errors import OutputError

    if to.resolve().is_relative_to((course.root / "exercises").resolve()):
        raise OutputError(f"'{to}' lies among the course's exercises; name another place with --to.")
