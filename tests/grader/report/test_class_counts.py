"""What a class has in common: counted while reports pass, whatever is in them."""

import random

import numpy as np
import pytest

from grader.findings import ExceptionRaised, GraderFault, MissingFile, NotRun, Relation, ShapeDiffers
from grader.findings.trajectory import Seen, Trajectory
from grader.report import class_report
from grader.report.class_counts import ClassCounts
from grader.report.class_report import ClassReport
from grader.report.examples import EXAMPLES
from grader.report.files import as_json, write_class
from grader.report.gradebook import rows
from grader.report.model import MistakeReport, RunReport
from grader.verdicts import Blame, Verdict, Visibility

WRONG, ERROR, PASSED = Verdict.WRONG_ANSWER, Verdict.ERROR, Verdict.PASSED
DIFFERS = EXAMPLES["values-differ"]
SHAPE = EXAMPLES["shape-differs"]


def counted(*students):
    counts = ClassCounts()
    assert list(counts.passing(students)) == list(students)
    return counts.report()


def mistake(name="no_max_shift", headline="The exponential is taken of the logits as they are."):
    return MistakeReport(name=name, headline=headline, explanation="e", question="q", section="s", tests=1)


@pytest.fixture
def hidden(make):
    def build(title="a test", verdict=PASSED, *findings, **fields):
        return make.test(title, verdict, *findings, visibility=Visibility.HIDDEN, **fields)

    return build


@pytest.mark.parametrize(
    "model", [each for each in vars(class_report).values() if hasattr(each, "model_fields")]
)
def test_every_field_has_a_sentence(model):
    assert all((field.description or "").endswith(".") for field in model.model_fields.values())


def test_nobody_has_nothing_in_common():
    assert counted() == ClassReport()


# --- known mistakes ---------------------------------------------------------------


def test_mistakes_are_ranked_by_how_many_made_them(make, hidden):
    known = DIFFERS.model_copy(update={"mistake": "no_max_shift"})

    def failing(student, *names):
        exercise = make.exercise(
            "softmax", hidden("t", WRONG, known), mistakes=tuple(mistake(each) for each in names)
        )
        return make.student(student, exercise)

    missing = make.exercise("softmax", hidden("t", Verdict.NOT_RUN), verdict=Verdict.MISSING)
    seen = counted(
        failing("cem", "other", "no_max_shift"),
        failing("ada", "no_max_shift", "no_max_shift"),
        failing("bob"),
        make.student("dan", missing),
        make.student("eve", make.exercise("softmax", hidden("t"))),
    )
    first, second = seen.mistakes
    assert (first.exercise, first.name) == ("softmax", "no_max_shift")
    assert first.headline == "The exponential is taken of the logits as they are."
    assert (first.count, first.handed_in, first.share) == (2, 4, 0.5)
    assert first.students == ("ada", "cem")
    assert (second.name, second.count) == ("other", 1)
    assert seen.students == 5


def test_of_equally_frequent_mistakes_the_courses_order_decides(make, hidden):
    def failed(name, *mistakes):
        return make.exercise(name, hidden("t", WRONG, DIFFERS), mistakes=tuple(map(mistake, mistakes)))

    seen = counted(make.student("ada", failed("softmax", "z", "b"), failed("conv2d", "a")))
    assert [each.name for each in seen.mistakes] == ["b", "z", "a"]


# --- hidden tests -----------------------------------------------------------------


def test_who_took_a_test_and_who_passed(make, hidden):
    def row(*outcomes):
        return make.student("x", make.exercise("softmax", *outcomes))

    seen = counted(
        row(hidden()),
        row(hidden("a test", WRONG)),
        row(hidden("a test", Verdict.TIMED_OUT)),
        row(hidden("a test", Verdict.NOT_RUN, blame=Blame.NOBODY)),
        row(hidden("a test", Verdict.NOT_IMPLEMENTED)),
        row(hidden("a test", Verdict.UNSTABLE, blame=Blame.NOBODY)),
        row(hidden("a test", ERROR, blame=Blame.EXERCISE)),
    )
    (test,) = seen.tests
    assert (test.exercise, test.name, test.title, test.device) == ("softmax", "test_a_test", "a test", "cpu")
    assert (test.taken, test.passed, test.difficulty) == (3, 1, 1 / 3)
    assert (test.discrimination, test.passed_by) == (None, "some")


def test_a_test_that_nobody_took_is_there_and_a_visible_one_is_not(make, hidden):
    seen = counted(
        make.student("ada", make.exercise("softmax", make.test("visible"), hidden("b", Verdict.NOT_RUN)))
    )
    (test,) = seen.tests
    assert (test.title, test.taken, test.passed_by, test.difficulty) == ("b", 0, None, None)


def test_tests_stand_by_exercise_and_in_their_order(make, hidden):
    lost = make.exercise("softmax")
    ada = make.student("ada", lost, make.exercise("conv2d", hidden("c")))
    bob = make.student("bob", make.exercise("softmax", hidden("z"), hidden("a")), ada.exercises[1])
    assert [test.title for test in counted(ada, bob).tests] == ["z", "a", "c"]


def test_discrimination_is_that_of_the_other_tests(make, hidden):
    """Three tests, worth 2, 1 and 3: each is correlated with what the other two gave."""
    draw = random.Random(4)
    worth = {"a": 2.0, "b": 1.0, "c": 3.0}
    table = [[draw.random() < 0.3 + 0.05 * skill for _ in worth] for skill in range(12)]
    students = [
        make.student(
            f"{number}",
            make.exercise(
                "softmax",
                *(
                    hidden(title, PASSED if passed else WRONG, points=worth[title])
                    for title, passed in zip(worth, outcomes, strict=True)
                ),
            ),
        )
        for number, outcomes in enumerate(table)
    ]
    passed = np.array(table, float)
    points = passed * list(worth.values())
    for column, test in enumerate(counted(*students).tests):
        rest = points.sum(axis=1) - points[:, column]
        assert test.discrimination == pytest.approx(np.corrcoef(passed[:, column], rest)[0, 1])
        assert test.difficulty == passed[:, column].mean()


def test_a_test_on_another_device_is_no_other_test(make, hidden):
    """With both devices passing together the rest is one other test, which says the opposite."""
    students = [
        make.student(
            f"{number}",
            make.exercise(
                "softmax",
                *(hidden("a", PASSED if good else WRONG, device=device) for device in ("cpu", "cuda")),
                hidden("b", WRONG if good else PASSED, points=1),
            ),
        )
        for number, good in enumerate([True, False] * 6)
    ]
    found = {(test.title, test.device): test.discrimination for test in counted(*students).tests}
    assert found == {("a", "cpu"): -1, ("a", "cuda"): -1, ("b", "cpu"): -1}


# --- what nothing explained -------------------------------------------------------


def test_submissions_that_no_explanation_fitted(make, hidden):
    related = DIFFERS.model_copy(update={"relation": Relation(kind="factor")})
    named = DIFFERS.model_copy(update={"mistake": "no_max_shift"})
    seen = counted(
        make.student(
            "bob", make.exercise("softmax", hidden(), hidden("b", ERROR, SHAPE), hidden("c", WRONG, DIFFERS))
        ),
        make.student(
            "ada",
            make.exercise("softmax", hidden("c", WRONG), hidden("c", WRONG, device="cuda")),
            make.exercise("conv2d", hidden("d", WRONG, related), hidden("e", WRONG, DIFFERS)),
        ),
        make.student("cem", make.exercise("softmax", hidden("c", WRONG, named, DIFFERS))),
        make.student("dan", make.exercise("softmax", hidden("c", Verdict.TIMED_OUT, EXAMPLES["timed-out"]))),
        make.student("eve", make.exercise("softmax", hidden("c", ERROR, blame=Blame.GRADER))),
    )
    assert [(it.exercise, it.student, it.code, it.tests) for it in seen.unexplained] == [
        ("softmax", "ada", None, ("test_c",)),
        ("softmax", "bob", "shape-differs", ("test_b", "test_c")),
    ]


@pytest.mark.parametrize(
    ("kind", "explained"), [("broadcast", True), ("none", True), ("assertion", False), (None, False)]
)
def test_an_exception_of_a_known_kind_is_an_explanation(make, hidden, kind, explained):
    raised = ExceptionRaised(type="RuntimeError", message="m", frames=(), kind=kind)
    seen = counted(
        make.student("ada", make.exercise("softmax", hidden("a", ERROR, raised), hidden("b", WRONG, SHAPE)))
    )
    assert [it.code for it in seen.unexplained] == ([] if explained else ["exception"])


@pytest.mark.parametrize(("kind", "explained"), [("settings-changed", True), ("gradient-differs", False)])
def test_what_was_seen_of_a_loop_is_an_explanation(make, hidden, kind, explained):
    trajectory = Trajectory(steps=3, expected_steps=3, same=1, seen=(Seen(kind=kind),))
    finding = DIFFERS.model_copy(update={"trajectory": trajectory})
    seen = counted(make.student("ada", make.exercise("training_loop", hidden("a", WRONG, finding))))
    assert [it.code for it in seen.unexplained] == ([] if explained else ["values-differ"])


# --- findings ---------------------------------------------------------------------


def test_findings_are_ranked_by_code_and_cause(make, hidden):
    def part(leaf, **fields):
        return SHAPE.model_copy(update={"leaf": leaf, **fields})

    def row(student, *findings):
        return make.student(student, make.exercise("softmax", hidden("t", WRONG, *findings)))

    factor = Relation(kind="factor", named="N")
    seen = counted(
        row("cem", part("[1]"), part("[1]"), DIFFERS),
        row("bob", part("[0]"), part("[1]"), part("[1]", mistake="named")),
        row("ada", part("[0]", relation=factor), part("[1]", relation=factor)),
        row("dan"),
    )
    shape, values = seen.findings
    assert (shape.exercise, shape.code, shape.count, shape.handed_in) == ("softmax", "shape-differs", 3, 4)
    assert (shape.share, shape.students) == (0.75, ("ada", "bob", "cem"))
    assert [(it.cause, it.relation, it.students) for it in shape.causes] == [
        ("[1]", None, ("bob", "cem")),
        ("[0]", None, ("bob",)),
        ("[0]", "factor", ("ada",)),
        ("[1]", "factor", ("ada",)),
    ]
    assert (values.code, values.count, values.share) == ("values-differ", 1, 0.25)


def test_what_is_no_work_of_a_student_is_no_finding(make, hidden):
    tests = (
        hidden("a", Verdict.NOT_IMPLEMENTED, EXAMPLES["not-implemented"]),
        hidden("b", Verdict.NOT_RUN, NotRun(reason="did-not-load")),
        hidden("c", ERROR, GraderFault(detail="x"), blame=Blame.GRADER),
        hidden("d", Verdict.UNSTABLE, EXAMPLES["unstable"], blame=Blame.NOBODY),
        hidden("e", PASSED, DIFFERS),
    )
    missing = make.exercise(
        "conv2d", verdict=Verdict.MISSING, findings=(MissingFile(expected=("conv2d.py",)), DIFFERS)
    )
    exercise = make.exercise("softmax", *tests, findings=(EXAMPLES["syntax-error"], GraderFault(detail="y")))
    seen = counted(make.student("ada", exercise, missing))
    assert [(it.code, it.count) for it in seen.findings] == [("syntax-error", 1)]
    assert seen.unexplained == ()


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("exception", "IndexError"),
        ("wrong-error", EXAMPLES["wrong-error"].type),
        ("forbidden-used", ", ".join(sorted(EXAMPLES["forbidden-used"].what))),
        ("type-differs", EXAMPLES["type-differs"].yours),
        ("check-failed", EXAMPLES["check-failed"].statement),
        ("no-gradient", EXAMPLES["no-gradient"].argument),
        ("argument-modified", EXAMPLES["argument-modified"].argument),
        ("timed-out", EXAMPLES["timed-out"].what),
        ("broke-protocol", EXAMPLES["broke-protocol"].what),
        ("crashed", EXAMPLES["crashed"].how),
        *(
            (code, EXAMPLES[code].leaf)
            for code in (
                *("values-differ", "not-finite", "shape-differs", "dtype-differs"),
                *("device-differs", "length-differs", "names-differ"),
            )
        ),
        ("out-of-memory", ""),
    ],
)
def test_the_cause_of_a_finding_is_not_a_line_of_one_student(make, hidden, code, cause):
    example = EXAMPLES[code]
    if code == "exception":
        example = ExceptionRaised(type="IndexError", message="m", frames=())
    seen = counted(make.student("ada", make.exercise("softmax", hidden("t", ERROR, example))))
    assert [it.cause for it in seen.findings[0].causes] == [cause]


def test_a_cause_that_student_code_chose_is_bounded(make, hidden):
    raised = ExceptionRaised(type="E" * 10_000, message="", frames=())
    seen = counted(make.student("ada", make.exercise("softmax", hidden("t", ERROR, raised))))
    assert len(seen.findings[0].causes[0].cause) == 200


# --- where it is written ----------------------------------------------------------


def test_the_run_holds_it_and_no_students_report_does(make, hidden, tmp_path):
    wrong = ShapeDiffers(leaf="", yours=(1,), expected=(2,))
    students = [make.student(name, make.exercise("softmax", hidden("t", WRONG, wrong))) for name in "ab"]
    bare = make.run(*students).model_copy(update={"class_report": ClassReport()})
    told = write_class(rows(students), bare, iter(students), tmp_path)
    written = (tmp_path / "run.json").read_bytes()
    run = RunReport.model_validate_json(written)
    assert as_json(run) == written
    assert run.class_report == told == counted(*students)
    assert [it.student for it in told.unexplained] == ["a", "b"]
    assert b"class_report" not in as_json(students[0])
