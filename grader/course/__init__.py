"""The course: its exercises, what they ask for, what they forbid, their limits.

`manifest` says what may stand in `course.toml` and `exercise.toml` and what a
course is once read; `course` finds and reads one; `policy` is what was agreed
on dates and weights, and `terms` reads it. No torch, and a student's
copy of a course is read without ever looking where the staff's files would be.
"""

from grader.course.course import exercise_names, find_course, read_course
from grader.course.manifest import (
    Course,
    EntryPointSpec,
    Exercise,
    ForbiddenRule,
    Hint,
    IsolationDemand,
    Limits,
    Sample,
)
from grader.course.policy import Attempts, Due, Late, LateShare, Policy

__all__ = [
    "Attempts",
    "Course",
    "Due",
    "EntryPointSpec",
    "Exercise",
    "ForbiddenRule",
    "Hint",
    "IsolationDemand",
    "Late",
    "LateShare",
    "Limits",
    "Policy",
    "Sample",
    "exercise_names",
    "find_course",
    "read_course",
]
