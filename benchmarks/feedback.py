"""What feedback costs: the same submissions judged with and without an explanation of what failed.

    python -m benchmarks.feedback [--rounds 2] [--mistakes 12] [EXERCISE ...]

One warm judge, as a slot of `grader grade` is one, judges each program both ways
in turn: the reference and the accepted answers (which pass), and known mistakes
(which fail). Printed are the seconds that the explanation adds to a submission,
and what a judge pays once for a class: its first failing submission has the
staff's own programs started and run. Aims: at most 1 s for one that fails, and
nothing for one that passes but the counting of its work where the exercise asks for that.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.course import Course, Exercise, read_course
from grader.course.known import known_mistakes
from grader.judge.diagnosing import Subject
from grader.judge.job import Job
from grader.judge.plugin import JudgePlugin
from grader.judge.scoring import Explanation, TestRow
from grader.judge.session import serve
from grader.judge.staff import program_bundle, solution_bundle
from grader.report.model import ExerciseReport
from grader.student.launch import Zygote
from grader.verdicts import Visibility

ROOT = Path(__file__).parents[1]
AIM = 1.0


class Timed:
    """The judge's diagnosis, timed; switched off it explains nothing."""

    def __init__(self, diagnosis: object) -> None:
        self._diagnosis = diagnosis
        self.on = True

    def __getattr__(self, name: str) -> object:
        return getattr(self._diagnosis, name)

    def prepare(self, exercise: Exercise) -> None:
        """As the diagnosis does, if it is on."""
        if self.on:
            self._diagnosis.prepare(exercise)  # type: ignore[attr-defined]

    def explain(self, subject: Subject, rows: Sequence[TestRow]) -> Explanation:
        """As the diagnosis does, if it is on."""
        return self._diagnosis.explain(subject, rows) if self.on else Explanation(rows)  # type: ignore[attr-defined]


def programs(exercise: Exercise, mistakes: int) -> Iterator[tuple[str, bytes]]:
    """Programs of one exercise with what they are: 'passes' or 'fails'."""
    folder = exercise.reference
    assert folder is not None, "the staff's course has references"
    for path in [folder / "solution.py", *sorted((folder / "accepted").glob("*.py"))[:4]]:
        yield "passes", path.read_bytes()
    known = known_mistakes(exercise)
    for mistake in known[:: max(1, len(known) // mistakes)][:mistakes]:
        yield "fails", mistake.programs[""]


def measure(course: Course, exercise: Exercise, rounds: int, mistakes: int, zygote: Zygote) -> None:
    """Judge the programs of one exercise both ways in turn, and print a line for each kind."""
    companions = tuple(solution_bundle(course.exercise(name)) for name in exercise.companions)
    work = [
        (kind, on, Job("benchmark", exercise.name, program_bundle(exercise.name, source), companions, "s"))
        for kind, source in programs(exercise, mistakes)
        for _ in range(rounds)
        for on in (False, True)
    ]
    first = next(each for each in work if each[0] == "fails" and each[1])
    todo, done = [first, *work], []
    took: list[tuple[str, bool, float]] = []
    started = time.perf_counter()

    def next_job() -> Job | None:
        nonlocal started
        if len(done) == len(todo):
            return None
        timed.on = todo[len(done)][1]
        started = time.perf_counter()
        return todo[len(done)][2]

    def deliver(report: ExerciseReport) -> None:
        kind, on, _ = todo[len(done)]
        took.append((kind, on, time.perf_counter() - started))
        done.append(report)

    plugin = JudgePlugin(course, Visibility.HIDDEN, ("cpu",), zygote, next_job, deliver)
    timed = Timed(plugin._diagnosis)
    plugin._diagnosis = timed  # type: ignore[assignment]
    assert exercise.hidden_tests is not None
    serve(plugin, [exercise.hidden_tests], course.root)
    once, pairs = took[0][2], took[1:]
    for kind in ("passes", "fails"):
        off = [seconds for what, on, seconds in pairs if what == kind and not on]
        more = [
            seconds - without
            for (what, on, seconds), (_, _, without) in zip(pairs[1::2], pairs[::2], strict=True)
            if what == kind
        ]
        print(
            f"{exercise.name:16} {kind:7} {len(off) // rounds:3} {statistics.median(off):8.2f} "
            f"{statistics.median(more):+8.3f} {max(more):+8.3f}"
            + (f"   first {once:.1f} s" if kind == "fails" else ""),
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercises", nargs="*", help="default: all")
    parser.add_argument("--rounds", type=int, default=2, help="how often each program is judged both ways")
    parser.add_argument("--mistakes", type=int, default=12, help="known mistakes of each exercise")
    options = parser.parse_args()
    course = read_course(ROOT, staff=True)
    print(f"Seconds of wall time for a submission to one exercise; aim: at most {AIM:g} more where it fails.")
    print(f"{'exercise':16} {'':7} {'n':>3} {'without':>8} {'median':>8} {'most':>8}")
    with Zygote(warm=True) as zygote:
        for name in options.exercises or course.names:
            measure(course, course.exercise(name), options.rounds, options.mistakes, zygote)


if __name__ == "__main__":
    main()
