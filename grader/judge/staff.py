"""A far side of the staff's own: programs of the course run there, and never a student's.

Known mistakes are called exactly as submissions are, so that both can be
compared answer by answer; but in processes that share nothing with those of any
student. It is started when it is first needed: a class without a wrong answer
never pays for it.
"""

from __future__ import annotations

from grader.course import Course, Exercise
from grader.errors import CourseError
from grader.student.conditions import USUAL, Conditions
from grader.student.launch import Zygote
from grader.student.proxy import Student
from grader.submission import Bundle, SubmittedFile


def program_bundle(exercise: str, source: bytes) -> Bundle:
    """A program of the staff's as if somebody had handed it in."""
    name = f"{exercise}.py"
    return Bundle(exercise, (name,), (SubmittedFile(name, source),), (), None)


def solution_bundle(exercise: Exercise) -> Bundle:
    """The reference solution as if somebody had handed it in.

    Raises:
        CourseError: There is none, or it cannot be read.
    """
    if exercise.reference is None:
        raise CourseError(f"{exercise.name} has no reference here.")
    path = exercise.reference / "solution.py"
    try:
        return program_bundle(exercise.name, path.read_bytes())
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error


class Staff:
    """Runs programs of the staff's.

    Args:
        course: The course.
        zygote: What forks its workers, and stays the caller's; by default one of its own.
        conditions: What the workers of its own find: the same as students', so that answers can be compared.
    """

    def __init__(self, course: Course, zygote: Zygote | None = None, conditions: Conditions = USUAL) -> None:
        self._course = course
        self._conditions = conditions
        self._lent = zygote is not None
        self._zygote = zygote

    def start(self) -> Zygote:
        """Begin to start, without waiting, unless that was done."""
        if self._zygote is None:
            self._zygote = Zygote(warm=True, conditions=self._conditions)
        return self._zygote

    def program(self, exercise: Exercise, source: bytes) -> Student:
        """A program that stands for a student; its companions are the references."""
        companions = [self._course.exercise(name) for name in exercise.companions]
        return Student(
            self.start(),
            exercise,
            program_bundle(exercise.name, source),
            companions=[(each, solution_bundle(each)) for each in companions],
        )

    def close(self) -> None:
        """End all of it."""
        if self._zygote is not None and not self._lent:
            self._zygote.close()
            self._zygote = None
