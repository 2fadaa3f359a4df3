"""A stand-in for the batch, so that tests of `grader grade` judge nothing; and how it refuses."""

from collections.abc import Iterator
from typing import Any

from grader.findings import GraderFault, MissingFile
from grader.report.model import Environment, ExerciseReport, StudentReport, TestReport
from grader.verdicts import Blame, Isolation, Verdict, Visibility

ENVIRONMENT = Environment(
    grader="1",
    python="3",
    torch="2",
    devices=("cpu",),
    isolation_level=Isolation.FULL,
    isolation=(),
    missing=(),
)


def exercise_report(name: str, *, good: bool, blame: Blame) -> ExerciseReport:
    finding = MissingFile(expected=(f"{name}.py",)) if not good else None
    test = TestReport(
        name="test_secret_name",
        title="It works",
        verdict=Verdict.PASSED if good else Verdict.MISSING,
        blame=Blame.NOBODY if good else blame,
        device="cpu",
        score=2 if good else 0,
        max_score=2,
        visibility=Visibility.HIDDEN,
        findings=() if good else (GraderFault(detail="for staff only"),),
        seconds=0.1,
        output="",
    )
    return ExerciseReport(
        name=name,
        title=name,
        verdict=test.verdict,
        score=test.score,
        max_score=2,
        files=(),
        notes=(),
        findings=(finding,) if finding else (),
        tests=(test,),
        seconds=0.1,
    )


class Batch:
    """In the place of the batch: reports from the last student to the first, as slots may end."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.interrupt_after: int | None = None
        self.environment = ENVIRONMENT
        self.error: Exception | None = None
        self.blame = Blame.STUDENT
        self.closed = False

    def __call__(
        self, course: Any, submissions: Any, *, progress: Any, **options: Any
    ) -> Iterator[StudentReport]:
        self.options = options | {"submissions": submissions, "course": course}
        if self.error is not None:
            raise self.error
        try:
            for done, submission in enumerate(reversed(submissions)):
                if done == self.interrupt_after:
                    raise KeyboardInterrupt
                exercises = tuple(
                    exercise_report(bundle.exercise, good=bundle.problem is None, blame=self.blame)
                    for bundle in submission.bundles
                )
                progress(submission.student, done + 1, len(submissions))
                yield StudentReport(
                    student=submission.student,
                    course=course.name,
                    score=sum(each.score for each in exercises),
                    max_score=sum(each.max_score for each in exercises),
                    exercises=exercises,
                    notes=submission.notes,
                    digest=submission.digest,
                    environment=self.environment,
                )
        finally:
            self.closed = True


def refused(run: Any, *arguments: object) -> str:
    said = run("grade", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("grader: ")
    assert said.err.count("\n") == 1
    return str(said.err.removeprefix("grader: ").rstrip())
