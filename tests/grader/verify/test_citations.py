"""Each hidden test cites a sentence that is in the handout; what does not is named, with what is nearest."""

import pytest

from grader.course import read_course
from grader.verify.citations import rows
from grader.verify.report import Claim, Standing
from tests.grader.tiny import HANDOUT, HIDDEN, make_course
from tests.repo.test_chapter_order import PACKAGE

COURSE = read_course(PACKAGE.parent, staff=True)
CITED = '@cites("The input is not changed.")'
TESTS = "tests/hidden/test_double.py"
WHERE = "exercises/double/README.md"


def found(folder, **changed):
    course = make_course(folder, **changed)
    return list(rows(course, course.exercises[0]))


def refused(folder, decorator="", handout=HANDOUT):
    """The one row about `test_leaves_its_input_alone` with another decorator or handout."""
    assert CITED in HIDDEN
    tests = HIDDEN.replace(CITED, decorator or CITED)
    (row,) = found(folder, **{TESTS: tests, WHERE: handout})
    assert (row.standing, row.claim, row.exercise) == (Standing.FAILS, Claim.CITATION, "double")
    assert (row.what, row.file) == ("test_leaves_its_input_alone", TESTS)
    return row


def line_of(text):
    """The line of the hidden tests that `text` begins in."""
    return HIDDEN[: HIDDEN.index(text)].count("\n") + 1


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=COURSE.names)
def test_the_course_cites_what_its_handouts_say(exercise):
    (row,) = rows(COURSE, exercise)
    assert (row.standing, row.file) == (Standing.HOLDS, f"exercises/{exercise.name}/README.md")
    assert row.sentence.split()[0] >= "12"


def test_a_right_course_has_one_row_with_the_numbers(tmp_path):
    (row,) = found(tmp_path)
    assert row.sentence == f"6 tests cite 6 sentences of {WHERE}"


def test_a_test_that_cites_nothing_is_named(tmp_path):
    row = refused(tmp_path, "@points(1)")
    assert row.line == line_of("def test_leaves_its_input_alone")
    assert row.sentence == (
        f'test_leaves_its_input_alone cites nothing; name with @cites("...") the sentence of {WHERE} '
        "that it tests, and if there is none, write it there"
    )


def test_a_sentence_that_is_not_there_is_named_with_the_nearest_that_is(tmp_path):
    row = refused(tmp_path, '@cites("The input must not be changed")')
    assert row.line == line_of(CITED)
    assert row.sentence == (
        f"test_leaves_its_input_alone cites 'The input must not be changed', which {WHERE} does not say; "
        "the nearest there is 'The input is not changed.' (line 10)"
    )


def test_nothing_is_suggested_where_nothing_is_near(tmp_path):
    row = refused(tmp_path, '@cites("Complex numbers are welcome here")')
    assert row.sentence.endswith("does not say")


def test_a_sentence_that_left_the_handout_is_missed(tmp_path):
    row = refused(tmp_path, handout=HANDOUT.replace("The input is not changed. ", ""))
    assert "'The input is not changed.', which" in row.sentence


def test_a_sentence_that_no_student_sees_is_missed(tmp_path):
    hidden = HANDOUT.replace("The input is not changed.", "<!-- The input\nis not changed. -->")
    assert "does not say" in refused(tmp_path, handout=hidden).sentence


@pytest.mark.parametrize(
    ("decorator", "said"),
    [
        ('@cites("The " + "input is not changed.")', "what is not written out"),
        ("@cites(*['The input is not changed.'])", "what is not written out"),
        ('@cites("input")', "'input', too short"),
        ('@cites("**input** `is`")', "'input is', too short"),
        ('@cites("he input is not changed.")', "does not say"),
        ('@cites("The input is not chang")', "does not say"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(tmp_path, decorator, said):
    assert said in refused(tmp_path, decorator).sentence


@pytest.mark.parametrize(
    "decorator",
    [
        '@cites("The input "\n       "is not changed")',
        '@cites("is not\\n   changed.")',
        '@cites("The *input* is `not` changed.")',
        '@checks.cites("The input is not changed.")',
        '@cites("The input is not changed.", "A text is a TypeError.")',
        '@cites("A text is a TypeError.")\n@cites("The input is not changed.")',
        '@cites("**twice its input**, a tensor of any shape. One number gives one number.")',
    ],
)
def test_layout_and_emphasis_do_not_count(tmp_path, decorator):
    tests = HIDDEN.replace(CITED, decorator)
    handout = HANDOUT.replace("is not changed", "is not\n  _changed_")
    assert [row.standing for row in found(tmp_path, **{TESTS: tests, WHERE: handout})] == [
        Standing.HOLDS,
    ]


def test_tests_in_a_class_cite_too(tmp_path):
    tests = HIDDEN + "\nclass TestMore:\n    def test_more(self, student):\n        '''More.'''\n"
    (row,) = found(tmp_path, **{TESTS: tests})
    assert (row.what, row.standing) == ("test_more", Standing.FAILS)


def test_a_file_without_tests_proves_nothing(tmp_path):
    (row,) = found(tmp_path, **{TESTS: "'''No test.'''\n"})
    assert (row.standing, row.sentence) == (Standing.FAILS, f"{TESTS} holds no test")
