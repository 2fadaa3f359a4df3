"""Where marks are given a report names the digest that the receipt has; a check says nothing of it."""

from grader.report.about_files import read_from
from grader.report.terminal import as_text, student_view
from grader.verdicts import Reveal

DIGEST = "0123456789abcdef" * 4


def test_a_marked_exercise_shows_twelve_digits_to_staff_and_students(make) -> None:
    report = make.student("ada", make.exercise("softmax", make.test(), digest=DIGEST, final=1))
    for view in (report, report.for_student(Reveal.VERDICT)):
        assert "  read from softmax.py (digest 0123456789ab)\n" in as_text(student_view(view))


def test_a_check_says_which_files_and_no_digest(make) -> None:
    assert read_from(make.exercise("softmax", make.test(), digest=DIGEST)) == "read from softmax.py"


def test_an_older_report_has_no_digest(make) -> None:
    assert read_from(make.exercise("softmax", make.test(), final=1)) == "read from softmax.py"
    assert read_from(make.exercise("softmax", make.test(), files=(), digest=DIGEST, final=1)) == ""
