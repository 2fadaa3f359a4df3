"""The course: its exercises, what they ask for, what they forbid, their limits.

`manifest` says what may stand in `course.toml` and `exercise.toml` and what a
course is once read; `course` finds and reads one. No torch, and a student's
copy of a course is read without ever looking where the staff's files would be.
"""

from grader.course.course import exercise_names, find_course, read_course
from grader.course.manifest import (
    Course,
    EntryPointSpec,
    Exercise,
    ForbiddenRule,
    IsolationDemand,
    Limits,
    Sample,
)

__all__ = [
    "Course",
    "EntryPointSpec",
    "Exercise",
    "ForbiddenRule",
    "IsolationDemand",
    "Limits",
    "Sample",
    "exercise_names",
    "find_course",
    "read_course",
]
