"""What a person reads in each situation, word for word; `GOLDEN=write` writes the files anew."""

import pytest

from grader.findings import (
    CheckFailed,
    Crashed,
    Entry,
    ExceptionRaised,
    Frame,
    NotRun,
    OutOfMemory,
    TimedOut,
    ValuesDiffer,
)
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, MISTAKES
from grader.report.terminal import as_text, gradebook_view, student_view
from grader.verdicts import Blame, Reveal, Verdict, Visibility

WRONG, ERROR, NOT_RUN = Verdict.WRONG_ANSWER, Verdict.ERROR, Verdict.NOT_RUN
HIDDEN = Visibility.HIDDEN


def seen_by_student(report):
    return as_text(student_view(report.for_student(Reveal.DIFFERENCES)))


def seen_by_staff(report):
    return as_text(student_view(report))


def explained(name, **update):
    """The finding of an example, as a hidden test's."""
    finding, _ = EXPLAINED[name]
    return finding.model_copy(update=update)


def test_all_right(make, golden):
    tests = [make.test(title) for title in ("Rows sum to one", "Works on a batch of one")]
    report = make.student("ada", make.exercise("softmax", *tests), make.exercise("conv2d", tests[0]))
    golden("all_right.txt", seen_by_student(report))


def test_same_cause_is_told_once_and_a_fourth_cause_is_folded(make, golden):
    values, shape, exception = (EXAMPLES[code] for code in ("values-differ", "shape-differs", "exception"))
    tests = [
        make.test("Rows sum to one", WRONG, values, shape),
        *(make.test(f"Works along dim {dim}", WRONG, values) for dim in range(8)),
        make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"], output="shape is\ntorch.Size([2])\n"),
        make.test("Takes vectors", ERROR, exception, points=1.5),
        make.test("Takes one number", ERROR, exception, EXAMPLES["no-gradient"], points=1),
        make.test("Leaves its input alone"),
    ]
    golden("many_causes.txt", seen_by_student(make.student("ada", make.exercise("softmax", *tests))))


def test_a_stub(make, golden):
    tests = [
        make.test(title, Verdict.NOT_IMPLEMENTED, EXAMPLES["not-implemented"], points=0)
        for title in ("Rows sum to one", "Works on a batch of one", "Keeps float64")
    ]
    golden("stub.txt", seen_by_student(make.student("ada", make.exercise("softmax", *tests))))


@pytest.mark.parametrize(
    "code", ["missing-file", "unreadable-file", "syntax-error", "missing-entry-point", "exception"]
)
def test_a_file_that_does_not_load(make, golden, code):
    finding = EXAMPLES[code]
    if isinstance(finding, ExceptionRaised):
        frame = Frame(file="softmax.py", line=2, function="<module>", text="import tensorflow")
        finding = ExceptionRaised(
            call="import",
            type="ModuleNotFoundError",
            message="No module named 'tensorflow'",
            frames=(frame,),
        )
    skipped = NotRun(reason="did-not-load")
    tests = [make.test(title, NOT_RUN, skipped) for title in ("Rows sum to one", "Keeps float64")]
    verdict = Verdict.MISSING if code == "missing-file" else ERROR
    exercise = make.exercise("softmax", *tests, findings=(finding,), verdict=verdict, files=())
    golden(f"not_loaded_{code}.txt", seen_by_student(make.student("ada", exercise)))


def test_limits_and_deaths(make, golden):
    tests = [
        make.test("Works on a batch of one", Verdict.TIMED_OUT, TimedOut(what="call", seconds=10)),
        make.test("Rows sum to one", Verdict.CRASHED, Crashed(how="exit status 3")),
        make.test("Keeps float64", Verdict.OUT_OF_MEMORY, OutOfMemory(limit_mb=2048)),
        *(
            make.test(
                f"Works along dim {dim}", NOT_RUN, NotRun(reason="too-many-deaths", detail="3 in a row")
            )
            for dim in (0, 1)
        ),
    ]
    golden("limits.txt", seen_by_student(make.student("ada", make.exercise("softmax", *tests))))


def test_limits_of_what_a_process_holds(make, golden):
    codes = ("too-many-processes", "too-many-open-files", "file-too-large", "scratch-full", "too-much-output")
    exercises = [make.exercise(code, make.test("Works", ERROR, EXAMPLES[code])) for code in codes]
    golden("more_limits.txt", seen_by_student(make.student("ada", *exercises)))


@pytest.mark.parametrize("reveal", list(Reveal))
def test_hidden_tests_as_a_student_sees_them(make, golden, reveal):
    exception = ExceptionRaised(
        call="softmax(tensor[2, 3] float32, dim=5)",
        type="ValueError",
        message="got tensor([[3., 1., 4.], [1., 5., 9.]])",
        frames=(Frame(file="softmax.py", line=5, function="softmax", text="raise ValueError(f'got {x}')"),),
    )
    tests = [
        make.test("Rows sum to one", visibility=HIDDEN),
        make.test("Refuses a wrong dim", ERROR, exception, visibility=HIDDEN, output="tensor([3., 1.])"),
        make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"], visibility=HIDDEN),
        make.test(
            "Works along dim 0", ERROR, EXAMPLES["grader-fault"], visibility=HIDDEN, blame=Blame.GRADER
        ),
    ]
    report = make.student("ada", make.exercise("softmax", *tests)).for_student(reveal)
    golden(f"hidden_{reveal}.txt", as_text(student_view(report)))


def test_what_the_code_chose_is_left_out(make, golden):
    raised = EXAMPLES["exception"].model_copy(update={"type": "Got_3_1_4"})
    tests = [
        make.test("Rows sum to one", ERROR, raised, visibility=HIDDEN),
        make.test("Keeps its names", WRONG, EXAMPLES["names-differ"], visibility=HIDDEN),
        make.test("Is in training mode", WRONG, EXAMPLES["check-failed"], visibility=HIDDEN),
    ]
    golden("left_out.txt", seen_by_student(make.student("ada", make.exercise("softmax", *tests))))


def test_staff_see_names_blame_and_the_graders_own_fault(make, golden):
    tests = [
        make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"], visibility=HIDDEN),
        make.test(
            "Works along dim 0", ERROR, EXAMPLES["grader-fault"], visibility=HIDDEN, blame=Blame.GRADER
        ),
    ]
    golden("staff.txt", seen_by_staff(make.student("ada", make.exercise("softmax", *tests))))


def test_without_cuda(make, golden):
    tests = [make.test("Rows sum to one"), make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"])]
    tests += [make.test(test.title, NOT_RUN, NotRun(reason="no-cuda"), device="cuda") for test in tests]
    tests.append(make.test("Works on a batch of one", WRONG, EXAMPLES["values-differ"], device="cuda"))
    golden("cuda.txt", seen_by_student(make.student("ada", make.exercise("softmax", *tests))))


def test_check_lists_each_visible_test(make, golden):
    statement = CheckFailed(statement="every row sums to one", hint="Along which dimension do you sum?")
    tests = [
        make.test("Works on a batch of one", points=0),
        make.test("Keeps float64", points=0),
        make.test("Rows sum to one", WRONG, statement, points=0),
    ]
    report = make.student("softmax.py", make.exercise("softmax", *tests), notes=("notes.md was not read.",))
    golden("check.txt", as_text(student_view(report.for_student(Reveal.DIFFERENCES), each_test=True)))


def test_nothing_to_report(make, golden):
    bare = make.student("ada").environment.model_copy(update={"devices": (), "isolation": (), "missing": ()})
    report = make.student("ada", make.exercise("softmax", files=()), environment=bare)
    golden("nothing.txt", seen_by_student(report))


def test_wide_characters(make, golden):
    frame = Frame(file="ソフトマックス.py", line=3, function="計算", text="# 合計を求める")
    finding = ExceptionRaised(type="ValueError", message="次元が違います " * 12, frames=(frame,))
    exercise = make.exercise("softmax", make.test("行の和は一", ERROR, finding), title="ソフトマックス関数")
    golden("wide.txt", seen_by_student(make.student("山田太郎 Žofie", exercise)))


def test_one_number(make, golden):
    entry = Entry(index=(), yours=2.3025851, expected=2.3025853, allowed=1e-8)
    finding = ValuesDiffer(leaf="[0]", shape=(), dtype="float64", wrong=1, total=1, entries=(entry,), terms=1)
    exercise = make.exercise("cross_entropy", make.test("Mean over the batch", WRONG, finding))
    golden("one_number.txt", seen_by_student(make.student("ada", exercise)))


def test_the_class(make, golden):
    names = ("softmax", "cross_entropy", "linear_backward", "conv2d", "training_loop", "mlp")
    students = [
        make.student("ada", *(make.exercise(name, make.test()) for name in names)),
        make.student(
            "grace.hopper@example.org",
            *(
                make.exercise(name, make.test(f"{verdict}", verdict), make.test(points=1.5))
                for name, verdict in zip(names, list(Verdict)[3:9], strict=True)
            ),
        ),
        make.student("edsger", make.exercise("softmax", make.test("x", Verdict.MISSING))),
    ]
    golden("class.txt", as_text(gradebook_view(students)))


def test_a_class_of_the_best_needs_no_legend(make, golden):
    golden(
        "class_all_right.txt",
        as_text(gradebook_view([make.student("ada", make.exercise("mlp", make.test()))])),
    )


# --- more than that it is wrong ------------------------------------------------------


@pytest.fixture
def hidden(make):
    """A student's report on hidden tests of one exercise: titles, and what was found in each."""

    def report(name, *found, **fields):
        tests = [
            make.test(
                title,
                ERROR if isinstance(finding, ExceptionRaised) else WRONG,
                finding,
                visibility=HIDDEN,
            )
            for title, finding in found
        ]
        passed = make.test("Leaves its input alone", visibility=HIDDEN)
        return make.student("ada", make.exercise(name, *tests, passed, **fields))

    return report


def test_a_mistake_with_the_smallest_case(hidden, golden):
    finding = explained("A known mistake")
    titles = ("The gradient of a batch is (softmax - onehot) / N", "The gradient of many classes")
    report = hidden("cross_entropy", *((title, finding) for title in titles), mistakes=MISTAKES[:1])
    golden("mistake.txt", seen_by_student(report))


def test_a_pattern_in_the_wrong_numbers(hidden, golden):
    found = ("The bias gets the sum over the batch", explained("A pattern"))
    golden("pattern.txt", seen_by_student(hidden("linear_backward", found)))


def test_where_the_wrong_numbers_sit(hidden, golden):
    found = ("Padding on all sides", explained("Where they sit"))
    golden("where.txt", seen_by_student(hidden("conv2d", found)))


def test_where_a_training_loop_left_the_way(hidden, golden):
    found = ("Three batches, two epochs", explained("The path of a training loop"))
    golden("path.txt", seen_by_student(hidden("training_loop", found)))


def test_an_exception_of_a_known_kind_whose_message_is_not_shown(hidden, golden):
    found = ("Each row of a matrix becomes probabilities", explained("The kind of an exception"))
    golden("exception_of_a_kind.txt", seen_by_student(hidden("softmax", found)))


def test_right_code_that_does_more_than_it_must(make, golden):
    tests = [make.test(title, visibility=HIDDEN) for title in ("One channel", "Padding on all sides")]
    exercise = make.exercise("conv2d", *tests, efficiency=(EFFICIENCY,))
    golden("efficiency.txt", seen_by_student(make.student("ada", exercise)))


def test_points_that_hang_on_work(make, golden):
    """Right code that does too much, and code of which that is not asked yet."""
    title = "conv2d does no more work than it needs"
    work = make.test(title, Verdict.TOO_MUCH_WORK, EXAMPLES["too-much-work"], points=1, visibility=HIDDEN)
    first = NotRun(reason="tests-failed")
    later = make.test(title, Verdict.NOT_RUN, first, points=1, visibility=HIDDEN, blame=Blame.NOBODY)
    wrong = make.test("Padding on all sides", Verdict.WRONG_ANSWER, EXAMPLES["shape-differs"])
    golden(
        "too_much_work.txt",
        seen_by_student(make.student("ada", make.exercise("conv2d", make.test("One channel"), work)))
        + seen_by_student(
            make.student("bob", make.exercise("conv2d", make.test("One channel"), wrong, later))
        ),
    )


def test_two_mistakes_at_once(hidden, golden):
    first, second = MISTAKES
    large = "cross_entropy(tensor[6, 7] float32, tensor[6] int64)"
    known = {"call": large, "mistake": second.name, "relation": None, "smallest": None}
    found = [
        ("The gradient of a batch is (softmax - onehot) / N", explained("A known mistake")),
        ("The gradient of many classes", explained("A known mistake")),
        ("Logits of a thousand and more", explained("The smallest case", **known)),
    ]
    report = hidden("cross_entropy", *found, mistakes=(first, second))
    golden("two_mistakes.txt", seen_by_student(report))


def test_where_verdicts_alone_are_shown_nothing_of_it_is_left(hidden, golden):
    found = [(name, finding) for name, (finding, _) in EXPLAINED.items()]
    report = hidden("softmax", *found, mistakes=MISTAKES, efficiency=(EFFICIENCY,))
    golden("explained_verdict.txt", as_text(student_view(report.for_student(Reveal.VERDICT))))
