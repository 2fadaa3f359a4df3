"""Same cause, one finding; nothing is lost."""

from grader.findings import NotRun, Seen, Trajectory
from grader.report.examples import EXAMPLES
from grader.report.groups import grouped, split
from grader.verdicts import Verdict

VALUES, SHAPE, RAISED = (EXAMPLES[code] for code in ("values-differ", "shape-differs", "exception"))
WRONG, ERROR = Verdict.WRONG_ANSWER, Verdict.ERROR


def outline(groups):
    return [
        (
            g.finding.code if g.finding else None,
            g.leader.title if g.leader else None,
            [t.title for t in g.others],
        )
        for g in groups
    ]


def test_tests_of_one_cause_follow_the_first(make):
    tests = [
        make.test("a", WRONG, VALUES),
        make.test("b"),
        make.test("c", ERROR, RAISED),
        make.test("d", WRONG, VALUES.model_copy(update={"call": "f(2)", "wrong": 1}), SHAPE),
    ]
    groups = grouped(make.exercise("softmax", *tests))
    expected = [("values-differ", "a", ["d"]), ("exception", "c", []), ("shape-differs", "d", [])]
    assert outline(groups) == expected
    assert groups[0].finding is tests[0].findings[0]


def test_a_test_is_named_once_however_often_it_has_a_cause(make):
    test = make.test("a", WRONG, VALUES, VALUES)
    assert outline(grouped(make.exercise("softmax", test))) == [("values-differ", "a", [])]


def test_two_tests_that_look_the_same_both_count(make):
    test = make.test("a", WRONG, VALUES)
    (group,) = grouped(make.exercise("softmax", test, test.model_copy()))
    assert len(group.tests) == 2


def test_a_finding_on_the_exercise_leads_and_names_no_test(make):
    syntax = EXAMPLES["syntax-error"]
    exercise = make.exercise("softmax", make.test("a", ERROR, syntax), findings=(syntax,))
    assert outline(grouped(exercise)) == [("syntax-error", None, ["a"])]


def test_bare_verdicts_make_one_group_in_the_reports_order(make):
    tests = [make.test("a", ERROR), make.test("b", WRONG), make.test("c", ERROR)]
    (group,) = grouped(make.exercise("softmax", *tests))
    assert group.finding is None
    assert [test.title for test in group.tests] == ["a", "b", "c"]


def test_findings_of_a_passed_test_are_no_failure(make):
    assert grouped(make.exercise("softmax", make.test("a", Verdict.PASSED, VALUES))) == []


def test_three_are_open_the_rest_is_folded_and_what_did_not_run_is_counted(make):
    codes = ["values-differ", "shape-differs", "exception", "crashed", "timed-out"]
    tests = [make.test(code, ERROR, EXAMPLES[code]) for code in codes]
    tests.insert(0, make.test("z", Verdict.NOT_RUN, NotRun(reason="no-cuda")))
    tests.append(make.test("y", ERROR))
    opened, folded, counted = split(grouped(make.exercise("softmax", *tests)))
    assert [group.leader.title for group in opened] == codes[:3]
    assert [group.leader.title for group in folded] == codes[3:]
    assert [group.leader.title for group in counted] == ["z", "y"]


def test_parts_of_one_result_take_one_place(make):
    parts = [VALUES.model_copy(update={"leaf": f"[{i}]"}) for i in range(4)]
    tests = [
        make.test("a", WRONG, *parts, SHAPE),
        make.test("b", WRONG, VALUES.model_copy(update={"leaf": "[9]"})),
    ]
    opened, folded, _ = split(grouped(make.exercise("mlp", *tests)))
    assert [(g.leader.title, g.finding.code) for g in opened] == [
        ("a", "values-differ"),
        ("a", "shape-differs"),
        ("b", "values-differ"),
    ]
    assert [g.finding.leaf for g in folded] == ["[1]", "[2]", "[3]"]


def test_loops_in_which_the_same_was_seen_are_one_finding_parts_and_all(make):
    def failed(title, *leaves, same=None):
        seen = (Seen(kind="settings-changed"),)
        path = None if same is None else Trajectory(steps=9, expected_steps=9, same=same, seen=seen)
        found = [VALUES.model_copy(update={"leaf": leaf, "trajectory": path}) for leaf in leaves]
        return make.test(title, WRONG, *found)

    tests = [
        failed("a", "[w]", "[b]", same=3),
        failed("b", "[w]", "[b]"),
        failed("c", "[v]", same=2),
        failed("d", "[0]", "[1]", same=4),
    ]
    assert outline(grouped(make.exercise("loop", *tests))) == [("values-differ", "a", ["b", "c", "d"])]


def test_findings_on_the_exercise_are_each_told(make):
    missing = [EXAMPLES["missing-entry-point"].model_copy(update={"name": name}) for name in ("f", "g")]
    opened, folded, _ = split(grouped(make.exercise("softmax", findings=tuple(missing))))
    assert (len(opened), folded) == (2, [])


def test_an_exercise_that_did_not_run_is_told_not_counted(make):
    exercise = make.exercise("softmax", findings=(NotRun(reason="no-companion"),))
    opened, folded, counted = split(grouped(exercise))
    assert (len(opened), folded, counted) == (1, [], [])
