"""A batch whose processes are killed ends with the reports of one that nobody disturbed."""

import random
import sys

import pytest

from benchmarks.synthetic import mistakes
from tests.faults.batches import disturb, seen

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

MIX = {"driver": 20, "slot": 25, "zygote": 25, "worker": 30}
"""A hundred kills. A driver costs its successor's start, a slot as much; a worker next to nothing."""

STUDENTS = 60
TURNS = 5
"""A batch may be done before it has been killed a hundred times; then the next one gets the rest."""


@pytest.mark.slow
def test_a_few_kills(place, remaining):
    """The short version: one of each; marks are the ones that are known."""
    here = place(12, seed=4, faulty=0.08)
    batch, draw = here.batch("out"), random.Random(4)
    struck = disturb(batch, ["worker", "zygote", "driver", "worker", "slot"], here.results, draw)
    assert len(struck) >= 4
    assert list(mistakes(batch.out, here.students)) == []
    assert batch.judged_twice == []
    remaining.nothing()


@pytest.fixture(scope="module")
def class_of_sixty(place):
    """A class, and what four slots that nobody disturbs make of it."""
    here = place(STUDENTS, seed=7, faulty=0.1)
    batch = here.batch("undisturbed", jobs=4)
    batch.start()
    assert batch.over() == 0, batch.said
    assert list(mistakes(batch.out, here.students)) == []
    return here, seen(batch.out)


@pytest.mark.slow
def test_a_hundred_kills(class_of_sixty, remaining):
    here, undisturbed = class_of_sixty
    draw = random.Random(1)
    kills = [kind for kind, count in MIX.items() for _ in range(count)]
    draw.shuffle(kills)
    for turn in range(TURNS):
        batch = here.batch(f"disturbed-{turn}")
        del kills[: len(disturb(batch, kills, here.results, draw))]
        assert batch.judged_twice == []
        # A slot that was killed twice over one job is the grader's fault, which the next run puts right.
        batch.start()
        assert batch.over() == 0, batch.said
        assert seen(batch.out) == undisturbed
        assert batch.judged_twice == []
        remaining.nothing()
        if not kills:
            return
    pytest.fail(f"not killed: {kills}")


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 4])
def test_as_many_slots_as_you_like_and_again(class_of_sixty, remaining, jobs):
    """Another run with as many slots gives equal reports, and so does one with a single slot."""
    here, undisturbed = class_of_sixty
    batch = here.batch(f"jobs-{jobs}", jobs=jobs)
    batch.start()
    assert batch.over() == 0, batch.said
    assert seen(batch.out) == undisturbed
    remaining.nothing()
