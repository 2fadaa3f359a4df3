"""From outcomes to rows and scores.

A test earns all of its points or none. Where a test runs on several devices its
points are split evenly over the devices that are there, so that rows add up;
a row for a device that is not there has no points and takes none. The work of
right answers has rows of its own where points hang on it (see `grader.judge.work`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from grader.compare.devices import apart
from grader.compare.samples import Sample
from grader.course import Exercise
from grader.findings import Efficiency, Finding, NotImplementedYet, NotRun, ValuesDiffer
from grader.judge.outcome import Outcome
from grader.report.model import ExerciseReport, MistakeReport, TestReport
from grader.report.notebook_use import NotebookUse
from grader.submission import Bundle
from grader.verdicts import Verdict, Visibility, worst


@dataclass(frozen=True)
class TestRow:
    """One test on one device, and what came of it."""

    __test__ = False  # the name looks like a test class to pytest

    item: pytest.Item
    device: str
    visibility: Visibility
    outcome: Outcome
    output: str
    seconds: float
    samples: tuple[Sample, ...] = ()
    shares: tuple[float, ...] = ()
    apart: float | None = None

    @property
    def worst_error(self) -> float | None:
        """The largest error as a share of what is allowed; None where that does not say what is wrong."""
        if not all(isinstance(finding, ValuesDiffer) for finding in self.outcome.findings):
            return None
        return max(self.shares) if self.shares and all(map(math.isfinite, self.shares)) else None

    @property
    def test(self) -> str:
        """The test's function; the same on every device."""
        return self.item.name.partition("[")[0]


@dataclass(frozen=True)
class WorkRow:
    """The work of an entry point, as a test on one device, and what came of it.

    Counted on the CPU whatever the device is: operators are the same on all.
    """

    entry_point: str
    device: str
    points: float
    outcome: Outcome
    seconds: float


@dataclass(frozen=True)
class Explanation:
    """What is known of an exercise beyond its verdicts.

    Attributes:
        rows: Its tests, their findings with what explains them.
        mistakes: Known mistakes that were recognised.
        efficiency: Work that could be spared, where no points hang on it.
        counted: Entry points whose work was counted.
        work: Rows for the work on which points hang.
    """

    rows: Sequence[TestRow]
    mistakes: tuple[MistakeReport, ...] = ()
    efficiency: tuple[Efficiency, ...] = ()
    counted: tuple[str, ...] = ()
    work: Sequence[WorkRow] = ()


def compared(rows: Sequence[TestRow]) -> list[TestRow]:
    """The rows, those of other devices with how far they are from the CPU's."""
    at_home = {row.test: row for row in rows if row.device == "cpu"}
    return [
        replace(row, apart=apart(at_home[row.test].samples, row.samples))
        if row.device != "cpu" and row.test in at_home
        else row
        for row in rows
    ]


def title_of(item: pytest.Item) -> str:
    """The first line of a test's docstring, without its full stop: what students read."""
    doc = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip()
    return doc.partition("\n")[0].rstrip(".") or item.name.partition("[")[0].removeprefix("test_").replace(
        "_", " "
    )


def points_of(item: pytest.Item) -> float:
    """What the test's `points` marker says; 1 for a hidden test without one."""
    marker = item.get_closest_marker("points")
    return float(marker.args[0]) if marker else 1.0


def _is_numeric(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("points")
    return bool(marker.kwargs.get("numeric", True)) if marker else True


def partly_written(rows: Sequence[TestRow]) -> list[TestRow]:
    """The rows; what is not implemented is so in part where other calls of the same function returned."""
    samples = (sample for row in rows for sample in row.samples)
    returned = {sample.name for sample in samples if sample.claim != "refusal"}

    def told(finding: Finding) -> Finding:
        if isinstance(finding, NotImplementedYet) and finding.name in returned:
            return finding.model_copy(update={"partly": True})
        return finding

    return [
        replace(row, outcome=replace(row.outcome, findings=tuple(map(told, row.outcome.findings))))
        for row in rows
    ]


def exercise_report(
    exercise: Exercise,
    bundle: Bundle,
    unloaded: Outcome | None,
    explained: Explanation,
    present: Sequence[str],
    seconds: float,
    notebook: NotebookUse | None = None,
) -> ExerciseReport:
    """Sum up one exercise of one student.

    Args:
        exercise: The exercise.
        bundle: What was handed in for it.
        unloaded: Why the submission could not be loaded, or None.
        explained: Its tests, in the order of the file, and what is known of them.
        present: The devices over which points are split.
        seconds: Wall time of the whole.
        notebook: Which cells were used, if it was loaded from a notebook.
    """
    tests = (
        *(_test_report(row, present) for row in explained.rows),
        *(_work_report(row, present) for row in explained.work),
    )
    return ExerciseReport(
        name=exercise.name,
        title=exercise.title,
        verdict=unloaded.verdict if unloaded else _verdict(tests),
        score=math.fsum(test.score for test in tests),
        max_score=math.fsum(test.max_score for test in tests),
        files=tuple(file.name for file in bundle.files),
        digest=bundle.digest,
        notes=bundle.notes,
        notebook=notebook,
        findings=unloaded.findings if unloaded else (),
        tests=tests,
        mistakes=explained.mistakes,
        efficiency=explained.efficiency,
        counted=explained.counted,
        seconds=seconds,
    )


def _test_report(row: TestRow, present: Sequence[str]) -> TestReport:
    worth = points_of(row.item) if row.visibility is Visibility.HIDDEN else 0.0
    worth = worth / len(present) if row.device in present else 0.0
    return TestReport(
        name=row.test,
        title=title_of(row.item),
        verdict=row.outcome.verdict,
        blame=row.outcome.blame,
        device=row.device,
        score=worth if row.outcome.verdict is Verdict.PASSED else 0.0,
        max_score=worth,
        visibility=row.visibility,
        numeric=_is_numeric(row.item),
        worst_error=row.worst_error,
        apart=row.apart,
        findings=row.outcome.findings,
        seconds=row.seconds,
        output=row.output,
    )


def _work_report(row: WorkRow, present: Sequence[str]) -> TestReport:
    worth = row.points / len(present) if row.device in present else 0.0
    return TestReport(
        name=f"efficiency_{row.entry_point}",
        title=f"{row.entry_point} does no more work than it needs",
        verdict=row.outcome.verdict,
        blame=row.outcome.blame,
        device=row.device,
        score=worth if row.outcome.verdict is Verdict.PASSED else 0.0,
        max_score=worth,
        visibility=Visibility.HIDDEN,
        findings=row.outcome.findings,
        seconds=row.seconds,
        output="",
    )


def _verdict(tests: Sequence[TestReport]) -> Verdict:
    """The gravest verdict, rows for absent devices and informational tests aside."""
    counted = [
        t.verdict for t in tests if not _absent(t) and (t.max_score or t.visibility is Visibility.VISIBLE)
    ]
    return worst(counted)


def _absent(test: TestReport) -> bool:
    return any(isinstance(finding, NotRun) and finding.reason == "no-cuda" for finding in test.findings)
