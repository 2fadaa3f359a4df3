"""How many mutants the hidden tests notice, and each that they do not, as rows.

A mutant is caught if a test fails because of it. One that is neither caught nor
listed as equivalent is a missing test; one that is listed and caught is listed
wrongly; one that could not be judged is neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.findings import GraderFault
from grader.report.model import ExerciseReport
from grader.verdicts import Blame, Verdict
from grader.verify.mutants.equivalents import FILE, Equivalent, Listed
from grader.verify.mutants.mutant import Mutant
from grader.verify.report import Claim, Row, Standing

MANY = 0.1
"""A larger share of mutants that are listed as equivalent asks for another look at the list."""


def rows(
    exercise: str, mutants: Sequence[Mutant], listed: Listed, reports: Mapping[str, ExerciseReport]
) -> Iterator[Row]:
    """The rows of an exercise: the score first, then what is wrong.

    Args:
        exercise: Its name.
        mutants: All mutants of its reference that were to be judged.
        listed: Which of them are listed as equivalent.
        reports: What came of each, by its name; one that is missing was not judged.
    """
    caught = {mutant.name: caught_by(reports[mutant.name]) for mutant in mutants if mutant.name in reports}
    wrong = [*_entries(exercise, listed)]
    for mutant in mutants:
        test = caught.get(mutant.name)
        if mutant.name not in caught:
            wrong.append(_not_judged(exercise, mutant))
        elif mutant.name in listed.reasons and test is not None:
            wrong.append(_wrongly_listed(exercise, mutant, test))
        elif mutant.name not in listed.reasons and test is None:
            wrong.append(_survivor(exercise, mutant))
    if len(listed.reasons) > MANY * len(mutants):
        wrong.append(_many(exercise, len(listed.reasons), len(mutants)))
    yield _score(exercise, mutants, listed, caught, wrong)
    yield from wrong


def caught_by(report: ExerciseReport) -> str | None:
    """The first test that notices, or what kept the program from being loaded; None if all is well.

    Only tests with points notice anything, on any device. What is the grader's,
    the machine's or the exercise's fault catches nothing.
    """
    for finding in report.findings:
        if not isinstance(finding, GraderFault):
            return finding.code
    counting = {test.name for test in report.tests if test.max_score > 0}
    for test in report.tests:
        failed = test.verdict not in (Verdict.PASSED, Verdict.NOT_RUN)
        if failed and test.name in counting and test.blame is Blame.STUDENT:
            return test.name
    return None


def _score(
    exercise: str,
    mutants: Sequence[Mutant],
    listed: Listed,
    caught: Mapping[str, str | None],
    wrong: Sequence[Row],
) -> Row:
    asked = [mutant.name for mutant in mutants if mutant.name not in listed.reasons]
    count = sum(caught.get(name) is not None for name in asked)
    standings = {row.standing for row in wrong}
    worst = next((each for each in (Standing.FAILS, Standing.NOT_RUN) if each in standings), Standing.HOLDS)
    sentence = f"{count} of {len(asked)} mutants are caught, {len(listed.reasons)} listed as equivalent"
    return Row(exercise=exercise, claim=Claim.MUTANT, standing=worst, sentence=sentence)


def _survivor(exercise: str, mutant: Mutant) -> Row:
    sentence = (
        f"no hidden test notices that `{mutant.before}` became {_gone(mutant.after)}; add a test "
        f"that fails then, or list it in reference/{exercise}/{FILE} with the reason why nobody could notice"
    )
    return _of_mutant(exercise, mutant, Standing.FAILS, sentence)


def _wrongly_listed(exercise: str, mutant: Mutant, test: str) -> Row:
    sentence = (
        f"is listed in reference/{exercise}/{FILE} as equivalent, but {test} notices it; take it off the list"
    )
    return _of_mutant(exercise, mutant, Standing.FAILS, sentence)


def _not_judged(exercise: str, mutant: Mutant) -> Row:
    return _of_mutant(exercise, mutant, Standing.NOT_RUN, "was not judged")


def _of_mutant(exercise: str, mutant: Mutant, standing: Standing, sentence: str) -> Row:
    return Row(
        exercise=exercise,
        claim=Claim.MUTANT,
        what=mutant.name,
        standing=standing,
        sentence=sentence,
        file=f"reference/{exercise}/solution.py",
        line=mutant.line,
        detail=mutant.diff(f"reference/{exercise}/solution.py"),
    )


def _entries(exercise: str, listed: Listed) -> Iterator[Row]:
    """Entries that do not stand for mutants."""
    for entry in listed.stale:
        sentence = "fits no mutant, or only one that is listed already; take it off the list, or correct it"
        yield _of_entry(exercise, entry, sentence)
    for entry in listed.ambiguous:
        yield _of_entry(exercise, entry, "fits mutants in several functions; say which by function = '...'")


def _of_entry(exercise: str, entry: Equivalent, sentence: str) -> Row:
    return Row(
        exercise=exercise,
        claim=Claim.MUTANT,
        what=FILE,
        standing=Standing.FAILS,
        sentence=f"the entry that `{entry.line}` becomes {_gone(entry.becomes)} {sentence}",
        file=f"reference/{exercise}/{FILE}",
    )


def _gone(line: str) -> str:
    return f"`{line}`" if line else "nothing"


def _many(exercise: str, listed: int, count: int) -> Row:
    sentence = (
        f"{listed} of {count} mutants are listed as equivalent, more than {MANY:.0%}; "
        "see whether tests of them are missing after all"
    )
    return Row(
        exercise=exercise,
        claim=Claim.MUTANT,
        what=FILE,
        standing=Standing.WARNING,
        sentence=sentence,
        file=f"reference/{exercise}/{FILE}",
    )
