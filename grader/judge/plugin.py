"""The pytest plugin: fixtures for test authors, and the loop over jobs.

pytest collects once; instead of running what it collected once, the plugin's
run loop takes job after job, runs that exercise's tests against that student's
worker, and delivers an `ExerciseReport`. It relies on pytest's public hooks.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import torch

from grader.checks.digits import Digits, load_digits
from grader.checks.draw import Draw, seed_for
from grader.checks.reference import Reference
from grader.compare.samples import Sample, recording
from grader.compare.shares import noting
from grader.course import Course, Exercise
from grader.diagnosis.agreement import Record
from grader.diagnosis.smallest import in_haste
from grader.errors import CourseError, GraderError
from grader.judge import direct
from grader.judge.devices import is_there, torch_name
from grader.judge.diagnosing import EXPLAINED, Diagnosis, Subject
from grader.judge.job import Job
from grader.judge.job_in_hand import JobInHand
from grader.judge.notebooks import notebook_use
from grader.judge.outcome import (
    NOT_REPLAYED,
    PASSED,
    Outcome,
    after_reload,
    after_replay,
    classify,
    conclusive,
    may_be_an_accident,
)
from grader.judge.recognising import SHARED
from grader.judge.scoring import (
    Explanation,
    TestRow,
    compared,
    exercise_report,
    partly_written,
    points_of,
    title_of,
)
from grader.judge.staff import Staff
from grader.report.model import ExerciseReport
from grader.student.conditions import USUAL, Conditions
from grader.student.launch import Zygote
from grader.student.proxy import Student, StudentFailed
from grader.verdicts import Verdict, Visibility
from grader.wire.messages import SIMULATED

_clock = time.monotonic

HASTY_SECONDS = 2.0
"""What a call of a job in haste may take: the slowest of a reference takes tenths of it."""


@dataclass(frozen=True)
class Attempt:
    """One run of one test, and all that was seen of it."""

    outcome: Outcome
    output: str = ""
    samples: tuple[Sample, ...] = ()
    shares: tuple[float, ...] = ()


class JudgePlugin:
    """Runs the collected tests for each job of `jobs` and delivers a report for each.

    Attributes:
        problem: Why the grader itself could not go on, if it could not.
        dtype: torch's default dtype on the far side, which tests are to have too.
    """

    def __init__(
        self,
        course: Course,
        visibility: Visibility,
        devices: Sequence[str],
        zygote: Zygote,
        jobs: Callable[[], Job | None],
        deliver: Callable[[ExerciseReport], None],
        staff: Staff | None = None,
        conditions: Conditions = USUAL,
    ) -> None:
        self._course = course
        self._visibility = visibility
        self._devices = tuple(devices)
        self._present = tuple(d for d in devices if is_there(d))
        self._zygote = zygote
        self._jobs = jobs
        self._deliver = deliver
        self._references: dict[str, Reference] = {}
        self._digits: Digits | None = None
        self._run: JobInHand | None = None
        self._outcome: Outcome = PASSED
        self._plain: dict[pytest.Item, tuple[str, ...]] = {}
        self._makers: direct.Makers = {
            "student": lambda item: self._current.student,
            "reference": lambda item: self._oracle(),
            "rng": self._draw,
            "digits": lambda item: self._images(),
            "device": lambda item: torch_name(device_of(item)),
        }
        self._diagnosis = Diagnosis(staff or Staff(course, conditions=conditions), self._trial)
        self.problem: GraderError | None = None
        self.dtype: torch.dtype = getattr(torch, conditions.dtype)

    # --- pytest's hooks -------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the marker that `points` uses."""
        config.addinivalue_line("markers", "points(value, numeric=True): what a hidden test is worth")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One row for each device asked for, for every test that meets the student."""
        if "device" in metafunc.fixturenames:
            metafunc.parametrize("device", self._devices, indirect=True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember the first file that cannot be collected."""
        if report.failed and self.problem is None:
            reason = str(report.longrepr).strip().splitlines()[-1].removeprefix("E").strip()
            self.problem = CourseError(f"{report.nodeid} cannot be collected: {reason}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take jobs until there are none, or until the grader itself cannot go on."""
        items: dict[Path, list[pytest.Item]] = {}
        for item in session.items:
            items.setdefault(item.path, []).append(item)
        if self._visibility is Visibility.HIDDEN:  # what a visible test's assert compared, pytest finds out
            own = frozenset({*self._makers, "_seeded"})
            asked = ((item, direct.arguments(item, __name__, own)) for item in session.items)
            self._plain = {item: names for item, names in asked if names is not None}
        try:
            while self.problem is None and (job := self._jobs()) is not None:
                exercise = self._course.exercise(job.exercise)
                self._deliver(self._judge(job, exercise, items.get(self._tests_of(exercise), [])))
        except GraderError as error:
            self.problem = error
        finally:
            self._diagnosis.close()
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a phase of a test raised into its outcome; the first one counts."""
        report = yield
        if call.excinfo is not None and self._outcome is PASSED:
            self._outcome = self._classified(call.excinfo.value, item)
        return report

    # --- fixtures ---------------------------------------------------------------

    @pytest.fixture
    def device(self, request: pytest.FixtureRequest) -> str:
        """What torch calls the device under test."""
        return torch_name(request.param)

    @pytest.fixture
    def student(self, device: str) -> Iterator[Student]:
        """The far side: call the student's functions on it."""
        student = self._current.student
        yield student
        student.settle()  # what the test asked for last may fail, too

    @pytest.fixture
    def reference(self) -> Reference:
        """The float64 oracle; hidden tests only."""
        return self._oracle()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Draw:
        """Inputs drawn for this student and this test; the same on every device."""
        return self._draw(request.node)

    @pytest.fixture
    def digits(self) -> Digits:
        """The UCI handwritten digits, split into train and test."""
        return self._images()

    @pytest.fixture(autouse=True)
    def _seeded(self, request: pytest.FixtureRequest) -> None:
        """Global generators start each test the same, so that references are reproducible."""
        self._seed(request.node)

    # --- what fixtures give -------------------------------------------------------

    def _oracle(self) -> Reference:
        exercise = self._current.exercise
        if exercise.reference is None or self._visibility is Visibility.VISIBLE:
            raise CourseError(
                f"A visible test of {exercise.name} asks for the reference; only hidden tests may."
            )
        if exercise.name not in self._references:
            self._references[exercise.name] = Reference(exercise.reference)
        return self._references[exercise.name]

    def _draw(self, item: pytest.Function) -> Draw:
        job = self._current.job
        return Draw(seed_for(*self._whose, job.exercise, item.originalname))

    def _images(self) -> Digits:
        if self._digits is None:
            self._digits = load_digits(self._course.root / "exercises" / "data" / "digits.csv.gz")
        return self._digits

    @property
    def _whose(self) -> tuple[str, ...]:
        """What inputs are drawn for, besides the test: a student, or for an explanation something else."""
        job, draw = self._current.job, self._current.draw
        if draw == SHARED:
            return (SHARED,)  # no mark hangs on it, so that the secret need not be in it
        return (job.secret, job.student, draw) if draw else (job.secret, job.student)

    def _seed(self, item: pytest.Function) -> None:
        job = self._current.job
        seed = seed_for("global", *self._whose, job.exercise, item.originalname)
        # Not torch.manual_seed: for each kind of device that has not been used yet it writes down
        # the whole stack, which costs 1 ms a test. The reference runs on the CPU.
        torch.default_generator.manual_seed(seed)
        random.seed(seed)

    # --- one job ------------------------------------------------------------------

    @property
    def _current(self) -> JobInHand:
        assert self._run is not None, "a test runs only while a job is judged"
        return self._run

    def _tests_of(self, exercise: Exercise) -> Path:
        path = exercise.visible_tests if self._visibility is Visibility.VISIBLE else exercise.hidden_tests
        return path if path is not None else Path()

    def _judge(self, job: Job, exercise: Exercise, items: Sequence[pytest.Item]) -> ExerciseReport:
        started = _clock()
        if SIMULATED in self._devices:
            exercise = in_haste(exercise)  # one call says most of what there is to learn
        elif job.manner.in_haste:
            exercise = in_haste(exercise, HASTY_SECONDS, exercise.limits.exercise_seconds)
        unloaded = self._open(job, exercise)
        if unloaded is not None and job.manner.replay and may_be_an_accident(unloaded):
            self._current.student.close()
            unloaded = after_reload(unloaded, self._open(job, exercise))  # before anyone is blamed
        try:
            rows = {row.item: row for row in self._rows(ordered(items, job.manner.order), unloaded)}
            explained = self._explained(partly_written(compared([rows[item] for item in items])))
            notebook = notebook_use(self._current.student.cells_used())
        finally:
            self._current.student.close()
            self._run = None
        present, seconds = self._present or self._devices, _clock() - started
        return exercise_report(exercise, job.bundle, unloaded, explained, present, seconds, notebook)

    def _explained(self, rows: Sequence[TestRow]) -> Explanation:
        """What is known of the rows, where there is a reference to compare with."""
        run = self._current
        hidden = self._visibility is Visibility.HIDDEN and run.exercise.reference is not None
        if not (hidden and run.job.manner.explain):
            return Explanation(rows)
        again = partial(self._student, run.job)
        subject = Subject(run.exercise, run.student, again, self._oracle(), self._devices)
        return self._diagnosis.explain(subject, rows)

    def _student(self, job: Job, exercise: Exercise) -> Student:
        companions = [(self._course.exercise(bundle.exercise), bundle) for bundle in job.companions]
        return Student(self._zygote, exercise, job.bundle, companions=companions)

    def _open(self, job: Job, exercise: Exercise) -> Outcome | None:
        """Make the job's student the current one; None if the submission loads, else why not."""
        student = self._student(job, exercise)
        self._run = JobInHand(job, exercise, student)
        student.begin_test(self._present[0] if self._present else "cpu", "loading")
        try:
            student.load()
        except StudentFailed as failure:
            return classify(failure, visible=self._visibility is Visibility.VISIBLE)
        return None

    def _rows(self, items: Sequence[pytest.Item], unloaded: Outcome | None) -> Iterator[TestRow]:
        for item in items:
            device = device_of(item)
            started = _clock()
            excuse = self._current.excuse(device, self._present, unloaded)
            came = Attempt(excuse) if excuse is not None else self._decide(item, device)
            if excuse is None:
                self._note(item, came.outcome.verdict)
            seconds = _clock() - started
            yield TestRow(
                item,
                device,
                self._visibility,
                came.outcome,
                came.output,
                seconds,
                came.samples,
                came.shares,
            )

    def _note(self, item: pytest.Item, verdict: Verdict) -> None:
        run = self._current
        run.note(verdict, counts=self._visibility is Visibility.VISIBLE or points_of(item) > 0)
        if verdict in EXPLAINED and run.job.manner.explain:
            self._diagnosis.prepare(run.exercise)

    def _decide(self, item: pytest.Item, device: str) -> Attempt:
        """Run a test, and once more in a fresh worker before anyone is blamed."""
        first = self._attempt(item, device)
        if device == SIMULATED:
            first = replace(first, outcome=conclusive(first.outcome))
        if first.outcome.verdict in NOT_REPLAYED or not self._current.may_replay(first.outcome.verdict):
            return first
        self._current.student.restart()
        second = self._attempt(item, device)
        outcome = after_replay(first.outcome, second.outcome)
        return replace(second if outcome is second.outcome else first, outcome=outcome)

    def _attempt(self, item: pytest.Item, device: str) -> Attempt:
        self._outcome = PASSED
        student = self._current.student
        student.begin_test(device, title_of(item))
        with recording() as samples, noting() as shares:
            try:
                if isinstance(item, pytest.Function) and item in self._plain:
                    self._call(item)
                else:
                    # No next item: whether it runs is not known yet, and what pytest keeps set up for one
                    # that never runs is in the way of the next exercise.
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            finally:
                output = student.end_test()
        return Attempt(self._outcome, output, tuple(samples), tuple(shares))

    def _trial(self, student: Student, item: pytest.Item, draw: str) -> Record:
        """What a test sees of `student`, who may be a program of the staff's, on another draw of inputs."""
        run = self._current
        self._run = replace(run, student=student, draw=draw)
        try:
            attempt = self._attempt(item, device_of(item))
        finally:
            self._run = run
        return Record(attempt.outcome.verdict is Verdict.PASSED, attempt.samples, attempt.outcome.findings)

    def _call(self, item: pytest.Function) -> None:
        """Run a plain test: as pytest's protocol would, less its bookkeeping."""
        student = self._current.student
        self._seed(item)
        error = direct.call(item, self._plain[item], self._makers)
        try:
            student.settle()  # what the test asked for last may fail, too
        except Exception as failure:  # noqa: BLE001 - as in a test, whatever it is
            error = error or failure
        if error is not None:
            self._outcome = self._classified(error, item)

    def _classified(self, error: BaseException, item: pytest.Item) -> Outcome:
        return classify(error, visible=self._visibility is Visibility.VISIBLE, test_file=item.path)


def ordered(items: Sequence[pytest.Item], order: int | str | None) -> Sequence[pytest.Item]:
    """`items` in the order in which they run: as they are, 'backwards', or shuffled with a seed."""
    if order is None:
        return items
    if order == "backwards":
        return items[::-1]
    return [items[i] for i in Draw(int(order)).permutation(len(items)).tolist()]


def device_of(item: pytest.Item) -> str:
    """The device that a row of a test is for; one that never meets the student is for any."""
    callspec = getattr(item, "callspec", None)
    device: str = "cpu" if callspec is None else callspec.params.get("device", "cpu")
    return device
