"""Whether tests tell programs that run on any device from those that run on one.

Without CUDA everything is judged once more on the simulated device, where only two
things are sure: tensors of two devices that meet, and a result that is left behind.
Right programs are never accused of either; those of `reference/<exercise>/unportable/`
are right on the processor and must be caught. With CUDA the same programs are judged
on both devices: right ones earn full marks on both, the others only on the processor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.course import Course, Exercise
from grader.judge.job import Manner
from grader.report.model import ExerciseReport, TestReport
from grader.report.numbers import number
from grader.verdicts import Verdict
from grader.verify.judging import Trial
from grader.verify.programs import Program
from grader.verify.report import RIGHT, Claim, Row, Standing
from grader.verify.sources import shown
from grader.wire.messages import SIMULATED

BRIEFLY = Manner(explain=False, replay=False)
"""Where it fails is all that is wanted."""

CUDA = "cuda"


class Portability:
    """Compares devices for one exercise.

    Args:
        course: The course.
        exercise: The exercise.
        programs: The staff's programs for it.
        has_cuda: Whether there is a CUDA device; else it is simulated.
    """

    def __init__(
        self, course: Course, exercise: Exercise, programs: Sequence[Program], *, has_cuda: bool
    ) -> None:
        self._course = course
        self._exercise = exercise
        self._right = [each for each in programs if each.claim in RIGHT]
        self._unportable = [each for each in programs if each.claim is Claim.DEVICE]
        self._device = "both" if has_cuda else SIMULATED
        self._seen: dict[Program, ExerciseReport] = {}
        self._at_home: dict[Program, ExerciseReport] = {}

    def trials(self) -> Iterator[Trial]:
        """Each program on the other device, and those that run on one only on the processor too."""
        for program in (*self._right, *self._unportable):
            yield Trial(program, manner=BRIEFLY, device=self._device)
        for program in self._unportable:
            yield Trial(program, manner=BRIEFLY, device="cpu")

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note what came of a program on either device."""
        if trial.manner == BRIEFLY and trial.device == self._device:
            self._seen[trial.program] = report
        elif trial.manner == BRIEFLY and trial.device == "cpu":
            self._at_home[trial.program] = report

    def rows(self) -> Iterator[Row]:
        """One for each program that is taken for what it is not; else one with what was seen."""
        wrong = [*self._accused(), *self._missed()]
        yield from wrong
        if not wrong and self._seen:
            yield self._row(Standing.HOLDS, self._summary())

    def _accused(self) -> Iterator[Row]:
        for program in self._right:
            report = self._seen.get(program)
            if report is not None and (test := next(_failing(report), None)) is not None:
                codes = ", ".join(finding.code for finding in test.findings)
                sentence = f"{program.name} is right, but {test.name} on {_place(test.device)}: {codes}"
                yield self._row(Standing.FAILS, sentence, program)

    def _missed(self) -> Iterator[Row]:
        for program in self._unportable:
            home, away = self._at_home.get(program), self._seen.get(program)
            if home is not None and (test := next(_failing(home), None)) is not None:
                sentence = f"{program.what} is meant to be right on the CPU, but {test.name} fails there"
                yield self._row(Standing.FAILS, sentence, program)
            elif away is not None and not list(_failing(away)):
                place = _place(CUDA if self._device == "both" else SIMULATED)
                sentence = f"{program.what} runs on the processor only, and no test on {place} says so"
                yield self._row(Standing.FAILS, sentence, program)

    def _summary(self) -> str:
        reports = [self._seen[each] for each in self._right if each in self._seen]
        tests = [test for report in reports for test in report.tests]
        caught = f"{len(self._unportable)} that run on the processor only are caught"
        if self._device == SIMULATED:
            followed = sum(_was_followed(test) for test in tests)
            return (
                f"no CUDA here: on a simulated device {len(reports)} right programs are not accused, "
                f"{caught}; {followed} of {len(tests)} tests could be followed, the others did not run"
            )
        told = "".join(
            f", at most {number(max(shares), 2)} of what is allowed from {what}"
            for what, shares in (
                ("the reference", _known(tests, "worst_error")),
                ("the CPU", _known(tests, "apart")),
            )
            if shares
        )
        return f"{len(reports)} right programs earn full marks on CUDA as on the CPU{told}; {caught}"

    def _row(self, standing: Standing, sentence: str, program: Program | None = None) -> Row:
        return Row(
            exercise=self._exercise.name,
            claim=Claim.DEVICE,
            what=program.name if program is not None else "",
            standing=standing,
            sentence=sentence,
            file=shown(self._course, program.path) if program is not None else None,
        )


def _failing(report: ExerciseReport) -> Iterator[TestReport]:
    return (test for test in report.tests if test.verdict not in (Verdict.PASSED, Verdict.NOT_RUN))


def _known(tests: Sequence[TestReport], field: str) -> list[float]:
    return [share for test in tests if test.device == CUDA and (share := getattr(test, field)) is not None]


def _was_followed(test: TestReport) -> bool:
    """Whether a test on the simulated device came to the end of its first call."""
    return any(getattr(finding, "detail", "") == "there" for finding in test.findings)


def _place(device: str) -> str:
    return "the simulated CUDA device" if device == SIMULATED else device.upper()
