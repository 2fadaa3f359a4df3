"""Fuzzing guided by coverage, with atheris (libFuzzer): a process of its own, given libFuzzer's arguments.

An input that reaches a branch that none reached before is kept and changed
further. Only our own modules are counted; msgspec and torch are not.
"""

import random
import sys

import atheris

with atheris.instrument_imports(include=["grader"]):
    import grader.wire.unpacking  # noqa: F401 - counted from here on

from tests.fuzz.bounds import hold
from tests.fuzz.inputs import LARGEST, mutated
from tests.fuzz.target import one_input

MEMORY_MB = 256
"""Above what is there at the start; libFuzzer's own tables and corpus take 60 of it."""


def change(data: bytes, largest: int, seed: int) -> bytes:
    """Half of the changes are libFuzzer's own, which know what it has seen compared."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        return atheris.Mutate(data, largest)
    return mutated(data, chance)[:largest]


if __name__ == "__main__":
    options = [f"-max_len={LARGEST}", "-timeout=5", "-print_final_stats=1", "-rss_limit_mb=0"]
    atheris.Setup([*sys.argv, *options], one_input, custom_mutator=change)
    print(f"{hold(MEMORY_MB)} MB resident at the start", flush=True)
    atheris.Fuzz()
