"""What lies around a student who is being watched over, looked at anew each time.

A `Glance` is all of it at one moment: the course as its files say now, her work on
the exercise that she is at, and which files of other exercises there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Course, Exercise
from grader.desk.current import CurrentCourse
from grader.desk.latest import Work
from grader.desk.standing import Stage, Standing, standings
from grader.desk.work import Around, Target, bundles_of, files_of, look_around, places

if TYPE_CHECKING:
    from grader.desk.progress import Progress


@dataclass(frozen=True)
class Glance:
    """What lies around a student at one moment.

    Attributes:
        course: The course.
        exercise: The exercise that she is at.
        work: What she has for it, if anything.
        stamps: For each exercise of which a file is there, what changes when it is saved.
    """

    course: Course
    exercise: Exercise
    work: Work | None
    stamps: dict[str, object]


class Surroundings:
    """What lies around a student.

    Args:
        course: The course.
        here: The folder that she works in.
        pinned: The file that she named, if she did: it is that exercise, whatever else is there.
    """

    def __init__(self, course: Course, here: Path, pinned: Target | None = None) -> None:
        self._course = CurrentCourse(course)
        self._here = here
        self._pinned = pinned

    def glance(self, name: str) -> Glance:
        """What is there now, for a student who is at the exercise called `name`.

        Raises:
            GraderError: The course's files are not as they must be.
        """
        course = self._course.now()
        around = look_around(course, self._here)
        exercise = course.exercise(name)
        targets = [self._target(each, course, around) for each in course.exercises]
        stamps = {target.exercise.name: _stamp(target.path) for target in targets if target is not None}
        return Glance(course, exercise, self._work(self._target(exercise, course, around), course), stamps)

    def standings(self, progress: Progress) -> tuple[Standing, ...]:
        """How far she is with every exercise.

        Raises:
            GraderError: The course's files are not as they must be.
        """
        course = self._course.now()
        return standings(course, look_around(course, self._here), progress)

    def is_own(self, work: Work) -> bool:
        """Whether some work is what counts for her, and not a draft that she named."""
        if self._pinned is None or self._pinned.exercise.name != work.exercise.name:
            return True
        counts = look_around(self._course.now(), self._here).of(work.exercise.name)
        return counts is None or counts.path.absolute() == work.path.absolute()

    def folders(self) -> Iterator[Path]:
        """Where files are whose change matters: hers, those of `grader start`, and the tests that she has."""
        course = self._course.now()
        if self._pinned is not None:
            yield self._pinned.path.absolute().parent
        for place in places(course, self._here):
            yield place
            yield from (place / name for name in course.names)
        yield course.root
        yield from (exercise.folder for exercise in course.exercises)

    def _target(self, exercise: Exercise, course: Course, around: Around) -> Target | None:
        if self._pinned is not None and self._pinned.exercise.name == exercise.name:
            return Target(exercise, self._pinned.path) if self._pinned.path.is_file() else None
        if (found := around.of(exercise.name)) is not None:
            return found
        paths = files_of(exercise, course, self._here)  # in place, and nothing is filled in
        return Target(exercise, paths[0]) if paths else None

    def _work(self, target: Target | None, course: Course) -> Work | None:
        if target is None:
            return None
        bundle, companions = bundles_of(course, target, self._here)
        try:
            tests = target.exercise.visible_tests.read_bytes()
        except OSError:
            tests = b""  # whoever collects them says what is wrong
        return Work(target.exercise, target.path, bundle, companions, tests)


def first_of(standings: tuple[Standing, ...]) -> str:
    """The exercise to begin with: the first that is started and not done, else one to be filled in."""
    for stages in ((Stage.STARTED, Stage.CHECKED, Stage.FINISHED), (Stage.LAID_OUT,), tuple(Stage)):
        for standing in standings:
            if standing.stage in stages and not standing.is_done:
                return standing.exercise.name
    return standings[0].exercise.name


def _stamp(path: Path) -> object:
    try:
        seen = path.stat()
    except OSError:
        return None
    return (path, seen.st_mtime_ns, seen.st_size)
