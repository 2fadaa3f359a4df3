"""Which jobs a student's attempts make, and what goes along with them."""

import pytest

from grader.batch.grade import jobs_of, secret_of
from grader.errors import CourseError
from grader.findings import MissingFile
from grader.submission import Bundle, Submission
from tests.grader.batch.test_keys import BOTH
from tests.grader.tiny import EXERCISE, bundle_of, make_course

NONE = Bundle("twice", (), (), (), MissingFile(expected=("twice.py",)))


def attempt(name: str, *bundles: Bundle, student: str = "student-01") -> Submission:
    return Submission(student, bundles, (), "", name)


def companions(submissions: list[Submission], tmp_path) -> list[tuple[str, ...]]:
    toml = 'companions = ["twice"]\n' + EXERCISE
    course = make_course(tmp_path, **BOTH, **{"exercises/double/exercise.toml": toml})
    return [
        tuple(file.content.decode() for bundle in job.companions for file in bundle.files)
        for job in jobs_of(course, submissions, "s")
        if job.exercise == "double"
    ]


def test_a_companion_comes_from_the_same_attempt_or_the_last_one_before_it_that_has_it(tmp_path):
    first, later = bundle_of("1", "twice"), bundle_of("2", "twice")
    double = bundle_of("def double(x): ...")
    assert companions(
        [
            attempt("attempt-1", double, first),
            attempt("attempt-2", double, NONE),
            attempt("attempt-3", double, later),
            attempt("attempt-4", NONE, double),
        ],
        tmp_path,
    ) == [("1",), ("1",), ("2",), ("2",)]


def test_nobody_gets_a_companion_of_somebody_else(tmp_path):
    theirs = [attempt("", bundle_of("def double(x): ..."), bundle_of("1", "twice"), student="ada")]
    mine = [attempt("", bundle_of("def double(x): ..."), NONE, student="bob")]
    assert companions(theirs + mine, tmp_path) == [("1",), ()]


def test_a_course_without_a_secret_is_told_where_to_name_one(tmp_path):
    course = make_course(tmp_path, **BOTH).model_copy(update={"secret": None})
    with pytest.raises(CourseError, match=r'course\.toml .* put `secret = "reference/secret\.txt"` there'):
        secret_of(course, None)
    assert secret_of(course, "a seed") == "a seed"
