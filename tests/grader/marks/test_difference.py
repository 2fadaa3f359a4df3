"""What a regrade changed, and why: each reason alone, and what holds for any two reports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.marks.difference import difference, environment_changes, keep_better
from grader.report.changes import Reason
from grader.report.model import Kept, Lateness, Override
from grader.verdicts import Blame, Isolation, Verdict
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_student, make_test

PASSED, WRONG, ERROR = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.ERROR
ROWS, KEEPS = "Rows sum to one", "Keeps float64"


def softmax(first=PASSED, second=PASSED, **fields):
    return make_exercise("softmax", make_test(ROWS, first), make_test(KEEPS, second, points=1), **fields)


def student(*exercises, **fields):
    marks = [exercise.score if exercise.final is None else exercise.final for exercise in exercises]
    whole = {"final": sum(marks), "final_max": sum(exercise.max_score for exercise in exercises)}
    return make_student("ada", *exercises, **(whole | fields))


def dates(days=0, due="2026-11-01T23:59:00+01:00", *, extended=False):
    submitted = f"2026-11-{2 + days:02}T12:00:00+01:00"
    return Lateness(due=due, extended=extended, submitted=submitted, days=days)


def reasons(before, after, **options):
    change = difference(student(before), student(after), **options)
    assert change.reasons == change.exercises[0].reasons
    return set(change.reasons)


def test_the_same_report_is_no_difference():
    assert difference(student(softmax(WRONG)), student(softmax(WRONG))) is None


def test_what_no_mark_is_made_of_is_no_difference():
    other = softmax(WRONG, seconds=9, notes=("note",), files=(), title="Other", late=dates())
    tests = tuple(test.model_copy(update={"output": "x", "seconds": 7}) for test in other.tests)
    after = student(other.model_copy(update={"tests": tests}), digest="1" * 64, notes=("note",))
    assert difference(student(softmax(WRONG)), after) is None


def test_noise_of_floats_is_no_difference():
    before = make_exercise("softmax", *[make_test(points=0.1)] * 3)
    after = before.model_copy(update={"score": 0.3, "max_score": 0.3})
    assert before.score != after.score
    assert difference(student(before), student(after)) is None


def test_neither_is_nothing():
    assert difference(None, None) is None


@pytest.mark.parametrize("new", [True, False])
def test_a_student_on_one_side_only(new):
    report = student(softmax(WRONG))
    change = difference(None, report) if new else difference(report, None)
    assert change.student == "ada"
    assert change.reasons == change.exercises[0].reasons == (Reason.NEW if new else Reason.GONE,)
    assert change.moved is None
    assert change.exercises[0].moved is None
    there, missing = (change.after, change.before) if new else (change.before, change.after)
    assert (there.final, there.final_max, missing) == (1, 3, None)
    mark = change.exercises[0].after if new else change.exercises[0].before
    assert (mark.final, mark.verdict) == (1, WRONG)


def test_a_test_that_was_mended_moves_a_mark():
    change = difference(student(softmax(WRONG)), student(softmax()))
    assert (change.moved, change.reasons) == (2, (Reason.REGRADED,))
    assert (change.before.final, change.after.final, change.after.final_max) == (1, 3, 3)
    (exercise,) = change.exercises
    assert (exercise.name, exercise.moved) == ("softmax", 2)
    assert (exercise.before.score, exercise.after.score) == (1, 3)
    (test,) = exercise.tests
    assert (test.name, test.title, test.device) == ("test_rows_sum_to_one", ROWS, "cpu")
    assert (test.moved, test.before.verdict, test.after.verdict) == (2, WRONG, PASSED)
    assert test.before.blame is Blame.STUDENT


def test_another_verdict_for_no_points_is_told_too():
    change = difference(student(softmax(WRONG)), student(softmax(ERROR)))
    assert (change.moved, change.reasons) == (0, (Reason.REGRADED,))
    assert [(test.moved, test.after.verdict) for test in change.exercises[0].tests] == [(0, ERROR)]


def test_only_what_changed_is_listed():
    conv = make_exercise("conv2d", make_test())
    change = difference(student(softmax(WRONG), conv), student(softmax(), conv))
    assert [exercise.name for exercise in change.exercises] == ["softmax"]


def test_exercises_that_come_and_go():
    conv, loop = make_exercise("conv2d", make_test()), make_exercise("training_loop", make_test())
    change = difference(student(softmax(), conv), student(loop, softmax()))
    assert [(each.name, each.reasons) for each in change.exercises] == [
        ("training_loop", (Reason.NEW,)),
        ("conv2d", (Reason.GONE,)),
    ]
    assert (change.moved, change.reasons) == (0, (Reason.NEW, Reason.GONE))


def test_tests_are_matched_by_name_then_by_title_and_on_their_device():
    def exercise(*tests):
        return make_exercise(
            "softmax", *(make_test(title, name=name, device=device) for name, title, device in tests)
        )

    before = exercise(("a", "A", "cpu"), ("a", "A", "cuda"), ("b", "B", "cpu"), ("c", "C", "cpu"))
    renamed = exercise(("a", "A2", "cpu"), ("a", "A", "cuda"), ("b2", "B", "cpu"), ("c", "C", "cpu"))
    assert difference(student(before), student(renamed)) is None
    swapped = exercise(("b", "A", "cpu"), ("a", "A", "cuda"), ("a", "B", "cpu"), ("d", "D", "cpu"))
    (change,) = difference(student(before), student(swapped)).exercises
    assert [(test.name, test.before is None, test.after is None) for test in change.tests] == [
        ("d", True, False),
        ("c", False, True),
    ]
    assert [test.moved for test in change.tests] == [2, -2]


def test_one_test_on_two_devices_is_two():
    def exercise(*tests, name="a"):
        return make_exercise(
            "softmax",
            *(make_test(verdict=verdict, name=name, device=device) for device, verdict in tests),
        )

    before = exercise(("cpu", PASSED), ("cuda", WRONG))
    assert difference(student(before), student(exercise(("cuda", WRONG), ("cpu", PASSED)))) is None
    assert difference(student(before), student(exercise(("cuda", WRONG), ("cpu", PASSED), name="b"))) is None


def test_tests_of_one_name_are_matched_in_their_order():
    before = make_exercise("softmax", make_test(), make_test(verdict=WRONG), make_test())
    after = make_exercise("softmax", make_test(), make_test(verdict=ERROR))
    (change,) = difference(student(before), student(after)).exercises
    assert [(test.before.verdict, test.after and test.after.verdict) for test in change.tests] == [
        (WRONG, ERROR),
        (PASSED, None),
    ]


def test_who_handed_in_again_is_not_regraded():
    assert reasons(softmax(WRONG), softmax(), resubmitted=["softmax"]) == {Reason.RESUBMITTED}
    assert reasons(softmax(WRONG), softmax(), resubmitted=["conv2d"]) == {Reason.REGRADED}
    change = difference(student(softmax(WRONG)), student(softmax(), digest="1" * 64))
    assert change.reasons == (Reason.RESUBMITTED,)
    change = difference(student(softmax(WRONG)), student(softmax(), digest="1" * 64), resubmitted=())
    assert change.reasons == (Reason.REGRADED,)


LATE = {"late": dates(1), "penalty": 1.0, "final": 2.0}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (softmax(), softmax(**LATE), {Reason.POLICY}),
        (softmax(late=dates(1)), softmax(**LATE), {Reason.POLICY}),
        (softmax(late=dates(1, extended=True)), softmax(**LATE), {Reason.POLICY}),
        (softmax(late=dates(0)), softmax(**LATE), {Reason.TIME}),
        (softmax(WRONG, **LATE | {"final": 0.0}), softmax(**LATE), {Reason.REGRADED}),
        (softmax(WRONG, late=dates(1), final=1.0), softmax(**LATE), {Reason.REGRADED}),
        (softmax(WRONG, final=1.0), softmax(**LATE), {Reason.REGRADED, Reason.POLICY}),
        (
            softmax(WRONG, late=dates(1, extended=True), final=1.0),
            softmax(**LATE),
            {Reason.REGRADED, Reason.POLICY},
        ),
        (softmax(late=dates(1)), softmax(**LATE, dropped=True), {Reason.POLICY}),
        (softmax(weight=10), softmax(weight=20), {Reason.POLICY}),
        (softmax(WRONG, weight=10), softmax(weight=20), {Reason.REGRADED, Reason.POLICY}),
        (softmax(), softmax(weight=20), {Reason.POLICY}),
        (softmax(final=2), softmax(final=3), {Reason.POLICY}),
        (softmax(), softmax(dropped=True), {Reason.OTHERS}),
        (softmax(dropped=True), softmax(), {Reason.OTHERS}),
        (softmax(WRONG), softmax(dropped=True), {Reason.REGRADED}),
        (softmax(), softmax(override=Override(score=1, reason="x"), final=1), {Reason.OVERRIDE}),
        (softmax(**LATE), softmax(override=Override(score=1, reason="x"), final=1), {Reason.OVERRIDE}),
        (softmax(override=Override(score=1, reason="x"), final=1), softmax(), {Reason.OVERRIDE}),
        (
            softmax(override=Override(score=1, reason="x"), final=1),
            softmax(override=Override(score=1, reason="y"), final=1),
            {Reason.OVERRIDE},
        ),
        (
            softmax(WRONG, override=Override(score=1, reason="x"), final=1),
            softmax(override=Override(score=1, reason="x"), final=1),
            {Reason.REGRADED},
        ),
        (softmax(WRONG, attempt="attempt-1"), softmax(attempt="attempt-2"), {Reason.ATTEMPT}),
        (softmax(late=dates(0), attempt="1"), softmax(**LATE, attempt="2"), {Reason.ATTEMPT}),
        (softmax(verdict=Verdict.MISSING), softmax(verdict=ERROR), {Reason.REGRADED}),
        (
            make_exercise("softmax", make_test(ROWS), make_test(KEEPS, WRONG)),
            make_exercise("softmax", make_test(ROWS, WRONG), make_test(KEEPS)),
            {Reason.REGRADED},
        ),
        (
            softmax(kept=Kept(score_now=1, verdict_now=WRONG)),
            softmax(
                kept=Kept(score_now=1, verdict_now=WRONG), override=Override(score=3, reason="x"), final=3
            ),
            {Reason.OVERRIDE},
        ),
        (softmax(), softmax(kept=Kept(score_now=1, verdict_now=WRONG)), {Reason.KEPT}),
        (softmax(kept=Kept(score_now=1, verdict_now=WRONG)), softmax(ERROR), {Reason.REGRADED}),
    ],
)
def test_each_reason(before, after, expected):
    assert reasons(before, after) == expected


def test_what_was_kept_before_and_now_is_no_difference():
    kept = Kept(score_now=1, verdict_now=WRONG)
    assert difference(student(softmax(kept=kept)), student(softmax(kept=kept))) is None


def test_a_final_mark_that_moves_by_itself_is_policy():
    before = student(softmax())
    change = difference(before, before.model_copy(update={"final": 2.5}))
    assert (change.moved, change.reasons, change.exercises) == (-0.5, (Reason.POLICY,), ())
    assert difference(before, before.model_copy(update={"final_max": 30})).reasons == (Reason.POLICY,)


def test_reports_without_marks_are_compared_by_points():
    before, after = make_student("ada", softmax(WRONG)), make_student("ada", softmax())
    assert difference(before, after).moved == 2
    assert difference(before, student(softmax(WRONG))) is None


def test_the_environment():
    assert environment_changes(ENVIRONMENT, ENVIRONMENT) == ()
    other = {"torch": "2.14.0", "devices": ("cpu", "cuda"), "isolation_level": Isolation.PROCESS}
    after = ENVIRONMENT.model_copy(update=other | {"isolation": (), "missing": ()})
    assert environment_changes(ENVIRONMENT, after) == (
        "torch: 2.13.0 before, 2.14.0 now",
        "devices: cpu before, cpu, cuda now",
        "isolation level: full before, process now",
        "isolation: process limits, own session before, none now",
    )


# --only-raise


def test_the_better_one_is_kept_and_says_so():
    before, after = softmax(seconds=7), softmax(WRONG, seconds=3)
    kept = keep_better(before, after, same_content=True)
    assert kept == before.model_copy(update={"kept": Kept(score_now=1, verdict_now=WRONG)})


@pytest.mark.parametrize("before", [None, softmax(WRONG), softmax(PASSED, WRONG), softmax(ERROR, ERROR)])
def test_todays_is_kept_if_it_is_as_good(before):
    after = softmax(PASSED, WRONG)
    assert keep_better(before, after, same_content=True) is after


def test_something_else_was_handed_in_so_todays_counts():
    after = softmax(WRONG)
    assert keep_better(softmax(), after, same_content=False) is after


def test_noise_of_floats_is_no_better():
    before = make_exercise("softmax", *[make_test(points=0.1)] * 3)
    after = before.model_copy(update={"score": 0.3})
    assert before.score > after.score
    assert keep_better(before, after, same_content=True) is after


def test_with_weights_the_share_of_the_points_is_the_mark():
    before = make_exercise("softmax", make_test(points=8), make_test(verdict=WRONG))
    after = make_exercise("softmax", make_test(points=9), make_test(verdict=WRONG, points=3))
    assert keep_better(before, after, same_content=True) is after
    assert keep_better(before, after, same_content=True, weighted=True).kept.score_now == 9
    assert keep_better(after, before, same_content=True).kept.score_now == 8
    assert keep_better(after, before, same_content=True, weighted=True) is before


def test_an_exercise_without_points_has_nothing_to_keep():
    nothing = make_exercise("softmax", make_test(points=0))
    assert keep_better(nothing, nothing, same_content=True, weighted=True) is nothing
    # Where full points count a weight, none to be had count all of it.
    assert keep_better(softmax(WRONG), nothing, same_content=True, weighted=True) is nothing
    assert keep_better(softmax(WRONG), nothing, same_content=True).kept is not None


def test_what_policy_and_people_said_then_does_not_count_now():
    said = {
        "penalty": 1.0,
        "final": 2.0,
        "weight": 5.0,
        "dropped": True,
        "late": dates(1),
        "override": Override(score=2, reason="x"),
        "attempt": "attempt-1",
        "kept": Kept(score_now=0, verdict_now=ERROR),
    }
    kept = keep_better(softmax(**said), softmax(WRONG, title="New title"), same_content=True)
    bare = softmax(title="New title")
    assert kept == bare.model_copy(update={"kept": Kept(score_now=1, verdict_now=WRONG)})


# What holds for any two reports

VERDICTS = st.sampled_from([PASSED, WRONG, ERROR, Verdict.NOT_RUN])
TESTS = st.lists(
    st.builds(
        lambda name, verdict, points, device: make_test(name, verdict, points=points, device=device),
        st.sampled_from("abcd"),
        VERDICTS,
        st.sampled_from([0, 0.1, 1, 2.5]),
        st.sampled_from(["cpu", "cuda"]),
    ),
    max_size=5,
)


@st.composite
def exercises(draw, name):
    exercise = make_exercise(name, *draw(TESTS))
    penalty = draw(st.sampled_from([0, 0, 0.5])) * exercise.score
    override = draw(st.none() | st.builds(Override, score=st.integers(0, 9), reason=st.just("x")))
    final = exercise.score - penalty if override is None else override.score
    penalty = 0 if override else penalty
    return exercise.model_copy(update={"penalty": penalty, "override": override, "final": float(final)})


@st.composite
def students(draw):
    names = draw(st.lists(st.sampled_from(["softmax", "conv2d", "mlp"]), unique=True))
    return student(*(draw(exercises(name)) for name in names))


@settings(deadline=None)  # a busy machine is no failure
@given(students())
def test_nothing_differs_from_itself(report):
    assert difference(report, report) is None


@settings(deadline=None)  # a busy machine is no failure
@given(students(), students(), st.booleans())
def test_a_difference_adds_up(before, after, again):
    change = difference(before, after, resubmitted=["softmax"] if again else [])
    if change is None:
        assert before.final == pytest.approx(after.final)
        assert [each.verdict for each in before.exercises] == [each.verdict for each in after.exercises]
        return
    assert change.moved == pytest.approx(after.final - before.final)
    parts = [
        (each.after.final if each.after else 0) - (each.before.final if each.before else 0)
        for each in change.exercises
    ]
    assert sum(parts) == pytest.approx(change.moved)
    for each in change.exercises:
        assert each.reasons
        assert (each.moved is None) is (each.before is None or each.after is None)
        if each.before and each.after:
            moved = each.after.score - each.before.score
            assert sum(test.moved for test in each.tests) == pytest.approx(moved)


@settings(deadline=None)  # a busy machine is no failure
@given(students(), students())
def test_the_way_back_is_the_opposite(before, after):
    there, back = difference(before, after), difference(after, before)
    assert (there is None) is (back is None)
    if there and back:
        assert there.moved == -back.moved
        assert (there.before, there.after) == (back.after, back.before)
        assert {each.name for each in there.exercises} == {each.name for each in back.exercises}


@settings(deadline=None)  # a busy machine is no failure
@given(exercises("softmax"), exercises("softmax"), st.booleans())
def test_only_raise_never_lowers(before, after, weighted):
    kept = keep_better(before, after, same_content=True, weighted=weighted)
    again = keep_better(kept, after, same_content=True, weighted=weighted)
    assert again == kept

    def worth(report):
        return report.score / report.max_score if weighted and report.max_score else report.score

    if before.max_score and after.max_score:
        assert worth(kept) == pytest.approx(max(worth(before), worth(after)))
    assert (kept.kept is None) is (kept is after)
