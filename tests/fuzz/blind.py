"""Fuzzing without a guide: seeded changes of real frames, wherever Python runs.

What it finds can be repeated by its seed. An input that came through sound, or
was refused, may be changed further; nothing tells which of them are promising.
"""

import random
import signal
import sys
import time
from types import FrameType

from tests.fuzz.bounds import hold
from tests.fuzz.inputs import mutated, seeds
from tests.fuzz.target import one_input

MEMORY_MB = 256
SECONDS = 5
"""No input may take longer; all but a few take less than a millisecond."""

POOL = 4000


def fuzz(inputs: int, seed: int, seconds: float = float("inf")) -> tuple[int, int]:
    """Try so many inputs, or as many as there is time for.

    Returns:
        How many were tried, and how many of them held a sound message.

    Raises:
        AssertionError: One input is a defect; the sentence has it, ready for `python -m tests.fuzz`.
    """
    chance, pool, sound = random.Random(seed), seeds(), 0
    end = time.monotonic() + seconds
    for count in range(inputs):
        data = mutated(chance.choice(pool), chance)
        started = time.monotonic()
        try:
            sound += one_input(data) > 0
            assert time.monotonic() - started < SECONDS, "it takes too long"
        except BaseException as error:
            raise AssertionError(f"input {count} of seed {seed} is a defect: {data!r}") from error
        if chance.random() < 0.05:
            pool[len(pool) if len(pool) < POOL else chance.randrange(POOL) :] = [data]
        if count % 100 == 0 and time.monotonic() > end:
            return count + 1, sound
    return inputs, sound


def _late(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("an input does not end")


def _main(inputs: int, seed: int) -> None:
    print(f"{hold(MEMORY_MB)} MB resident at the start", flush=True)
    signal.signal(signal.SIGALRM, _late)
    done = sound = 0
    while done < inputs:
        signal.alarm(60 + SECONDS)  # 10,000 inputs take a second or two
        tried, passed = fuzz(min(10_000, inputs - done), seed + done)
        done, sound = done + tried, sound + passed
    print(f"{done:,} inputs, {sound:,} of them with a sound message")


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
