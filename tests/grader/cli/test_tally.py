"""How far a batch is, by a clock that stands still until told otherwise."""

import pytest

from grader.cli.tally import SLOWEST, WINDOW_SECONDS, Tally
from tests.grader.cli.a_display import Clock, job, report


@pytest.fixture
def clock() -> Clock:
    return Clock()


def grade(tally: Tally, clock: Clock, student: str, seconds: float, exercises: int = 2) -> None:
    for number in range(exercises):
        tally.started(job(student, f"exercise-{number}"))
        clock.now += seconds
        tally.finished(job(student, f"exercise-{number}"), report(seconds))
    tally.completed(student)


def test_counts(clock: Clock) -> None:
    tally = Tally(2, clock)
    tally.expect(3)
    tally.reused("ada", "softmax")
    tally.started(job("ada", "conv2d"))
    tally.started(job("bob", "conv2d"))
    tally.finished(job("ada", "conv2d"), report(1))
    tally.completed("ada")
    assert (tally.students, tally.students_done) == (3, 1)
    assert (tally.graded, tally.from_journal, tally.done) == (1, 1, 2)


def test_what_runs_is_sorted_by_how_long_it_has(clock: Clock) -> None:
    tally = Tally(1, clock)
    tally.started(job("ada"))
    clock.now += 5
    tally.started(job("bob", attempt="attempt-2"))
    clock.now += 1
    assert tally.running() == ((6, "ada", "softmax", ""), (1, "bob", "softmax", "attempt-2"))
    tally.finished(job("ada"), report(6))
    assert [each.student for each in tally.running()] == ["bob"]


def test_attempts_of_one_student_run_side_by_side(clock: Clock) -> None:
    tally = Tally(1, clock)
    for attempt in ("attempt-1", "attempt-2"):
        tally.started(job("ada", attempt=attempt))
    tally.finished(job("ada", attempt="attempt-1"), report(1))
    assert [each.attempt for each in tally.running()] == ["attempt-2"]


def test_others_are_told_in_their_own_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.tally.time", lambda: 1000.0)
    tally = Tally(1, clock)
    tally.expect(19)
    tally.reused("ada", "softmax")
    tally.started(job("<b>\x1b[31m\udc80", attempt="attempt-2"))
    clock.now += 5
    tally.started(job("bob"))
    told = tally.notice()
    assert (told.students, told.graded, told.reused, told.ends) == (19, 0, 1, None)
    assert [(each.student, each.attempt, each.began) for each in told.running] == [
        (r"<b>\x1b[31m\udc80", "attempt-2", 995.0),
        ("bob", "", 1000.0),
    ]
    for number in range(300):
        tally.started(job(f"student-{number}"))
    assert len(tally.notice().running) == 64
    for number in range(8):
        clock.now += 2
        tally.finished(job(f"student-{number}"), report(2))
        tally.completed(f"student-{number}")
    left = tally.seconds_left()
    assert left is not None
    assert left > 10
    assert tally.notice().ends == pytest.approx(1000 + left)


def test_the_slowest_are_kept(clock: Clock) -> None:
    tally = Tally(1, clock)
    for seconds in (1, 9, 3, 8, 2, 7):
        tally.finished(job(f"student-{seconds}"), report(seconds))
    assert [each.student for each in tally.slowest] == ["student-9", "student-8", "student-7"][:SLOWEST]


def test_no_rate_and_no_time_left_from_next_to_nothing(clock: Clock) -> None:
    tally = Tally(2, clock)
    tally.expect(100)
    assert tally.a_minute() is tally.seconds_left() is None
    grade(tally, clock, "ada", seconds=2)
    assert tally.a_minute() is tally.seconds_left() is None


def test_rate_and_time_left(clock: Clock) -> None:
    tally = Tally(2, clock)
    tally.expect(100)
    for number in range(10):
        grade(tally, clock, f"student-{number}", seconds=0.5)
    assert tally.a_minute() == pytest.approx(120)
    assert tally.seconds_left() == pytest.approx(90)


def test_where_several_attempts_count_there_is_more_to_do(clock: Clock) -> None:
    tally = Tally(2, clock)
    tally.expect(20)
    for number in range(10):
        grade(tally, clock, f"student-{number}", seconds=0.5, exercises=6)
    assert tally.expected == 120
    assert tally.seconds_left() == pytest.approx(30)


def test_what_comes_from_the_journal_is_no_promise_for_the_rest(clock: Clock) -> None:
    tally = Tally(1, clock)
    tally.expect(2000)
    for number in range(1000):
        tally.reused(f"student-{number}", "softmax")
        tally.completed(f"student-{number}")
    for number in range(1000, 1000 + 2 * int(WINDOW_SECONDS)):
        grade(tally, clock, f"student-{number}", seconds=1, exercises=1)
    assert tally.a_minute() == pytest.approx(60)
    assert tally.seconds_left() == pytest.approx(1000 - 2 * WINDOW_SECONDS)


def test_one_that_takes_longer_than_the_window_leaves_a_rate(clock: Clock) -> None:
    tally = Tally(1, clock)
    tally.expect(10)
    for number in range(5):
        grade(tally, clock, f"student-{number}", seconds=3 * WINDOW_SECONDS, exercises=1)
    assert tally.seconds_left() == pytest.approx(5 * 3 * WINDOW_SECONDS)


def test_the_rate_sinks_while_nothing_ends(clock: Clock) -> None:
    tally = Tally(1, clock)
    tally.expect(100)
    for number in range(20):
        grade(tally, clock, f"student-{number}", seconds=1, exercises=1)
    rate = tally.a_minute()
    clock.now += 20
    assert rate is not None
    assert tally.a_minute() == pytest.approx(rate / 2)


def test_whoever_comes_again_counts_once(clock: Clock) -> None:
    tally = Tally(2, clock)
    tally.expect(2)
    for student in ("ada", "ada", "ada"):
        grade(tally, clock, student, seconds=1)
    assert (tally.students_done, tally.graded) == (1, 6)
    assert tally.expected == 8


def test_memory_is_for_what_is_under_way(clock: Clock) -> None:
    tally = Tally(2, clock)
    for number in range(5000):
        grade(tally, clock, f"student-{number}", seconds=0.01)
    assert not tally._open
    assert not tally._running
    assert len(tally._samples) < WINDOW_SECONDS + 3


def test_who_arrives_after_all_were_done_is_left(clock: Clock) -> None:
    tally = Tally(1, clock)
    tally.expect(10)
    for number in range(10):
        grade(tally, clock, f"student-{number}", seconds=1, exercises=1)
    assert tally.seconds_left() == 0
    tally.expect(11)
    assert tally.seconds_left() == pytest.approx(1)
