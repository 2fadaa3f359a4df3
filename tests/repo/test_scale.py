"""The simulation behind docs/scale.md: queues that can be reckoned by hand, and the page's tables."""

import random
import re
import shlex
from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.scale import HOUR, Cluster, arrivals, simulate

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
TABLES = re.findall(r"(?m)^    (python -m benchmarks\.scale .*)\n\n((?:\|.*\n)+)", PAGE.read_text())
FREE = {"result_seconds": 0.0, "student_seconds": 0.0}


def test_a_student_alone_waits_for_nobody():
    waited = simulate(Cluster(1, 1, result_seconds=0.5, student_seconds=2.0), [[3.0, 4.0]], 1)
    assert waited.longest == pytest.approx(3 + 4 + 0.5 + 2)


def test_exercises_of_a_student_are_judged_side_by_side():
    assert simulate(Cluster(1, 2, **FREE), [[3.0, 4.0]], 1).longest == pytest.approx(4)


def test_where_all_slots_are_busy_the_last_waits_for_all_work():
    """A thousand hours of work on a hundred slots end ten hours after the first came, whoever waits."""
    waited = simulate(Cluster(10, 10, **FREE), [[60.0]], 60_000, rush=0)
    assert waited.after == pytest.approx(9 * HOUR, rel=0.01)
    assert waited.slots_busy == pytest.approx(1, abs=0.01)


def test_half_a_load_hardly_waits():
    """Pollaczek and Khinchine: where one server is busy half its time, half a service is the mean wait."""
    waited = simulate(Cluster(1, 1, **FREE), [[1.0]], 1_800, rush=0)
    assert 1.0 <= waited.median < 1.6
    assert waited.slots_busy == pytest.approx(0.5, abs=0.02)


def test_a_driver_is_a_queue_of_its_own_and_two_halve_it():
    times, drive = [[1.0, 1.0]], {"result_seconds": 1.0, "student_seconds": 2.0}
    one = simulate(Cluster(64, 16, **drive), times, 3_600, rush=0)
    four = simulate(Cluster(64, 16, drivers=4, **drive), times, 3_600, rush=0)
    assert one.after == pytest.approx(3 * HOUR, rel=0.02)  # four seconds each, for one second's arrivals
    assert one.drivers_busy == pytest.approx(1, abs=0.01)
    assert four.after < one.after / 10


def test_more_nodes_never_wait_longer():
    times = scale.read_times(scale.TIMES)
    waits = [simulate(Cluster(nodes, 4, **FREE), times, 2_000).late for nodes in (1, 2, 4, 8)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 2 * waits[-1]


def test_a_rush_is_at_the_end():
    even, rush = (arrivals(10_000, random.Random(1), power) for power in (0.0, 3.0))
    for came in (even, rush):
        assert came == sorted(came)
        assert came[0] >= 0
        assert came[-1] <= HOUR
    assert sum(at > HOUR / 2 for at in even) == pytest.approx(5_000, abs=200)
    assert sum(at > HOUR / 2 for at in rush) == pytest.approx(8_176, abs=200)  # 1 / (1 + exp(-1.5))


def test_times_can_be_read_from_a_table_and_a_run(tmp_path):
    run = tmp_path / "run.json"
    run.write_text(
        '{"students": [{"student": "a", "exercises": [{"name": "x", "seconds": 1.5}, '
        '{"name": "y", "seconds": 2}]}, {"student": "b", "exercises": [{"name": "x", "seconds": 3}]}]}'
    )
    table = tmp_path / "times.csv"
    table.write_text(scale.as_csv(run))
    assert scale.read_times(run) == scale.read_times(table) == [[1.5, 2.0], [3.0]]


def test_the_page_shows_tables():
    assert len(TABLES) >= 2


@pytest.mark.slow
@pytest.mark.parametrize(("command", "table"), TABLES, ids=[command for command, _ in TABLES])
def test_tables_of_the_page_are_what_comes(command, table, capsys):
    scale.main(shlex.split(command)[3:])
    assert capsys.readouterr().out == table
