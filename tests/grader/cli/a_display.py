"""A clock, jobs and reports for tests of what `grade` shows: nothing is judged and no time passes."""

from grader.judge.job import Job
from grader.report.model import ExerciseReport
from grader.submission import Bundle
from grader.verdicts import Verdict


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def job(student: str, exercise: str = "softmax", attempt: str = "") -> Job:
    return Job(student, exercise, Bundle(exercise, (), (), (), None), attempt=attempt)


def report(seconds: float) -> ExerciseReport:
    return ExerciseReport(
        name="softmax",
        title="Softmax",
        verdict=Verdict.PASSED,
        score=0,
        max_score=0,
        files=(),
        notes=(),
        findings=(),
        tests=(),
        seconds=seconds,
    )
