"""Judge one exercise in this process: what `grader check` does.

The far side is started first, so that its import of torch runs beside the
judge's own; only then are pytest and the tests loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.student.launch import Zygote
from grader.verdicts import Visibility

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.report.model import ExerciseReport
    from grader.submission import Bundle


def check_exercise(
    course: Course,
    exercise: Exercise,
    bundle: Bundle,
    *,
    device: str = "cpu",
    seed: int | None = None,
    companions: Sequence[Bundle] = (),
) -> ExerciseReport:
    """Run the visible tests of one exercise against one bundle.

    Args:
        course: The course.
        exercise: One of its exercises.
        bundle: The student's files.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        seed: Draws other inputs; None draws the same ones each time.
        companions: Bundles of exercises that this one may be used with.

    Raises:
        GraderError: The tests cannot be run.
    """
    with Zygote(cuda=device != "cpu") as zygote:
        from grader.judge.devices import chosen
        from grader.judge.job import Job
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve

        job = Job("you", exercise.name, bundle, tuple(companions), secret=f"check {seed or 0}")
        jobs: list[Job | None] = [job, None]
        reports: list[ExerciseReport] = []
        plugin = JudgePlugin(
            course, Visibility.VISIBLE, chosen(device), zygote, lambda: jobs.pop(0), reports.append
        )
        serve(plugin, [exercise.visible_tests], course.root)
    return reports[0]
