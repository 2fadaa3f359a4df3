"""A report of `verify` on a terminal: in 80 columns, without colour, whatever the rows hold."""

from grader.report.terminal import as_text
from grader.verify.report import Claim
from grader.verify.terminal import view
from tests.grader.verify.some_rows import FAILS, MIXED, NASTY, NOT_RUN, report, row

SHOWN = """\
ok  softmax  reference  full marks, 3 seeds
ok  softmax  accepted   each of 2: full marks, 1 seed
warning  softmax, margin: right answers reach 61% of the allowance of test_rows

NOT OK  softmax, mutant: factor, line 12: survives all tests
    reference/softmax/solution.py:12
    - scale = math.sqrt(d)
    + scale = d
not run  device of softmax and conv2d: there is no CUDA device here

1 of 5 claims do not hold, 1 with a warning. 2 not run.
"""


def test_what_holds_is_a_line_and_what_does_not_is_told_in_full():
    assert as_text(view(MIXED)) == SHOWN


def test_hostile_text_means_nothing_and_no_line_is_longer_than_the_terminal():
    shown = as_text(view(NASTY))
    assert not {"\x1b", "\x00", "\r", "\ud800", "\ufffe"} & set(shown)
    assert "[l](http://x)" in shown.replace("\n", "")  # and not taken for markup
    assert max(map(len, shown.splitlines())) <= 80


def test_the_sum_counts_what_was_tried():
    assert as_text(view(report(row()))).endswith("\nThe one claim holds.\n")
    assert as_text(view(report(row(), row()))).endswith("\nAll 2 claims hold.\n")
    assert as_text(view(report(row(), row(standing=NOT_RUN)))).endswith("\nThe one claim holds. 1 not run.\n")
    assert as_text(view(report(row(standing=FAILS)))).endswith("\n1 of 1 claim do not hold.\n")


def test_rows_that_say_different_things_are_not_counted_together():
    rows = [row(Claim.ACCEPTED, what=f"p{i}", sentence=f"full marks, {i // 2} seeds") for i in range(4)]
    assert "each of 2: full marks, 0 seeds; each of 2: full marks, 1 seeds" in as_text(
        view(report(*rows)), 120
    )
