"""Judge exercises in this process: what `grader check` does.

The far side is started first, so that its import of torch runs beside the
judge's own; only then are pytest and the tests loaded. However many exercises
there are, one far side and one session of pytest serve them all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grader.student.launch import Zygote
from grader.verdicts import Visibility

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport
    from grader.submission import Bundle

Deliver = Callable[["ExerciseReport"], None]
Begin = Callable[["Job"], None]


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
    from grader.judge.job import own_job

    reports: list[ExerciseReport] = []
    job = own_job(exercise.name, bundle, companions, seed)
    check_exercises(course, [job], reports.append, device=device)
    return reports[0]


def check_exercises(
    course: Course,
    jobs: Sequence[Job],
    deliver: Deliver,
    *,
    begin: Begin | None = None,
    device: str = "cpu",
) -> None:
    """Run the visible tests of several exercises, one after the other.

    Args:
        course: The course.
        jobs: What is to be checked, in this order.
        deliver: Gets each report as soon as it is there. What it raises ends the run and is raised here.
        begin: Is told of each job before it is judged.
        device: 'cpu', 'cuda', 'auto' or 'all'.

    Raises:
        GraderError: The tests cannot be run.
    """
    with Zygote(cuda=device != "cpu") as zygote:
        from grader.judge.devices import chosen
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve

        errand = _Errand(jobs, deliver, begin)
        plugin = JudgePlugin(
            course, Visibility.VISIBLE, chosen(device), zygote, errand.next_job, errand.hand_over
        )
        tests = [course.exercise(name).visible_tests for name in dict.fromkeys(job.exercise for job in jobs)]
        serve(plugin, tests, course.root)
    if errand.failure is not None:
        raise errand.failure


class _Errand:
    """The jobs of one run, and where their reports go.

    Attributes:
        failure: What a receiver raised; pytest would take it for an error of its own.
    """

    def __init__(self, jobs: Sequence[Job], deliver: Deliver, begin: Begin | None) -> None:
        self._waiting = deque(jobs)
        self._deliver = deliver
        self._begin = begin
        self.failure: Exception | None = None

    def next_job(self) -> Job | None:
        """The next job; None when there are none left, or nobody receives them any more."""
        if self.failure is not None or not self._waiting:
            return None
        job = self._waiting.popleft()
        if self._begin is not None:
            self._begin(job)
        return job

    def hand_over(self, report: ExerciseReport) -> None:
        """Give a report to whoever waits for it."""
        try:
            self._deliver(report)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised again outside of pytest
            self.failure = error
