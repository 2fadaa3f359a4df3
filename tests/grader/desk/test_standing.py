"""How far a student is, what she is told to do next, and moments as people say them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course import Course, Policy
from grader.desk.advice import celebration, what_next
from grader.desk.dates import when
from grader.desk.progress import Progress
from grader.desk.standing import Stage, Standing, next_up, standings
from grader.desk.work import look_around
from grader.submission import read_file
from tests.grader.desk.test_progress import NOON, PASSED, WRONG, a_report
from tests.grader.desk.test_work import MINE, course, desk, put

__all__ = ["course", "desk"]


def seen(course: Course, desk: Path) -> tuple[Standing, ...]:
    return standings(course, look_around(course, desk), Progress(desk))


def check(course: Course, path: Path, *tests: object) -> None:
    bundle = read_file(path, path.stem, course.names)
    Progress(path.parent).record(a_report(*tests, name=path.stem), bundle.digest, NOON)  # type: ignore[arg-type]


def test_from_nothing_to_finished(course: Course, desk: Path) -> None:
    def stage() -> Stage:
        return seen(course, desk)[0].stage

    assert stage() is Stage.NOT_STARTED
    mine = put(desk / "softmax.py", course.exercises[0].stub.read_text())
    assert stage() is Stage.LAID_OUT
    put(mine, MINE)
    assert stage() is Stage.STARTED
    check(course, mine, PASSED, WRONG)
    assert stage() is Stage.CHECKED
    check(course, mine, PASSED, PASSED)
    assert stage() is Stage.FINISHED
    assert seen(course, desk)[0].is_done


def test_a_change_since_the_last_check_is_seen(course: Course, desk: Path) -> None:
    mine = put(desk / "softmax.py", MINE)
    check(course, mine, PASSED)
    assert not seen(course, desk)[0].changed
    put(mine, MINE + "# more\n")
    first = seen(course, desk)[0]
    assert (first.stage, first.changed, first.is_done) == (Stage.FINISHED, True, False)
    assert what_next(seen(course, desk), desk) == [
        "Next: softmax. See how far it is with `grader check softmax`."
    ]


def test_a_file_that_has_gone_is_not_started(course: Course, desk: Path) -> None:
    mine = put(desk / "softmax.py", MINE)
    check(course, mine, PASSED)
    mine.unlink()
    first = seen(course, desk)[0]
    assert (first.stage, first.path, first.changed) == (Stage.NOT_STARTED, None, False)
    assert first.last is not None


def test_when_it_is_due(course: Course, desk: Path) -> None:
    dated = course.model_copy(update={"policy": Policy(dates={"conv2d": NOON})})
    assert [each.due for each in seen(dated, desk)] == [None, NOON]


def test_what_is_begun_comes_before_what_is_not(course: Course, desk: Path) -> None:
    assert what_next(seen(course, desk), desk) == ["Next: softmax. Get it with `grader start softmax`."]
    put(desk / "softmax" / "softmax.py", course.exercises[0].stub.read_text())
    assert what_next(seen(course, desk), desk) == [
        "Next: softmax. Fill in softmax/softmax.py, then `grader check softmax`."
    ]
    mine = put(desk / "conv2d.py", MINE)
    check(course, mine, WRONG)
    assert what_next(seen(course, desk), desk) == [
        "Next: go on with conv2d, then `grader check conv2d` again."
    ]
    check(course, mine, PASSED)
    found = seen(course, desk)
    assert celebration(found, "conv2d") == "conv2d is finished, 1 of 2 now. Well done!"
    after = next_up(found, "conv2d")
    assert after is not None
    assert after.exercise.name == "softmax"


def test_when_all_is_done(course: Course, desk: Path) -> None:
    for name in course.names:
        check(course, put(desk / f"{name}.py", MINE), PASSED)
    found = seen(course, desk)
    assert celebration(found, "conv2d") == (
        "conv2d is finished, and with it the whole course. Congratulations!"
    )
    assert what_next(found, desk) == ["All 2 exercises are finished. Hand in with `grader submit`."]
    assert what_next(found[:1], desk) == ["The one exercise is finished. Hand in with `grader submit`."]


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (timedelta(0), "today 12:00"),
        (timedelta(days=1), "yesterday 12:00"),
        (timedelta(days=-1), "tomorrow 12:00"),
        (timedelta(days=6), "Sun 22 Nov 12:00"),
        (timedelta(days=400), "Sun 22 Nov 2026 12:00"),
    ],
)
def test_moments(apart: timedelta, said: str) -> None:
    noon = datetime(2026, 11, 22, 12, 0).astimezone()
    assert when(noon, (noon + apart).astimezone(UTC)) == said
