"""The policy in course.toml: what it means for a student, and one sentence for each thing wrong with it."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course import Attempts, Course, Due, LateShare, Policy, read_course
from grader.course.terms import available_timezones
from grader.errors import CourseError

EXERCISES = Path(__file__).parents[3] / "exercises"

TOP = 'name = "A course"\nexercises = ["softmax", "conv2d", "mlp"]\n'

WHOLE = """
timezone = "Europe/Berlin"
attempts = "best"
drop_lowest = 1
[due]
default = 2026-11-01T23:59:00+01:00
softmax = 2026-10-25T23:59:00
conv2d = 2026-10-20
[late]
per_day = 0.1
of = "maximum"
cap = 0.5
grace_minutes = 15
file_dates = true
[weights]
softmax = 10
conv2d = 20.5
mlp = 30
[extensions.days]
days = 3
[extensions.dated]
softmax = 2026-11-05T12:00:00Z
default = 2026-10-30
[extensions."ada.lovelace"]
days = 2
mlp = 2026-11-02T12:00:00
"""


def write_exercise(root: Path, name: str) -> None:
    """An exercise called `name`: softmax by another name."""
    folder = root / "exercises" / name
    folder.mkdir(parents=True)
    for file in ("exercise.toml", "README.md", "softmax.py", "test_softmax.py"):
        (folder / file.replace("softmax", name)).write_bytes((EXERCISES / "softmax" / file).read_bytes())


@pytest.fixture
def read(tmp_path: Path):
    """The course whose course.toml has this text after its name and exercises."""
    for name in ("softmax", "conv2d", "mlp"):
        write_exercise(tmp_path, name)

    def course(text: str = "") -> Course:
        (tmp_path / "course.toml").write_text(TOP + text, encoding="utf-8")
        return read_course(tmp_path, staff=False)

    return course


def due(policy: Policy, student: str, exercise: str) -> tuple[str, bool]:
    found = policy.due(student, exercise)
    assert found is not None
    return found.at.isoformat(), found.extended


def test_without_a_policy_nothing_is_due(read) -> None:
    policy = read().policy
    assert policy == Policy()
    assert policy.due("ada", "softmax") is None
    assert (policy.zone, policy.file_dates, policy.attempts) == (None, False, Attempts.LATEST)


def test_a_whole_policy(read) -> None:
    policy = read(WHOLE).policy
    assert policy.attempts is Attempts.BEST
    assert policy.drop_lowest == 1
    assert policy.weights == {"softmax": 10, "conv2d": 20.5, "mlp": 30}
    assert policy.late is not None
    assert (policy.late.per_day, policy.late.of, policy.late.cap) == (0.1, LateShare.MAXIMUM, 0.5)
    assert policy.late.grace.total_seconds() == 900
    assert policy.file_dates
    assert policy.zone is not None
    assert policy.zone.key == "Europe/Berlin"


def test_dates_of_the_class(read) -> None:
    policy = read(WHOLE).policy
    assert due(policy, "eve", "mlp") == ("2026-11-01T23:59:00+01:00", False)
    assert due(policy, "eve", "softmax") == ("2026-10-25T23:59:00+01:00", False)  # summer time ended that day
    assert due(policy, "eve", "conv2d") == ("2026-10-20T23:59:59+02:00", False)  # a day is its end


def test_an_extension_of_days_keeps_the_time_by_the_clock(read) -> None:
    policy = read(WHOLE).policy
    assert due(policy, "days", "softmax") == ("2026-10-28T23:59:00+01:00", True)
    text = 'timezone = "Europe/Berlin"\n[due]\nmlp = 2026-10-24T23:59:00\n[extensions.ada]\ndays = 1\n'
    policy = read(text).policy
    assert due(policy, "eve", "mlp")[0] == "2026-10-24T23:59:00+02:00"
    assert due(policy, "ada", "mlp")[0] == "2026-10-25T23:59:00+01:00"


@pytest.mark.parametrize(
    ("day", "moved"),
    [("2026-10-24", "2026-10-25T01:30:00+00:00"), ("2026-03-28", "2026-03-29T01:30:00+00:00")],
)
def test_an_extension_into_the_hour_of_the_clocks_change_is_the_later_time(read, day, moved) -> None:
    policy = read(
        f'timezone = "Europe/Berlin"\n[due]\nmlp = {day}T02:30:00\n[extensions.ada]\ndays = 1\n'
    ).policy
    found = policy.due("ada", "mlp")
    assert found is not None
    assert found.at.astimezone(UTC).isoformat() == moved


def test_a_date_of_ones_own_wins_over_days_and_default(read) -> None:
    policy = read(WHOLE).policy
    assert due(policy, "dated", "softmax") == ("2026-11-05T13:00:00+01:00", True)
    assert due(policy, "dated", "conv2d") == ("2026-10-30T23:59:59+01:00", True)
    assert due(policy, "ada.lovelace", "softmax") == ("2026-10-27T23:59:00+01:00", True)


def test_an_extension_never_shortens(read) -> None:
    policy = read(WHOLE).policy
    assert due(policy, "dated", "mlp") == ("2026-11-01T23:59:00+01:00", False)
    # Two more days are more than the date that was agreed on.
    assert due(policy, "ada.lovelace", "mlp") == ("2026-11-03T23:59:00+01:00", True)


def test_more_time_for_everything_makes_nothing_due_that_never_is(read) -> None:
    policy = read(
        "[due]\nmlp = 2026-11-01T00:00:00Z\n[extensions.ada]\ndefault = 2026-11-08T00:00:00Z\n"
    ).policy
    assert due(policy, "ada", "mlp") == ("2026-11-08T00:00:00+00:00", True)
    assert policy.due("ada", "softmax") is None


def test_only_what_has_a_date_is_due(read) -> None:
    policy = read(
        "[due]\nmlp = 2026-11-01T00:00:00Z\n[extensions.ada]\nsoftmax = 2026-11-01T00:00:00Z\ndays = 1\n"
    ).policy
    assert policy.due("eve", "softmax") is None
    assert due(policy, "ada", "softmax") == ("2026-11-01T00:00:00+00:00", True)
    assert policy.due("ada", "conv2d") is None
    assert due(policy, "ada", "mlp") == ("2026-11-02T00:00:00+00:00", True)


def test_a_time_that_the_clock_shows_twice_is_the_later_one(read) -> None:
    policy = read('timezone = "Europe/Berlin"\n[due]\nmlp = 2026-10-25T02:30:00\n').policy
    assert due(policy, "ada", "mlp") == ("2026-10-25T02:30:00+01:00", False)


def test_a_course_with_a_policy_can_be_sent(read) -> None:
    course = read(WHOLE)
    assert pickle.loads(pickle.dumps(course)) == course


def test_due_is_plain(read) -> None:
    at = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    assert read("[due]\ndefault = 2026-11-01T00:00:00Z\n").policy.due("ada", "mlp") == Due(at, extended=False)


BERLIN = 'timezone = "Europe/Berlin"\n'
DUE = "[due]\ndefault = 2026-11-01T00:00:00Z\n"

MISTAKES = [
    (
        "[due]\ndefault = 2026-11-01\n",
        "due.default does not say in which time zone it is; add an offset, "
        'such as 2026-11-01T23:59:59+01:00, or timezone = "Europe/Berlin" at the top of the file.',
    ),
    (
        'timezone = "Europe/Berln"\n',
        "timezone is 'Europe/Berln'; allowed: a name such as 'Europe/Berlin' or 'UTC'. "
        "Did you mean 'Europe/Berlin'?",
    ),
    ('timezone = "../UTC"\n', "timezone is '../UTC'; allowed: a name such as 'Europe/Berlin' or 'UTC'."),
    ('timezone = "Europe"\n', "timezone is 'Europe'; allowed: a name such as"),
    ("timezone = 1\n", "timezone is 1; input should be a valid string."),
    (
        BERLIN + "[due]\nmlp = 2026-03-29T02:30:00\n",
        "due.mlp is 2026-03-29 02:30:00, which no clock in Europe/Berlin shows: it is put forward past it; "
        "choose another time.",
    ),
    (
        '[due]\nmlp = "2026-03-29"\n',
        "due.mlp: '2026-03-29' is no date; write one without quotes, such as 2026-11-01T23:59:00+01:00.",
    ),
    ("[due]\nmlp = 23:59:00\n", "due.mlp: datetime.time(23, 59) is no date; write one"),
    (
        "[due]\nmlp = 1996-11-01T00:00:00Z\n",
        "due.mlp is in the year 1996; allowed: 2000 to 2100.",
    ),
    (
        "[due]\nsofmax = 2026-03-29T00:00:00Z\n",
        "due names 'sofmax', which is no exercise of this course. Did you mean 'softmax'? "
        "Allowed here: softmax, conv2d, mlp, default.",
    ),
    ("due = 2026-11-01\n", "due is datetime.date(2026, 11, 1); allowed: a table."),
    ("drop_lowest = 3\n", "drop_lowest is 3; it must be less than the number of exercises, 3."),
    ("drop_lowest = -1\n", "drop_lowest is -1; input should be greater than or equal to 0."),
    ("drop_lowest = true\n", "drop_lowest is True; input should be a valid integer."),
    ('attempts = "last"\n', "attempts is 'last'; allowed: 'latest' or 'best'. Did you mean 'latest'?"),
    (
        "[late]\nper_day = 0.1\n",
        "[late] says what being late costs, but nothing is due; add a table [due].",
    ),
    (DUE + "[late]\nper_day = 10\n", "late.per_day is 10; input should be less than or equal to 1."),
    (DUE + "[late]\nper_day = 0\n", "late.per_day is 0; input should be greater than 0."),
    (DUE + "[late]\ncap = 0.5\n", "the key 'late.per_day' is missing."),
    (
        DUE + "[late]\nperday = 0.1\n",
        "there is no key 'late.perday'. Did you mean 'per_day'? "
        "Allowed here: per_day, of, cap, grace_minutes, file_dates.",
    ),
    (DUE + '[late]\nper_day = 0.1\nof = "max"\n', "late.of is 'max'; allowed: 'score' or 'maximum'."),
    (
        DUE + "[late]\nper_day = 0.1\ngrace_minutes = 1.5\n",
        "late.grace_minutes is 1.5; input should be a valid integer",
    ),
    ("late = 0.1\n", "late is 0.1; allowed: a table with the keys per_day, of,"),
    (
        "[weights]\nsoftmax = 1\n",
        "weights has none for conv2d, mlp; give every exercise a weight, or none.",
    ),
    ("[weights]\nsoftmax = 0\n", "weights.softmax is 0; input should be greater than 0."),
    ("[weights]\nsoftmax = inf\n", "weights.softmax is inf"),
    ("[weights]\ndefault = 1\n", "weights names 'default', which is no exercise"),
    (
        "[extensions.ada.lovelace]\ndays = 3\n",
        "extensions.ada.lovelace: no table may stand here; a student's name with dots in it needs quotes, "
        'such as [extensions."ada.lovelace"].',
    ),
    ("[extensions.ada]\n", "[extensions.ada] is empty; write days = 3, or a date for an exercise."),
    ("[extensions]\nada = 3\n", "extensions.ada is 3; allowed: a table."),
    (
        "[extensions.ada]\ndays = 3\n",
        "extensions.ada.days moves the class's dates, but nothing is due; add a table [due].",
    ),
    (
        DUE + "[extensions.ada]\ndays = 3.5\n",
        "extensions.ada.days is 3.5; allowed: a whole number from 1 to 366.",
    ),
    (DUE + "[extensions.ada]\ndays = true\n", "extensions.ada.days is True; allowed: a whole number"),
    (DUE + "[extensions.ada]\ndays = 367\n", "extensions.ada.days is 367; allowed: a whole number"),
    (DUE + "[extensions.ada]\nday = 3\n", "extensions.ada names 'day', which is no exercise"),
    (
        DUE + "[extensions.ada]\nmlp = 3\n",
        "extensions.ada.mlp: 3 is no date; write one without quotes",
    ),
    (
        DUE + "[extensions.ada]\nmlp = 2026-10-01T00:00:00Z\n",
        "extensions.ada.mlp is before the class's date, 2026-11-01T00:00:00+00:00; "
        "an extension gives more time.",
    ),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_in_a_policy_is_one_sentence(read, text: str, said: str) -> None:
    with pytest.raises(CourseError) as caught:
        read(text)
    assert str(caught.value).startswith(f"course.toml: {said}")
    assert "\n" not in str(caught.value)


def test_a_machine_without_time_zones_says_so(read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_timezones()
    monkeypatch.setattr("grader.course.terms.available_timezones", set)
    with pytest.raises(CourseError, match="knows no time zones; install them with `pip install tzdata`"):
        read('timezone = "Mars/Olympus"\n')


def test_an_exercise_called_default_is_ambiguous(tmp_path: Path) -> None:
    for name in ("default", "softmax"):
        write_exercise(tmp_path, name)
    top = 'name = "A course"\nexercises = ["softmax", "default"]\n'
    (tmp_path / "course.toml").write_text(top)
    assert read_course(tmp_path, staff=False).names == ("softmax", "default")
    (tmp_path / "course.toml").write_text(top + DUE)
    with pytest.raises(CourseError, match=r"due\.default may mean the exercise 'default' or something else"):
        read_course(tmp_path, staff=False)
