"""What a student means when she types `grader check` with a name, a file, a folder or nothing.

Whatever cannot be meant ends in one sentence that says what is there and what to type.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError, suggestion

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.desk.work import Around, Target

ENDINGS = (".py", ".ipynb")


@dataclass(frozen=True)
class Targets:
    """What is to be checked.

    Attributes:
        works: Files, each as an exercise, in the course's order.
        here: The folder that they were looked for in.
        is_own: Whether they are the files that count for whoever works in `here`.
        sentences: What was found, where that is not plain to see: one line each.
    """

    works: tuple[Target, ...]
    here: Path
    is_own: bool = True
    sentences: tuple[str, ...] = ()


def targets(course: Course, what: str | None, exercise: str | None, here: Path) -> Targets:
    """What to check.

    Args:
        course: The course.
        what: An exercise's name, a file, a folder, or None for everything that is started.
        exercise: The exercise that the file is, if its name does not tell.
        here: The folder that the command was typed in.

    Raises:
        UsageError: There is no such exercise or file, or nothing is started.
    """
    from grader.desk.work import look_around, look_in

    if what is None:
        if exercise is not None:
            raise UsageError(
                "--as says which exercise a file is; name the file: grader check FILE --as EXERCISE."
            )
        return _around(course, look_around(course, here), here, here)
    path = Path(what)
    if exercise is None and what.rstrip("/") in course.names:
        return _named(course, course.exercise(what.rstrip("/")), here)
    if exercise is None and path.is_dir():
        return _around(course, look_in(course, path.absolute()), path.absolute(), here)
    if exercise is None and not (path.suffix or "/" in what or path.exists()):
        course.exercise(what)  # raises with the near names
    return _file(course, path, exercise, here)


def _around(course: Course, around: Around, folder: Path, here: Path) -> Targets:
    """Everything that is started in a folder; in the folder of one exercise, that one."""
    from grader.desk.work import look_around

    if not around.works:
        raise UsageError(_nothing_started(course, around, folder, here))
    mine = [work for work in around.works if work.exercise.name == folder.name and work.path.parent == folder]
    works = tuple(mine) or around.works
    is_own = folder == here or all(work in look_around(course, folder).works for work in works)
    return Targets(works, folder, is_own, (*_found(works, here), *_passed_over(around, works, here)))


def _nothing_started(course: Course, around: Around, folder: Path, here: Path) -> str:
    from grader.desk.advice import shown
    from grader.report.numbers import listed

    name = course.names[0]
    if around.waiting:
        file = shown(around.waiting[0].path, here)
        return f"Nothing is filled in yet: write your code into {file}, and check again."
    where = "here" if folder == here else f"in '{shown(folder, here)}'"
    notebooks = [path.name for path in sorted(folder.glob("*.ipynb"))]
    if notebooks:
        return (
            f"Nothing {where} is an exercise: {listed(notebooks, 3)} has none of "
            f"{listed([point for points in course.entry_points.values() for point in points], 12)}; "
            f"get the first one with `grader start {name}`."
        )
    return (
        f"No exercise is started {where}; begin with `grader start {name}`, or name one: grader check {name}."
    )


def _found(works: tuple[Target, ...], here: Path) -> list[str]:
    """One line on what was found, unless it all lies in one of the usual ways."""
    from grader.desk.advice import shown
    from grader.report.numbers import listed

    ways = {shown(work.path, here).replace(work.exercise.name, "*") for work in works}
    if ways in ({"*.py"}, {"*/*.py"}):
        return []
    told: dict[str, list[str]] = {}
    for work in works:
        told.setdefault(shown(work.path, here), []).append(work.exercise.name)
    said = [
        path if Path(path).stem in names else f"{path} with {listed(names, 12)}"
        for path, names in told.items()
    ]
    return [f"Found {listed(said, 12)}."]


def _passed_over(around: Around, works: tuple[Target, ...], here: Path) -> list[str]:
    """Which file counts where there are several of one exercise."""
    from grader.desk.advice import shown
    from grader.report.numbers import listed

    said = []
    for work in works:
        others = [shown(path, here) for path in around.passed_over.get(work.exercise.name, ())]
        if others:
            said.append(
                f"{work.exercise.name} is there more than once: {shown(work.path, here)} counts, "
                f"not {listed(others, 3)}."
            )
    return said


def _named(course: Course, exercise: Exercise, here: Path) -> Targets:
    """The file of an exercise that was named."""
    from grader.desk.work import look_around, target_of
    from grader.submission.names import near

    work = target_of(exercise, course, here)
    if work is not None:
        several = _passed_over(look_around(course, here), (work,), here)
        return Targets((work,), here, sentences=tuple(several))
    guess = near(exercise.name, (path.name for path in here.iterdir() if path.is_file()), course.names)
    if guess:
        raise UsageError(
            f"There is no {exercise.name}.py here, but a '{guess}'; rename it to {exercise.name}.py."
        )
    raise UsageError(
        f"There is no {exercise.name}.py here; get it with `grader start {exercise.name}`, "
        "or name your file: grader check path/to/file.py."
    )


def _file(course: Course, path: Path, exercise: str | None, here: Path) -> Targets:
    """A file that was named, as the exercise that it is, or as all that it has something of."""
    from grader.desk.work import Target, look_around

    if not path.exists() and not path.is_symlink():
        there = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        kind = "file" if path.suffix else "file or folder"
        raise UsageError(f"There is no {kind} '{path}'.{suggestion(path.name, there)}")
    if path.suffix not in ENDINGS:
        raise UsageError(f"'{path}' is neither an exercise nor a .py or .ipynb file.")
    by_name = next((name for name in (path.stem, path.absolute().parent.name) if name in course.names), None)
    name = exercise or by_name
    exercises = (course.exercise(name),) if name else _by_content(course, path)
    works = tuple(Target(each, here / path) for each in exercises)
    around = look_around(course, here)
    sentences = () if name else tuple(_found(works, here))
    return Targets(works, here, all(work in around.works for work in works), sentences)


def _by_content(course: Course, path: Path) -> tuple[Exercise, ...]:
    """The exercises that a file of another name has something of."""
    from grader.desk.work import defined_in

    try:
        exercises = defined_in(path.read_bytes(), course)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read ({error.strerror}).") from None
    if not exercises:
        raise UsageError(
            f"Which exercise is '{path}'? Say so: grader check {path} --as EXERCISE, "
            f"where EXERCISE is one of {', '.join(course.names)}."
        )
    return exercises
