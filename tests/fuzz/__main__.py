"""`python -m tests.fuzz`: fuzz the decoders of the wire, or repeat what a run has found.

The fuzzer runs in a process of its own, under a cap on memory and on the time of
each input; this one says what it took. With atheris it is guided by coverage,
without it by nothing but the structure of a frame.
"""

import argparse
import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.inputs import seeds
from tests.fuzz.target import one_input


def main() -> int:
    """Fuzz as the command line says; the exit status."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("inputs", nargs="*", type=Path, help="files with inputs to repeat, nothing else")
    options.add_argument("--count", type=int, default=1_000_000, help="how many inputs to try")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--blind", action="store_true", help="without atheris, though it is there")
    options.add_argument("--corpus", type=Path, help="where inputs that reach something new are kept")
    chosen = options.parse_args()
    if chosen.inputs:
        for file in chosen.inputs:
            print(f"{file}: {one_input(file.read_bytes())} sound messages")
        return 0
    guided = not chosen.blind and importlib.util.find_spec("atheris") is not None
    with tempfile.TemporaryDirectory() as scratch:
        corpus = chosen.corpus or Path(scratch)
        return _run(
            _guided(chosen.count, chosen.seed, corpus) if guided else _blind(chosen.count, chosen.seed)
        )


def _guided(count: int, seed: int, corpus: Path) -> list[str]:
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds()):
        (corpus / f"seed-{number:02}").write_bytes(data)
    found = f"-artifact_prefix={tempfile.gettempdir()}/grader-wire-"
    return ["tests.fuzz.guided", str(corpus), f"-runs={count}", f"-seed={seed}", found]


def _blind(count: int, seed: int) -> list[str]:
    print("atheris is not there or not wanted: the changes are not guided by coverage.")
    return ["tests.fuzz.blind", str(count), str(seed)]


def _run(arguments: list[str]) -> int:
    started = time.monotonic()
    status = subprocess.run([sys.executable, "-m", *arguments]).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = "no defect" if status == 0 else "A DEFECT, or the fuzzer failed"
    seconds, core = time.monotonic() - started, used.ru_utime + used.ru_stime
    print(f"{outcome}: {seconds:.0f} s, {core:.0f} s of one core, {used.ru_maxrss >> 10} MB at the most")
    return status


if __name__ == "__main__":
    sys.exit(main())
