"""One round of `grader check`: what is said of each exercise, and what is remembered of it.

What passes gets one line and what fails is told in full; of an exercise alone, each
test gets a line. The last line says what to do next. Only a student's own files, those
that count in the folder that she works in, are remembered and lead to a next step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.cli.exits import COULD_NOT, FINDINGS

if TYPE_CHECKING:
    from grader.cli.targets import Targets
    from grader.cli.voice import Voice
    from grader.course import Course
    from grader.desk.progress import Progress
    from grader.desk.standing import Standing
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport


def exit_code(report: ExerciseReport) -> int:
    """0 if all that could run passed, 1 if the student has something to mend, 2 if it is on our side."""
    from grader.desk.progress import is_finished
    from grader.verdicts import Blame

    if any(test.blame in (Blame.GRADER, Blame.OPERATOR, Blame.EXERCISE) for test in report.tests):
        return COULD_NOT
    return 0 if is_finished(report) else FINDINGS


@dataclass
class Round:
    """One round of checking.

    Attributes:
        course: The course.
        found: What is checked.
        voice: Who says what came of it; None where a program reads.
        reports: What came of it so far.
    """

    course: Course
    found: Targets
    voice: Voice | None
    reports: list[ExerciseReport] = field(default_factory=list)
    _progress: Progress | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing may be drawn over on the terminal."""
        return self.voice is not None and self.voice.plain

    @property
    def code(self) -> int:
        """How the command ends: the gravest of all exercises."""
        return max(map(exit_code, self.reports))

    def begin(self) -> None:
        """Open what is remembered, and say what was found where that is not plain to see."""
        said = [*self.found.sentences]
        if self.found.is_own:
            from grader.desk.progress import Progress, progress_folder

            self._progress = Progress(progress_folder(self.course, self.found.here))
            said += [self._progress.problem] if self._progress.problem else []
        for sentence in said:
            self._say(sentence, "dim")

    def take(self, report: ExerciseReport, job: Job) -> None:
        """Say what came of an exercise, and remember it."""
        self._tell(report)
        self.reports.append(report)
        if self._progress is None or exit_code(report) == COULD_NOT:
            return
        if self._progress.record(report, job.bundle.digest, datetime.now(UTC)):
            from grader.desk.advice import celebration

            self._say(celebration(self._standings(), report.name), "bold green")

    def end(self) -> None:
        """Say what to do next."""
        if self._progress is None or self.voice is None or self.code == COULD_NOT:
            return
        from grader.desk.advice import advice, what_next

        standings, here = self._standings(), self.found.here
        failed = next((report.name for report in self.reports if exit_code(report)), None)
        if failed is not None:
            lines = advice(next(each for each in standings if each.exercise.name == failed), here)
        else:
            lines = what_next(standings, here, self.reports[-1].name)
        self._say()
        for line in lines:
            self._say(line, "bold")

    def _tell(self, report: ExerciseReport) -> None:
        from grader.verdicts import Verdict

        if self.voice is None:
            return
        alone = len(self.found.works) == 1
        right = bool(report.tests) and all(test.verdict is Verdict.PASSED for test in report.tests)
        if right and not alone and not (report.notes or report.efficiency):
            self.voice.passed(report)
            return
        if self.reports or self.found.sentences:
            self.voice.say()
        self.voice.report(report, each_test=alone)
        if not alone and len(self.reports) + 1 < len(self.found.works):
            self.voice.say()

    def _say(self, sentence: str = "", style: str = "") -> None:
        if self.voice is not None:
            self.voice.say(sentence, style)

    def _standings(self) -> tuple[Standing, ...]:
        from grader.desk.standing import standings
        from grader.desk.work import look_around

        assert self._progress is not None, "only a student's own files lead to a next step"
        return standings(self.course, look_around(self.course, self.found.here), self._progress)
