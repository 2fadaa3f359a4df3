"""Which notebooks come back, and with what."""

from grader.findings import UnreadableFile
from grader.press.books import books_of
from grader.report.model import Kept
from grader.submission import Bundle, Submission
from grader.verdicts import Reveal, Verdict, Visibility
from tests.grader.press.reports import exercise, handed_in, raised, student, used


def test_one_notebook_with_several_exercises_comes_back_once():
    report = student(exercise("softmax", raised(2)), exercise("mlp", notebook=used(defined=3)))
    (book,) = books_of(report, [handed_in(b"{}", exercises=("softmax", "mlp"))])
    assert [(each.cell, each.exercise, each.passed) for each in book.feedback] == [
        (0, "", False),
        (2, "softmax", False),
        (3, "mlp", True),
    ]


def test_a_python_file_does_not_come_back():
    assert books_of(student(exercise(notebook=None)), [handed_in(b"x = 1", "softmax.py")]) == ()


def test_a_notebook_that_did_not_load_comes_back_all_the_same():
    broken = exercise(notebook=None, findings=(UnreadableFile(file="softmax.ipynb", reason="notebook"),))
    bundle = handed_in(b"broken", "softmax.ipynb").bundles[0]
    named = Bundle("softmax", ("softmax.py", "softmax.ipynb"), bundle.files, (), None)
    (book,) = books_of(student(broken), [Submission("ada", (named,), (), "")])
    assert [each.cell for each in book.feedback] == [0, 0]
    assert "unreadable-file" in book.feedback[1].markdown


def test_it_is_the_notebook_of_the_attempt_that_counts():
    report = student(exercise(attempt="first"))
    attempts = [handed_in(b"1", attempt="first"), handed_in(b"2", attempt="second")]
    assert [book.content for book in books_of(report, attempts)] == [b"1"]
    assert books_of(student(exercise(attempt="third")), attempts) == ()


def test_an_earlier_result_that_counts_points_at_no_cell_of_this_notebook():
    kept = Kept(score_now=0, verdict_now=Verdict.ERROR)
    (book,) = books_of(student(exercise("softmax", raised(2), kept=kept)), [handed_in(b"{}")])
    assert [each.cell for each in book.feedback] == [0, 0]


def test_only_what_the_student_may_see_is_said():
    hidden = raised(2, message="the secret").model_copy(
        update={"visibility": Visibility.HIDDEN, "output": "also"}
    )
    for reveal in (Reveal.VERDICT, Reveal.MESSAGES):
        seen = student(exercise("softmax", hidden)).for_student(reveal)
        (book,) = books_of(seen, [handed_in(b"{}")])
        said = " ".join(each.markdown for each in book.feedback)
        assert "also" not in said
        assert hidden.name not in said
