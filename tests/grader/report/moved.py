"""Builders of what a regrade changed: of marks that moved, for every reason there is."""

from grader.report.changes import (
    Changes,
    ExerciseChange,
    Mark,
    Reason,
    Result,
    StudentChange,
    TestChange,
    Total,
)
from grader.report.model import Kept, Override
from grader.verdicts import Blame, Verdict

PASSED, WRONG, ERROR = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.ERROR


def result(verdict=PASSED, points=2.0, blame=None):
    passed = verdict is PASSED
    return Result(
        verdict=verdict,
        blame=blame or (Blame.NOBODY if passed else Blame.STUDENT),
        score=points if passed else 0,
        max_score=points,
    )


def outcome(title="Rows sum to one", before=None, after=None, **fields):
    moved = (after.score if after else 0) - (before.score if before else 0)
    name = "test_" + title.lower().replace(" ", "_")
    return TestChange(
        **{"name": name, "title": title, "device": "cpu", "moved": moved, "before": before, "after": after}
        | fields
    )


def mark(final=2.0, **fields):
    return Mark(
        **{
            "verdict": PASSED,
            "score": 2.0,
            "max_score": 3.0,
            "penalty": 0.0,
            "final": final,
            "weight": None,
            "dropped": False,
            "override": None,
            "kept": None,
            "attempt": "",
        }
        | fields
    )


def exercise(*reasons, before=None, after=None, tests=(), name="softmax"):
    moved = after.final - before.final if before and after else None
    return ExerciseChange(
        name=name,
        reasons=reasons or (Reason.REGRADED,),
        moved=moved,
        before=before,
        after=after,
        tests=tests,
    )


def total(final, most=3.0):
    return Total(score=final, max_score=most, penalty=0, final=final, final_max=most)


def student(name, before, after, *exercises, most=3.0):
    old = None if before is None else total(before)
    new = None if after is None else total(after, most)
    return StudentChange(
        student=name,
        reasons=tuple(dict.fromkeys(reason for each in exercises for reason in each.reasons))
        or (Reason.POLICY,),
        moved=after - before if old and new else None,
        before=old,
        after=new,
        exercises=exercises,
    )


def changes(*students, unchanged=40, environment=()):
    return Changes(
        course="Deep Learning",
        before="2026-11-20T09:00:00Z",
        started="2026-11-21T09:00:00Z",
        environment=environment,
        unchanged=unchanged,
        students=students,
    )


def up(name="ada", **fields):
    return student(name, 0.0, 2.0, exercise(before=mark(0), after=mark(), tests=(UP,), **fields))


def down(name="bob", blame=None):
    test = outcome(before=result(), after=result(WRONG, blame=blame))
    return student(name, 2.0, 0.0, exercise(before=mark(), after=mark(0), tests=(test,)))


UP = outcome(before=result(WRONG), after=result())
SET = Override(score=2.5, reason="Shown in person")


def policy():
    late = exercise(Reason.POLICY, before=mark(), after=mark(1.5, penalty=0.5), name="conv2d")
    left_out = exercise(Reason.OTHERS, before=mark(), after=mark(dropped=True), name="mlp")
    back = exercise(Reason.OTHERS, before=mark(dropped=True), after=mark(), name="training_loop")
    weighed = exercise(Reason.POLICY, before=mark(), after=mark(weight=10), name="linear")
    return student("carla", 2.0, 1.5, late, left_out, back, weighed)


def by_hand():
    hand = exercise(Reason.OVERRIDE, before=mark(), after=mark(2.5, override=SET))
    no_more = exercise(Reason.OVERRIDE, before=mark(2.5, override=SET), after=mark(), name="conv2d")
    other = exercise(Reason.ATTEMPT, before=mark(), after=mark(attempt="attempt-2"), tests=(UP,), name="mlp")
    return student("dora", 2.0, 2.5, hand, no_more, other)


def kept():
    better = exercise(Reason.KEPT, before=mark(), after=mark(kept=Kept(score_now=1, verdict_now=WRONG)))
    return student("emil", 2.0, 2.0, better)


def many_tests():
    came = outcome("Takes vectors", after=result(ERROR, blame=Blame.EXERCISE))
    went = outcome("Takes lists", before=result(points=0.5))
    quiet = outcome("Keeps float64", before=result(WRONG), after=result(ERROR))
    on_cuda = outcome(
        "Works on a batch of one", before=result(ERROR), after=result(points=1.0), device="cuda"
    )
    return student(
        "finn", 1.0, 3.5, exercise(before=mark(1), after=mark(3.5), tests=(came, went, quiet, on_cuda, UP))
    )


def level():
    test = outcome(before=result(WRONG), after=result(ERROR))
    return student("gwen", 0.0, 0.0, exercise(before=mark(0), after=mark(0), tests=(test,)))


def new(name="hugo"):
    return student(name, None, 2.0, exercise(Reason.NEW, after=mark()))


def gone(name="ines"):
    return student(name, 2.0, None, exercise(Reason.GONE, before=mark()))


def everything():
    everybody = (
        up(),
        down(),
        policy(),
        by_hand(),
        kept(),
        many_tests(),
        level(),
        new(),
        gone(),
        down("jo", Blame.GRADER),
    )
    return changes(*everybody, environment=("torch: 2.12.0 before, 2.13.0 now",))


HOSTILE = [
    '=HYPERLINK("http://x")',
    "\t=1",
    "-1+1",
    "a\nb,c",
    '"quoted"',
    "half\ud800",
    "\x1b[31mred",
    "\x9b31m",
    "\u202eabc",
    "[bold red]x[/]",
    "x" * 10**5,
    "山田" * 100,
]


def spoiled(text):
    hand = Override(score=2.5, reason=text)
    change = exercise(
        Reason.OVERRIDE,
        before=mark(attempt=text),
        after=mark(2.5, override=hand, attempt=text + "2"),
        tests=(outcome(title=text, before=result(), after=None, device=text),),
    )
    other = exercise(Reason.ATTEMPT, before=mark(attempt="x"), after=mark(attempt=text))
    return [student(text, 2.0, 2.5, change, other), up(text), new(text), gone(text)]
