"""A stand-in for the slots, so that tests of `grader grade` judge nothing; and how it refuses."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.cli.request import Request
from grader.course import Course
from grader.findings import GraderFault, MissingFile
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport, MistakeReport, TestReport
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


def exercise_report(name: str, *, good: bool, blame: Blame, output: str = "") -> ExerciseReport:
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
        output=output,
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
    """In the place of the engine: reports from the last student to the first, as slots may end.

    Attributes:
        options: What the engine was made for.
        judged: Each job that was judged: student, attempt and exercise.
        interrupt_after: So many jobs are judged before Ctrl-C; None: all.
        good: Whether an answer is right, by its source.
        mistakes: Known mistakes behind answers that are wrong.
    """

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.judged: list[tuple[str, str, str]] = []
        self.interrupt_after: int | None = None
        self.environment = ENVIRONMENT
        self.error: Exception | None = None
        self.blame = Blame.STUDENT
        self.closed = False
        self.output = ""
        self.good: Callable[[str], bool] = lambda source: True
        self.mistakes: tuple[MistakeReport, ...] = ()

    def __call__(self, course: Course, request: Request, live: Any) -> "Batch":
        self.options = vars(request) | {"course": course}
        self.judged = []
        return self

    def __enter__(self) -> "Batch":
        if self.error is not None:
            raise self.error
        return self

    def __exit__(self, *failed: object) -> None:
        self.closed = True

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        for done, job in enumerate(reversed([job for job in jobs if job is not None])):
            if done == self.interrupt_after:
                raise KeyboardInterrupt
            self.judged.append((job.student, job.attempt, job.exercise))
            good = job.bundle.problem is None and self.good(job.bundle.files[0].content.decode())
            report = exercise_report(job.exercise, good=good, blame=self.blame, output=self.output)
            if not good and job.bundle.problem is None and self.mistakes:
                named = {"verdict": Verdict.WRONG_ANSWER, "findings": (), "mistakes": self.mistakes}
                report = report.model_copy(update=named)
            yield job, report
        if self.interrupt_after is not None and not self.judged:
            raise KeyboardInterrupt


def refused(run: Any, *arguments: object) -> str:
    said = run("grade", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("grader: ")
    assert said.err.count("\n") == 1
    return str(said.err.removeprefix("grader: ").rstrip())
