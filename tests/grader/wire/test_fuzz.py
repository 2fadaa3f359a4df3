"""A few seconds of fuzzing with every run of the tests; `make fuzz` tries a million inputs."""

import random

import pytest

from tests.fuzz import blind, target
from tests.fuzz.inputs import LARGEST, mutated, seeds
from tests.fuzz.target import CAPS, one_input

SEED = 20_261_121


def test_every_input_to_begin_with_is_sound():
    """Or the fuzzer would begin with what ends at the first byte."""
    assert [one_input(data) for data in seeds()] == [1] * (len(seeds()) - 2) + [2, 2]
    assert one_input(b"") == 0
    assert all(len(data) <= LARGEST < CAPS.head_bytes for data in seeds())


def test_changed_frames_are_sound_or_refused():
    """Both must happen often, or it would not be at the decoders' walls that it tries."""
    tried, sound = blind.fuzz(20_000, SEED, seconds=10)
    assert tried >= 2_000
    assert 0.05 < sound / tried < 0.5


def test_changes_are_repeated_by_their_seed():
    def some(seed):
        chance = random.Random(seed)
        return [mutated(chance.choice(seeds()), chance) for _ in range(200)]

    assert some(1) == some(1)
    assert some(1) != some(2)


@pytest.mark.parametrize("broken", ["unpack", "decode"])
def test_a_defect_is_found_and_said_with_its_input(broken, monkeypatch):
    def fails(*_, **__):
        raise MemoryError

    if broken == "unpack":
        monkeypatch.setattr(target, "unpack", fails)
    else:
        monkeypatch.setattr(target, "DECODERS", (fails,) * 4)
    with pytest.raises(AssertionError, match=r"input \d+ of seed 5 is a defect: b['\"]") as caught:
        blind.fuzz(2_000, 5)
    assert isinstance(caught.value.__cause__, MemoryError)
