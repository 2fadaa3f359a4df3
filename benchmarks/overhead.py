"""What grading costs beside the bare compute of the same calls.

    python -m benchmarks.overhead [--rounds 5] [student-01 ...]

For each correct submission of the sample class: one warm judge grades its six
exercises, as a slot of `grader grade` does, and every request that goes over
the wire is recorded. Then a plain process replays the calls among them
directly on the student's functions: no wire, no observer, no pytest, no
references, no loading. Both take turns in one run; medians are printed.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CORRECT = ("student-01", "student-02", "student-03", "student-04", "student-05")
RATIO_AIM, FIXED_AIM_MS = 1.5, 100.0

Frames = list[bytes]


# --- the bare side ------------------------------------------------------------


class Player:
    """Replays recorded requests on a student's functions, and times nothing but the calls."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._loaded: dict[bytes, dict[str, Any]] = {}

    def replay(self, recorded: Sequence[Frames]) -> tuple[float, float, int]:
        """Wall and CPU milliseconds of all calls of a submission, and how many there were."""
        wall = cpu = calls = 0
        for frames in recorded:
            for took_wall, took_cpu in self._exercise(frames):
                wall, cpu, calls = wall + took_wall, cpu + took_cpu, calls + 1
        return wall / 1e6, cpu / 1e6, calls

    def _exercise(self, frames: Frames) -> list[tuple[int, int]]:
        from grader.wire.caps import REQUEST_CAPS
        from grader.wire.frames import FrameReader, PayloadCursor, decode_request
        from grader.wire.messages import Build, Load
        from grader.worker.handles import Handles

        handles, entries, costs = Handles(), {}, []
        for data in frames:
            reader = FrameReader(REQUEST_CAPS)
            reader.feed(data)
            received = reader.next()
            assert received is not None, "a whole frame was recorded"
            request, cursor = decode_request(received[0]), PayloadCursor(received[1])
            if isinstance(request, Load):
                entries |= self._load(data, request)
            elif isinstance(request, Build):
                self._build(request, cursor, handles)
            elif request.name != "trace":  # asks the grader's own instruments
                costs.append(self._call(request, cursor, handles, entries))
        return costs

    def _load(self, data: bytes, request: Any) -> dict[str, Any]:
        from grader.worker.loading import load
        from grader.worker.tracebacks import Sources

        if data not in self._loaded:
            folder, before = Path(tempfile.mkdtemp(dir=self._scratch)), set(sys.modules)
            sys.path.insert(0, str(folder))
            self._loaded[data] = dict(load(request, folder, Sources()).found)
            sys.path.remove(str(folder))
            for name in set(sys.modules) - before:  # another student may have a helper of that name
                if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                    del sys.modules[name]
        return self._loaded[data]

    def _build(self, request: Any, cursor: Any, handles: Any) -> None:
        from grader.blueprints import build

        built = build(request.kind, self._unpack(request.arguments, cursor, handles), request.device)
        handles.keep(request.number, built)

    def _call(self, request: Any, cursor: Any, handles: Any, entries: dict[str, Any]) -> tuple[int, int]:
        import torch

        from grader.worker.child import seed
        from grader.worker.handles import method

        handles.release(request.release)
        args = list(self._unpack(request.args, cursor, handles))
        kwargs = self._unpack(request.kwargs, cursor, handles)
        cotangent, leaves = None, []
        if request.gradient is not None:
            cotangent = self._unpack(request.gradient.cotangent, cursor, handles)
            for position in request.gradient.wrt:
                where: Any = args if position < len(args) else kwargs
                key = position if position < len(args) else list(kwargs)[position - len(args)]
                where[key] = where[key].detach().requires_grad_()
                leaves.append(where[key])
        if request.handle is None:
            seed()
            function = entries[request.name]
        else:
            function = method(handles.live(request.handle), request.name)
        value = None
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        with suppress(ValueError):  # the errors that a contract asks for
            value = function(*args, **kwargs)
            if cotangent is not None:
                torch.autograd.grad(value, leaves, cotangent, allow_unused=True)
        took = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
        if request.keep:
            handles.keep(request.number, value)
        return took

    def _unpack(self, packed: Any, cursor: Any, handles: Any) -> Any:
        from grader.wire.caps import REQUEST_CAPS
        from grader.wire.unpacking import unpack

        return unpack(
            packed,
            cursor,
            REQUEST_CAPS,
            layouts=True,
            tensor=lambda value: value.data.requires_grad_() if value.requires_grad else value.data,
            handle=lambda value: handles.live(value.handle).value,
        )


def play(line: Connection) -> None:
    """What the plain process runs: replay what is sent, until nothing is."""
    import torch

    from grader.worker import warmth

    torch.set_num_threads(1)  # as in a worker
    warmth.warm(thoroughly=True)
    silence = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    with tempfile.TemporaryDirectory() as scratch, redirect_stdout(silence), redirect_stderr(silence):
        player = Player(Path(scratch))
        while (recorded := line.recv()) is not None:
            line.send(player.replay(recorded))


# --- the graded side ----------------------------------------------------------


@dataclass
class Meter:
    """Sees the requests go by."""

    frames: Frames = field(default_factory=list)

    def attach(self) -> None:
        """Record every request of a line."""
        from grader.student.line import Line
        from grader.wire.frames import frame

        ask = Line.ask

        def recorded(line: Line, batch: Any) -> None:
            self.frames += [b"".join(bytes(p) for p in frame(request, payload)) for request, payload in batch]
            ask(line, batch)

        Line.ask = recorded  # type: ignore[method-assign]


@dataclass
class Measured:
    """One submission: each round's costs in milliseconds, and what the first one scored."""

    graded: list[tuple[float, float, float]] = field(default_factory=list)  # wall, judge's CPU, workers' CPU
    bare: list[tuple[float, float]] = field(default_factory=list)  # wall, CPU
    calls: int = 0
    score: str = ""


class Bench:
    """Feeds a judge with jobs, and replays each submission when its last report has come."""

    def __init__(self, students: Sequence[str], rounds: int, player: Connection) -> None:
        from grader.batch.grade import jobs_of
        from grader.course import read_course
        from grader.submission import read_folder

        self.course = read_course(ROOT, staff=True)
        found = read_folder(ROOT / "submissions", self.course.names, self.course.entry_points)
        chosen = [submission for submission in found.submissions if submission.student in students]
        self._work = [jobs_of(self.course, [s], "benchmark") for _ in range(rounds + 1) for s in chosen]
        self._player, self._meter = player, Meter()
        self._meter.attach()
        self._zygote: Any = None
        self._open: list[Any] = []
        self._reports: list[Any] = []
        self._recorded: list[Frames] = []
        self._turn: dict[str, int] = {}
        self.measured: dict[str, Measured] = {}
        self._began = self._took = self._now()

    def next_job(self) -> Any:
        """The next exercise; between two submissions, the replay of the one that is done."""
        if self._reports:
            self._recorded.append(self._meter.frames[:])
        self._meter.frames.clear()
        if not self._open:
            if self._reports:
                self._close()
            if not self._work:
                return None
            self._open = self._work.pop(0)
            self._began = self._now()
        return self._open.pop(0)

    def deliver(self, report: Any) -> None:
        """One exercise is done."""
        self._reports.append(report)
        if not self._open:
            wall, judge, workers = (now - began for now, began in zip(self._now(), self._began, strict=True))
            self._took = wall, judge, workers

    def _now(self) -> tuple[float, float, float]:
        now = time.perf_counter() * 1e3, time.process_time() * 1e3
        if self._zygote is None:
            return *now, 0.0
        self._zygote.settle()  # a worker's CPU time is known when it has ended
        return *now, self._zygote.cpu_seconds * 1e3

    def _close(self) -> None:
        student = self._student
        self._player.send(self._recorded)
        wall, cpu, calls = self._player.recv()
        score, most = (sum(getattr(r, part) for r in self._reports) for part in ("score", "max_score"))
        turn = self._turn[student] = self._turn.get(student, -1) + 1
        if turn:  # the first round warms both sides
            measured = self.measured.setdefault(student, Measured())
            measured.graded.append(self._took)
            measured.bare.append((wall, cpu))
            measured.calls, measured.score = calls, f"{score:g}/{most:g}"
        self._reports, self._recorded = [], []

    def run(self) -> None:
        """Judge everything with one warm judge."""
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve
        from grader.student.launch import Zygote
        from grader.verdicts import Visibility

        def job() -> Any:
            taken = self.next_job()
            self._student = taken.student if taken else ""
            return taken

        with Zygote(warm=True) as zygote:
            self._zygote = zygote
            plugin = JudgePlugin(self.course, Visibility.HIDDEN, ("cpu",), zygote, job, self.deliver)
            tests = [exercise.hidden_tests for exercise in self.course.exercises]
            serve(plugin, [path for path in tests if path is not None], ROOT)


def table(measured: dict[str, Measured]) -> str:
    """What was measured, one line a submission; times are medians in milliseconds."""
    head = (
        "submission",
        "score",
        "calls",
        "graded",
        "bare",
        "ratio",
        "aim",
        "met",
        "judge",
        "workers",
        "bare",
    )
    lines = [
        f"{'':<45}{'wall':<33}CPU",
        "{:<12}{:>9}{:>7}{:>8}{:>8}{:>8}{:>8}{:>5}{:>9}{:>9}{:>8}".format(*head),
    ]
    for student, one in measured.items():
        graded, judge, workers = (statistics.median(values) for values in zip(*one.graded, strict=True))
        bare, bare_cpu = (statistics.median(values) for values in zip(*one.bare, strict=True))
        aim = RATIO_AIM * bare + FIXED_AIM_MS
        lines.append(
            f"{student:<12}{one.score:>9}{one.calls:>7}{graded:>8.0f}{bare:>8.0f}{graded / bare:>8.2f}"
            f"{aim:>8.0f}{'yes' if graded <= aim else 'no':>5}{judge:>9.0f}{workers:>9.0f}{bare_cpu:>8.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("students", nargs="*", default=CORRECT, help=f"default: {', '.join(CORRECT)}")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default 5)")
    options = parser.parse_args()
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    player = context.Process(target=play, args=(theirs,), daemon=True)
    player.start()
    bench = Bench(options.students, options.rounds, ours)
    bench.run()
    ours.send(None)
    player.join()
    print(table(bench.measured))
    print(
        f"\nMilliseconds, medians of {options.rounds} rounds: "
        "one submission, six exercises, judge and zygote warm."
        f"\nThe aim is {RATIO_AIM} x bare + {FIXED_AIM_MS:g} ms of wall time."
    )


if __name__ == "__main__":
    main()
