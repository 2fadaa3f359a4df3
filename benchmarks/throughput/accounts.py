"""What a program and all that it starts cost: CPU seconds by generation, memory, and how far it is.

CPU time of the whole is what the kernel accounts for when a program ends, with all its
descendants that were waited for (`wait4`). Who used it is read from /proc while it
runs. Nothing of the program itself is changed or asked.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICK_SECONDS = 0.2
"""Between two looks at /proc: often enough for batches of seconds, and 0.5% of one core."""

HERTZ, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Look:
    """One look at a running program.

    Attributes:
        seconds: Since it was started.
        done: How far it is.
        cpu: CPU seconds by generation: the program itself, its children, theirs, and so on. What
            has ended counts as the generation below its parent.
        memory: MiB resident by generation, what is shared counted each time.
    """

    seconds: float
    done: int
    cpu: tuple[float, ...]
    memory: tuple[float, ...]


@dataclass(frozen=True)
class Spent:
    """What a program cost.

    Attributes:
        wall: Seconds.
        cpu: CPU seconds, all descendants included.
        code: Its exit status.
        looks: What was seen while it ran.
        output: What it printed.
    """

    wall: float
    cpu: float
    code: int
    looks: tuple[Look, ...]
    output: str


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str],
    done: Callable[[], int] | None = None,
) -> Spent:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        log: Where its output goes.
        cwd: Where it runs.
        env: Its whole environment.
        done: Says how far it is; without it nobody looks.
    """
    looks: list[Look] = []
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT)
        if done is None:
            _, status, used = os.wait4(process.pid, 0)
        else:
            while True:
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
                if ended:
                    break
                looks.append(look(process.pid, time.perf_counter() - began, done()))
                time.sleep(TICK_SECONDS)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace")
    return Spent(wall, used.ru_utime + used.ru_stime, process.returncode, tuple(looks), text)


def must(spent: Spent, what: str) -> Spent:
    """The same, if the program did what it should.

    Raises:
        SystemExit: It did not; with the end of what it printed.
    """
    if spent.code:
        raise SystemExit(f"{what} ended with {spent.code}:\n{spent.output[-3000:]}")
    return spent


def look(pid: int, seconds: float, done: int) -> Look:
    """CPU time and memory of a process and its descendants, by generation."""
    cpu, memory = [0.0] * 7, [0.0] * 7
    generation = [pid]
    for depth in range(6):
        for each in generation:
            with suppress(OSError, IndexError):
                fields = Path(f"/proc/{each}/stat").read_text(errors="replace").rpartition(")")[2].split()
                cpu[depth] += (int(fields[11]) + int(fields[12])) / HERTZ
                cpu[depth + 1] += (int(fields[13]) + int(fields[14])) / HERTZ
                memory[depth] += int(fields[21]) * PAGE / 2**20
        generation = [child for each in generation for child in _children(each)]
    return Look(seconds, done, tuple(cpu), tuple(memory))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found
