"""What walling off student code costs: a worker, layer by layer, and a batch.

    python -m benchmarks.sandbox [--rounds 30] [--batch-rounds 5] [student-01 ...]

A worker is ordered, forked and confined, and answers its first call. There is a
zygote for each row of the table, with one layer more than the row above; they
take turns, so that whatever else the machine does hits all of them alike. Root
measures it again as an ordinary user. Then the same submissions are graded at
full isolation and at the level `process`, by two sets of warm judges in turn.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.overhead import CORRECT
from grader.course import Course, read_course
from grader.errors import IsolationError
from grader.sandbox.confine import STEPS
from grader.sandbox.policy import Confinement
from grader.student.launch import Zygote
from grader.verdicts import Isolation, Layer

ROOT = Path(__file__).parents[1]
ROOT_AIM_MS, USER_AIM_MS, BATCH_AIM = 4.0, 8.0, 1.15
ORDINARY = ROOT / "tests" / "grader" / "sandbox" / "ordinary.py"
PATIENCE = 60.0

Row = tuple[str, frozenset[Layer]]


# --- a worker ------------------------------------------------------------------


@dataclass
class Took:
    """Milliseconds of each round: until it is ready, until its first answer, for its end; its CPU time."""

    ready: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def rows_of(had: frozenset[Layer]) -> list[Row]:
    """A bare fork, then one layer more in each row, in the order in which a worker puts them up."""
    rows: list[Row] = [("bare fork", frozenset())]
    for layer in (layer for layer, _ in STEPS if layer in had):
        rows.append((f"+ {layer}", rows[-1][1] | {layer}))
    return rows


class FirstCall:
    """A right softmax, and what it is asked first."""

    def __init__(self, course: Course) -> None:
        import torch

        from grader.wire.caps import REQUEST_CAPS
        from grader.wire.messages import Call, EntryPoint, Load, SourceFile
        from grader.wire.packing import pack

        self.limits = course.exercise("softmax").limits
        source = (ROOT / "submissions" / "student-01" / "softmax.py").read_bytes()
        load = Load(
            1, ("softmax.py",), (SourceFile("softmax.py", source),), (EntryPoint("softmax", (), False),)
        )
        args, payload = pack((torch.ones(4, 7),), REQUEST_CAPS, keep=lambda value: None, layouts=True)
        none, _ = pack({}, REQUEST_CAPS, keep=lambda value: None, layouts=True)
        call = Call(2, None, "softmax", args, none, "cpu", False, False, None, ())
        self._batch = [(load, []), (call, payload)]

    def of(self, zygote: Zygote, turn: int, took: Took) -> None:
        """Measure one worker of a zygote."""
        # Never the terms of the last one: no worker that was kept ready may be handed out.
        limits = self.limits.model_copy(update={"file_mb": self.limits.file_mb + turn % 2})
        began = time.perf_counter()
        line = zygote.fork(limits, "cpu")
        ready = time.perf_counter()
        line.ask(self._batch)
        answers = [line.answer(time.monotonic() + PATIENCE)[0] for _ in self._batch]
        answered = time.perf_counter()
        end = zygote.end(line)
        ended = time.perf_counter()
        kinds = [type(answer).__name__ for answer in answers]
        assert kinds == ["Loaded", "Returned"], f"the worker answered {answers}"
        assert end is not None, "the zygote had to be started again"
        if turn >= 2:  # the first ones find pages that nobody has touched, or a worker kept ready
            took.ready.append((ready - began) * 1e3)
            took.answered.append((answered - began) * 1e3)
            took.ended.append((ended - answered) * 1e3)
            took.cpu.append(end.cpu_seconds * 1e3)


def measured(course: Course, rows: Sequence[Row], rounds: int) -> dict[str, Took]:
    """What a worker takes with the layers of each row, one round after the other."""
    first, took = FirstCall(course), {name: Took() for name, _ in rows}
    zygotes = {name: Zygote(warm=True, confinement=Confinement(layers)) for name, layers in rows}
    try:
        for name, layers in rows:
            if zygotes[name].posture.on != layers:
                raise SystemExit(
                    f"'{name}' has other layers alone than with the rest: {zygotes[name].posture}"
                )
        for turn in range(rounds + 2):
            for name, zygote in zygotes.items():
                first.of(zygote, turn, took[name])
    finally:
        for zygote in zygotes.values():
            zygote.close()
    return took


def workers(course: Course, rounds: int) -> None:
    """Print what each layer adds to a worker."""
    with Zygote(warm=True) as zygote:
        posture = zygote.posture
    rows = rows_of(posture.on)
    took = measured(course, rows, rounds)
    print(f"Milliseconds, medians of {rounds} workers; {busy()}.")
    print(layer_table(took))
    for missing in posture.missing:
        print(f"not here: {missing}")
    root = os.geteuid() == 0
    full, bare = took[rows[-1][0]].answered, took[rows[0][0]].answered
    aim, beyond = ROOT_AIM_MS if root else USER_AIM_MS, paired(full, bare)
    print(
        f"all layers, as {'root' if root else 'an ordinary user'}: {beyond:.1f} ms beyond a bare fork, "
        f"{min(full) - min(bare):.1f} by the fastest of each; {verdict(beyond, aim)}"
    )


def verdict(found: float, aim: float) -> str:
    """Whether what was found is within its aim."""
    return f"the aim is at most {aim:g}: {'met' if found <= aim else 'not met'}"


def paired(ours: Sequence[float], floor: Sequence[float]) -> float:
    """The median difference within a round."""
    return statistics.median(a - b for a, b in zip(ours, floor, strict=True))


def busy() -> str:
    """How busy the machine is: times of a busy one say little, CPU times a little more."""
    return f"{os.getloadavg()[0]:.1f} processes on {os.cpu_count()} cores in the last minute"


def layer_table(took: dict[str, Took]) -> str:
    """One line a row: medians and minima in milliseconds, differences within the same round."""
    head = ("layers", "ready", "answer", "min", "step", "beyond", "ratio", "end", "CPU", "beyond")
    lines = ["{:<20}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>9}{:>8}".format(*head)]
    floor = before = next(iter(took.values()))
    for name, one in took.items():
        parts = one.ready, one.answered, one.ended, one.cpu
        ready, answered, ended, cpu = (statistics.median(part) for part in parts)
        ratio = statistics.median(a / b for a, b in zip(one.answered, floor.answered, strict=True))
        lines.append(
            f"{name:<20}{ready:>8.2f}{answered:>8.2f}{min(one.answered):>8.2f}"
            f"{paired(one.answered, before.answered):>+8.2f}{paired(one.answered, floor.answered):>+8.2f}"
            f"{ratio:>8.2f}{ended:>8.2f}{cpu:>9.2f}{paired(one.cpu, floor.cpu):>+8.2f}"
        )
        before = one
    return "\n".join(lines)


# --- an ordinary user ------------------------------------------------------------


def as_ordinary_user(*arguments: str) -> str:
    """What this program prints when an ordinary user runs it; why that cannot be, in brackets."""
    command = [sys.executable, "-m", "benchmarks.sandbox", *arguments]
    done = subprocess.run(
        [sys.executable, ORDINARY, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word why"])[-1]
        return f"(an ordinary user cannot run this here: {last})"
    return done.stdout.rstrip()


# --- a batch -----------------------------------------------------------------------


def batch(course: Course, students: Sequence[str], rounds: int) -> None:
    """Print what full isolation adds to a class."""
    from grader.batch.grade import jobs_of
    from grader.batch.slots import Slots
    from grader.submission import read_folder

    found = read_folder(ROOT / "submissions", course.names, course.entry_points)
    jobs = jobs_of(course, [s for s in found.submissions if s.student in students], "benchmark")
    judges = os.cpu_count() or 1
    levels = (Isolation.PROCESS, Isolation.FULL)
    took: dict[Isolation, list[tuple[float, float]]] = {level: [] for level in levels}
    walls = {level: Confinement.demanded(level) for level in levels}
    with (
        Slots(course, course.names, "cpu", judges, walls[levels[0]]) as one,
        Slots(course, course.names, "cpu", judges, walls[levels[1]]) as other,
    ):
        for turn in range(rounds + 1):
            # Who goes first changes: what the first one leaves behind is the second one's trouble.
            for level, slots in list(zip(levels, (one, other), strict=True))[:: 1 if turn % 2 else -1]:
                times = graded(slots.run, jobs)
                if turn:  # the first round starts the judges
                    took[level].append(times)
    print(f"\nSeconds, {rounds} batches; {busy()}.")
    print(f"{'batch':<20}{'median':>8}{'min':>8}{'CPU':>8}")
    for level, times in took.items():
        wall, cpu = zip(*times, strict=True)
        print(f"{level:<20}{statistics.median(wall):>8.2f}{min(wall):>8.2f}{statistics.median(cpu):>8.2f}")
    pairs = list(zip(took[Isolation.FULL], took[Isolation.PROCESS], strict=True))
    ratio, of_cpu = (statistics.median(full[i] / process[i] for full, process in pairs) for i in (0, 1))
    print(
        f"{len(jobs)} exercises, {judges} judges: full isolation takes {ratio:.2f} times that of `process`, "
        f"{of_cpu:.2f} times its CPU time; {verdict(ratio, BATCH_AIM)}"
    )


def graded(run: Callable[[list[Any]], Iterable[object]], jobs: list[Any]) -> tuple[float, float]:
    """Seconds until all of the jobs are judged, and of CPU time of all processes below this one."""
    began, before = time.perf_counter(), cpu_seconds()
    done = sum(1 for _ in run(jobs))
    assert done == len(jobs)
    return time.perf_counter() - began, cpu_seconds() - before


def cpu_seconds() -> float:
    """What this process has used, with its descendants and theirs that have ended."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended while we were looking
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
                ticks[int(entry.name)] = sum(int(field) for field in fields[11:15])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("students", nargs="*", default=CORRECT, help=f"default: {', '.join(CORRECT)}")
    parser.add_argument("--rounds", type=int, default=30, help="workers of each row that count (default 30)")
    parser.add_argument("--batch-rounds", type=int, default=5, help="batches that count (default 5)")
    parser.add_argument("--part", choices=("workers", "batch"), help="only this")
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        raise SystemExit("not measured: only Linux can wall workers off")
    course = read_course(ROOT, staff=True)
    try:
        if options.part != "batch":
            workers(course, options.rounds)
        if options.part is None and os.geteuid() == 0:
            print(f"\n{as_ordinary_user('--part', 'workers', '--rounds', str(options.rounds))}")
        if options.part != "workers":
            batch(course, options.students, options.batch_rounds)
    except IsolationError as error:
        raise SystemExit(f"not measured: {error}") from None


if __name__ == "__main__":
    main()
