"""Sixty wrong programs that nobody wrote for the grader's sake: how well it names what went wrong.

Judged by the real judge. `tests/wrong/README.md` says what they are; they are
never changed to make a number here look better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.batch.slots import Slots
from grader.course import read_course
from grader.findings import Finding
from grader.judge.job import Job
from grader.judge.staff import program_bundle, solution_bundle
from grader.report.model import ExerciseReport

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LISTED = sorted((ROOT / "tests/wrong/listed").glob("*/*.py"))
UNLISTED = sorted((ROOT / "tests/wrong/unlisted").glob("*/*.py"))

NAMED = 0.9
"""Of the programs with a known mistake, the share that must be named right."""

TOLD = 0.7
"""Of the programs with an unknown one, the share of which something true must be told."""

NOWHERE = ("everywhere", "scattered")
"""Descriptions of a place that leave nothing out."""


@dataclass(frozen=True)
class Claim:
    """One thing that a report says of a wrong answer."""

    about: str
    kind: str
    test: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        told = ", ".join(
            f"{name}={value!r}" for name, value in self.facts.items() if value not in ("", None, ())
        )
        return f"{self.test}: {self.about} {self.kind} ({told})"


Fact = Callable[[Claim], bool]
"""Whether a claim says one certain thing that is true of a program."""


def fact(about: str, kind: str, **facts: object) -> Fact:
    """A claim of this kind, with these values in its fields."""

    def said(claim: Claim) -> bool:
        return (claim.about, claim.kind) == (about, kind) and all(
            claim.facts[name] in (value if isinstance(value, frozenset) else (value,))
            for name, value in facts.items()
        )

    return said


def one_of(*values: object) -> frozenset[object]:
    return frozenset(values)


TRUE: dict[str, tuple[Fact, ...]] = {
    "softmax/rounded_to_four_places": (
        fact("relation", "rounded", value=4.0),
        # Rounding has a derivative of 0.
        fact("relation", "zero", leaf="the gradient of argument 1"),
    ),
    "softmax/last_slice_forgotten": (
        fact("relation", "zero", wrong_only=True),
        fact("relation", "place", named="last"),
        fact("where", "slices"),
    ),
    "softmax/smallest_wins": (
        # The formula is another one. With one number along dim it gives 1 too, and -inf becomes NaN.
        fact("relation", "when", when="size-more", when_name="n"),
        fact("where", "slices"),
        # Of two logits the softmax is turned round; seen in one call, along the dimension of size 2.
        fact("relation", "flipped"),
    ),
    "softmax/unit_length": (fact("relation", "slice-factor"),),
    "cross_entropy/grad_with_a_two": (fact("relation", "factor", named="2"),),
    "cross_entropy/grad_classes_first": (fact("relation", "transposed"),),
    "cross_entropy/loss_of_the_winner": (
        # Where the prediction is right, so is the row of the gradient that autograd brings back.
        fact("where", "slices"),
    ),
    "linear_backward/weight_decay_added": (
        fact("relation", "added", leaf="[1]", named=one_of("weight", "argument 2")),
    ),
    "linear_backward/gradients_clipped": (
        fact("where", "above"),
        fact("relation", "constant", value=one_of(1.0, -1.0), wrong_only=True),
        fact("relation", "when", when="large"),
    ),
    "linear_backward/relu_behind_the_layer": (fact("relation", "zero", leaf="[0]", wrong_only=True),),
    "conv2d/bias_taken_away": (
        fact("relation", "slice-offset"),
        fact("relation", "when", when="option", when_name="bias"),
    ),
    "conv2d/relu_included": (
        fact("relation", "clipped"),
        fact("relation", "zero", wrong_only=True),
        fact("where", "negative"),
    ),
    "conv2d/mirrored_padding": (
        fact("where", "border"),
        fact("relation", "place", named="border"),
        fact("relation", "when", when="option", when_name="padding"),
    ),
    "conv2d/kernel_upside_down": (
        fact("relation", "when", when="size-more", when_name="kH"),
        # Output channels whose kernel reads the same upside down are right.
        fact("where", "slices", dim=1),
    ),
    "training_loop/steps_of_the_summed_loss": (fact("seen", "scaled", named="batch size"),),
    "training_loop/learning_rate_halved": (fact("seen", "settings-changed"), fact("seen", "gradient-right")),
    "training_loop/accuracy_over_batches": (
        # Samples / batches is 10 / 2 and 12 / 3 in the tests.
        fact("relation", "factor", leaf="[1]", value=one_of(5.0, 4.0)),
    ),
    "mlp/columns_first": (fact("relation", "when", when="rank"),),
    "mlp/absolute_values": (),  # nothing that the grader has words for
    "mlp/scaled_logits": (
        fact("relation", "factor"),
        # Where only the last bias changes, what is missing of it is missing for all samples alike.
        fact("relation", "slice-offset", dims=(0,)),
    ),
}
"""What can truly be said of each program, found by reading it, not by looking at what is said."""


def key(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def reports() -> Iterator[dict[str, ExerciseReport]]:
    """Every program's report."""
    course = read_course(ROOT, staff=True)
    jobs = {}
    for path in (*LISTED, *UNLISTED):
        exercise = course.exercise(path.parent.name)
        companions = tuple(solution_bundle(course.exercise(name)) for name in exercise.companions)
        bundle = program_bundle(exercise.name, path.read_bytes())
        jobs[Job(path.stem, exercise.name, bundle, companions, "wrong programs")] = key(path)
    names = sorted({job.exercise for job in jobs}, key=course.names.index)
    with Slots(course, names, "cpu", 2) as slots:
        yield {jobs[job]: report for job, report in slots.run(list(jobs))}


def named(report: ExerciseReport) -> list[str]:
    return [each.name for each in report.mistakes]


def claims(report: ExerciseReport) -> list[Claim]:
    """All that is said of what went wrong, places that leave nothing out excepted."""
    return [claim for test in report.tests for found in test.findings for claim in _claims(test.name, found)]


def _claims(test: str, finding: Finding) -> Iterator[Claim]:
    if (relation := finding.relation) is not None:
        facts: dict[str, object] = {
            name: getattr(relation, name) for name in ("leaf", "value", "named", "dims", "wrong_only")
        }
        when = relation.when
        facts |= {"when": when.kind if when else "", "when_name": when.name if when else ""}
        yield Claim("relation", relation.kind, test, facts)
    where = getattr(finding, "where", None)
    if where is not None and where.kind not in NOWHERE:
        facts = {"leaf": getattr(finding, "leaf", "")}
        facts |= {name: getattr(where, name) for name in ("whole", "dim", "indices", "threshold")}
        yield Claim("where", where.kind, test, facts)
    if finding.trajectory is not None:
        for seen in finding.trajectory.seen:
            yield Claim("seen", seen.kind, test, {"named": seen.named, "count": seen.count})
    if (kind := getattr(finding, "kind", None)) is not None:
        yield Claim("error", kind, test, {})


def true_ones(program: str, report: ExerciseReport) -> list[Claim]:
    return [claim for claim in claims(report) if any(says(claim) for says in TRUE[program])]


def test_there_are_forty_and_twenty():
    assert (len(LISTED), len(UNLISTED)) == (40, 20)
    assert set(TRUE) == {key(path) for path in UNLISTED}


def test_every_program_is_wrong(reports):
    whole = [program for program, report in reports.items() if report.score == report.max_score]
    unloaded = [program for program, report in reports.items() if report.findings]
    assert (whole, unloaded) == ([], [])


def test_known_mistakes_are_named_right(reports):
    """At least nine in ten are named, and not one of them by a wrong name."""
    wrong, unnamed = [], []
    for path in LISTED:
        mistake, names = path.stem.partition("__")[0], named(reports[key(path)])
        if not names:
            unnamed.append(key(path))
        elif names != [mistake]:
            wrong.append((key(path), names))
    assert not wrong
    assert len(LISTED) - len(unnamed) >= NAMED * len(LISTED), unnamed


def test_unknown_mistakes_get_no_name(reports):
    assert {key(path): names for path in UNLISTED if (names := named(reports[key(path)]))} == {}


def test_something_true_is_told_of_unknown_mistakes(reports):
    """A relation, a place, an explained exception, or the step at which a loop left the way."""
    told = {program: true_ones(program, reports[program]) for program in TRUE}
    silent = [program for program, true in told.items() if not true]
    assert len(UNLISTED) - len(silent) >= TOLD * len(UNLISTED), silent


def test_no_relation_is_claimed_that_does_not_hold(reports):
    """What is said of wrong values, and of loops, is in the table of what is true."""
    false = {}
    for program in TRUE:
        said = [claim for claim in claims(reports[program]) if claim.about in ("relation", "seen")]
        true = true_ones(program, reports[program])
        if doubtful := sorted({str(claim) for claim in said if claim not in true}):
            false[program] = doubtful
    assert false == {}
