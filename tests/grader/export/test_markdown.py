"""Markdown of a student and of a class: all that is to be said, and no text that is markup."""

import pytest

from grader.export.markdown import class_markdown, student_markdown
from grader.report.examples import EXAMPLES
from grader.report.safe import safe_text
from grader.verdicts import Isolation, Reveal, Verdict
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_student, make_test
from tests.grader.report.test_markdown import LAYOUT, READERS, Seen, squeezed

TAGS = LAYOUT | {"h1", "h2"}


def rows(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_a_students_report_has_the_whole_in_a_table_and_each_exercise_in_full():
    ada, bob, cleo, _ = a_class()
    text = student_markdown(bob)
    assert text.startswith("# Deep Learning: bob\n\n- 0 of 2 points\n")
    assert rows(text)[:2] == [
        ["exercise", "result", "points", "tests"],
        ["softmax", "error", "0 of 2 points", "0 of 2 tests passed"],
    ]
    assert "`values-differ` The gradient is not divided by N" in text
    assert "`exception` " in text
    assert text.endswith("grader 0.1.0, Python 3.12.4, torch 2.13.0, on cpu\n")
    assert "all 2 tests passed" in student_markdown(ada)
    assert "missing-file" in student_markdown(cleo)


def test_a_final_mark_is_told():
    exercise = make_exercise("softmax", make_test(points=4), penalty=1, final=3, weight=10)
    assert "- final: 3 of 4" in student_markdown(
        make_student("ada", exercise, final=3, final_max=4, penalty=1)
    )


def test_isolation_that_was_not_full_is_told_to_each_in_their_words():
    less = make_student(
        "ada", environment=ENVIRONMENT.model_copy(update={"isolation_level": Isolation.PROCESS})
    )
    assert "Student code ran without" in student_markdown(less)
    assert "That concerns whoever ran the grader" in student_markdown(less.for_student(Reveal.MESSAGES))


def test_what_is_hidden_from_a_student_is_not_in_it():
    bob = a_class()[1]
    assert "index" in student_markdown(bob)
    shown = student_markdown(bob.for_student(Reveal.VERDICT))
    assert "index" not in shown
    assert "loss 1" not in shown


def test_a_class_has_its_marks_its_mistakes_and_its_hardest_tests():
    text = class_markdown(a_class())
    table = rows(text)
    assert ["bob", "0 (error)", "0 of 2"] in table
    assert ["ada", "2", "2 of 2"] in table
    assert ["1 of 3", "softmax", "gradient\\_not\\_divided"] in [row[:3] for row in table]
    assert ["1 of 2", "softmax", "Sums to one", "\\-"] in table
    assert text.splitlines()[2] == "4 students"


def test_tests_of_another_device_say_so_and_long_lists_end():
    hard = [
        make_test(
            f"Test {i}", Verdict.WRONG_ANSWER, EXAMPLES["values-differ"], visibility="hidden", device="cuda"
        )
        for i in range(25)
    ]
    text = class_markdown([make_student("ada", make_exercise("softmax", *hard))])
    assert text.count("(on cuda) |") == 20
    assert "... and 5 more tests that not everybody passed." in text


def test_marks_that_count_otherwise_have_a_column():
    exercise = make_exercise("softmax", make_test(points=4), penalty=1, final=3, weight=10)
    text = class_markdown([make_student("ada", exercise, final=3, final_max=4, penalty=1)])
    assert ["ada", "4", "4 of 4", "3 of 4"] in rows(text)


def test_nobody_is_a_class_too():
    assert "0 students" in class_markdown([])


@pytest.mark.parametrize("render", READERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_and_is_no_markup(render, kind):
    student = hostile_student(HOSTILE[kind])
    for text in (student_markdown(student), class_markdown([student, *a_class()])):
        assert len(text) < 60_000
        seen = Seen(render(text))
        assert seen.tags <= TAGS
        assert not seen.odd
        assert squeezed(safe_text(HOSTILE[kind])) in squeezed(seen.text)
