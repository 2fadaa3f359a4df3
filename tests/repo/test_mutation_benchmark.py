"""What `benchmarks/mutation` reads off a tool that runs: how far it is, and what a mutant costs."""

import os
import sys

import pytest

from benchmarks.mutation.__main__ import COUNTS, measured, table
from benchmarks.throughput.table import Row

TOOL = """
import time
for done in range(1, 9):
    end = time.process_time() + 0.1
    while time.process_time() < end: pass
    print(f"{done}/8  caught {done - 1}", flush=True)
"""


@pytest.mark.parametrize("line", ["⠸ 14/20  🎉 13 🫥 0  ⏰ 0  🤔 0  🙁 1", "14/20  caught 13"])
def test_how_far_both_tools_are_is_read_off_their_lines(line):
    assert COUNTS.findall(line) == [("14", "20", "13")]


def test_a_mutant_costs_what_is_spent_between_two(tmp_path):
    begun = (
        "end = __import__('time').process_time() + 0.5\nwhile __import__('time').process_time() < end: pass"
    )
    command = [sys.executable, "-c", begun + TOOL]
    row = measured("tool", command, tmp_path / "log", tmp_path, os.environ)
    assert row.cpu == pytest.approx(0.1, rel=0.5)
    assert row.start == pytest.approx(0.5, abs=0.4)
    assert (row.count, row.note) == (8, "7 of 8 mutants caught")


def test_a_tool_that_fails_is_told_of(tmp_path):
    with pytest.raises(SystemExit, match="tool ended with 3"):
        measured("tool", [sys.executable, "-c", "exit(3)"], tmp_path / "log", tmp_path, os.environ)


def test_each_exercise_is_compared_with_ours():
    rows = [Row(name, 1.0, cpu, 60.0, 5) for name, cpu in zip("abcdef", (2, 4, 1, 10, 5, 5), strict=True)]
    lines = table(rows).splitlines()[1:]
    assert [line.split()[4] for line in lines] == ["1.00", "2.00", "0.50", "1.00", "0.50", "0.50"]
