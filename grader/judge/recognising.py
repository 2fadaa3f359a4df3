"""Recognise known mistakes: which of them a submission agrees with, and with nothing else.

Programs of the staff's answer the same tests as the student's code did, with the
same inputs. Most of them are ruled out first, on a few tests with inputs that
are the same for the whole class, so that their answers are computed once; who
is left must agree at every call that the submission was marked for, then on
fresh inputs and at the probes. What is done is bounded by counts, never by a
clock: two runs of a class give the same report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from grader.course import Exercise
from grader.course.known import KnownMistake, known_mistakes
from grader.diagnosis.agreement import Record, agree, same
from grader.diagnosis.naming import Candidate, namings, worth_trying
from grader.judge.probing import Probe, probed, probes_of
from grader.judge.staff import Staff
from grader.student.proxy import Student

SHARED = "shared"
"""The draw of inputs that is the same for every student of a course."""

FRESH = "fresh"
"""A draw of inputs for this student that nobody was marked for."""

SCREENS = 5
"""Tests on which mistakes are ruled out, each 5 ms or so of the student's code."""

CONFIRMED = 3
"""Tests that are repeated on fresh inputs before a mistake is named."""

Trial = Callable[[Student, pytest.Item, str], Record]
"""Runs a test with a program in place of the student's, on a draw of inputs; '' is the one for marks."""


@dataclass(frozen=True)
class Failures:
    """What failed of one exercise.

    Attributes:
        failing: Names of all tests that failed by the student's fault.
        passing: Names of those that passed.
        records: What those saw that a mistake may explain, by name, in the order of the file.
        items: The tests themselves, likewise.
        others: Names of those that failed, and are left out here.
    """

    failing: frozenset[str]
    passing: frozenset[str]
    records: Mapping[str, Record]
    items: Mapping[str, pytest.Item]
    others: frozenset[str] = frozenset()

    def by_function(self) -> list[Failures]:
        """Those whose claims are all about one function, function by function; none if there is only one."""
        tests: dict[str, list[str]] = defaultdict(list)
        for test, record in self.records.items():
            called = called_in(record)
            if len(called) == 1:
                tests[called.pop()].append(test)
        return [self._only(frozenset(each)) for each in tests.values()] if len(tests) > 1 else []

    def _only(self, tests: frozenset[str]) -> Failures:
        return Failures(
            failing=tests,
            passing=self.passing,
            records={test: record for test, record in self.records.items() if test in tests},
            items={test: item for test, item in self.items.items() if test in tests},
            others=self.others | self.failing - tests,
        )


class Recognition:
    """Recognises mistakes, exercise after exercise.

    Args:
        staff: Where programs of the staff's run.
        trial: How a test is run with another program.
    """

    def __init__(self, staff: Staff, trial: Trial) -> None:
        self._staff = staff
        self._trial = trial
        self._mistakes: dict[str, dict[str, KnownMistake]] = {}
        self._programs: dict[str, dict[str, tuple[str, bytes]]] = {}
        self._probes: dict[str, dict[str, Probe]] = {}
        self._answers: dict[tuple[str, str], dict[str, Record]] = {}

    def known(self, exercise: Exercise) -> Mapping[str, KnownMistake]:
        """The known mistakes of an exercise by name.

        Raises:
            CourseError: One of them is not as it must be.
        """
        if exercise.name not in self._mistakes:
            mistakes = {each.name: each for each in known_mistakes(exercise)}
            self._mistakes[exercise.name] = mistakes
            self._programs[exercise.name] = {
                f"{name}__{variant}" if variant else name: (name, source)
                for name, mistake in mistakes.items()
                for variant, source in mistake.programs.items()
            }
            self._probes[exercise.name] = probes_of(exercise)
        return self._mistakes[exercise.name]

    def program(self, exercise: Exercise, mistake: str) -> Student:
        """A known mistake as a student; whoever asks for it closes it."""
        return self._staff.program(exercise, self._programs[exercise.name][mistake][1])

    def recognised(self, exercise: Exercise, student: Student, failures: Failures) -> tuple[Candidate, ...]:
        """The mistakes that a submission has made, the one that explains most first; empty if none fits.

        Where the failures are not explained altogether, each function is looked at by itself: what
        nobody knows in one of them says nothing about the others.

        Raises:
            GraderError: The course's own files are not as they must be, or its programs cannot be run.
        """
        found = self._recognised(exercise, student, failures)
        if _covers(found, failures):
            return found
        parts = [self._recognised(exercise, student, part) for part in failures.by_function()]
        apart = tuple(each for part in parts for each in part)
        return max(found, apart, key=_explained_tests)

    def _recognised(self, exercise: Exercise, student: Student, failures: Failures) -> tuple[Candidate, ...]:
        """The mistakes behind these failures."""
        ran, known = failures.failing | failures.passing | failures.others, self.known(exercise)
        fails = {
            program: frozenset(known[name].fails) & ran | frozenset(known[name].may_fail) & failures.failing
            for program, (name, _) in self._programs[exercise.name].items()
        }
        trying = {each: failed for each, failed in fails.items() if worth_trying(failed, failures.failing)}
        if not trying:
            return ()
        candidates = [
            Candidate(program, fails[program], self._explained(exercise, program, failures))
            for program in self._screened(exercise, student, failures, trying)
        ]
        fitting = {
            tuple(each.name.partition("__")[0] for each in naming): naming
            for naming in namings(failures.failing, candidates)
            if all(self._confirmed(exercise, student, each, failures) for each in naming)
        }
        if len(fitting) != 1:
            return ()  # neighbours that not even probes tell apart: claim nothing
        ((names, naming),) = fitting.items()
        return tuple(replace(each, name=name) for name, each in zip(names, naming, strict=True))

    def _screened(
        self,
        exercise: Exercise,
        student: Student,
        failures: Failures,
        fails: Mapping[str, frozenset[str]],
    ) -> list[str]:
        """The mistakes that agree with the submission on a test that is the same for all students."""
        tests = screens(list(failures.records), list(fails.values()))
        student.restart()
        theirs = {test: self._trial(student, failures.items[test], SHARED) for test in tests}
        left = []
        for name, failed in fails.items():
            seen = [test for test in tests if test in failed]
            answers = self._shared(exercise, name, {test: failures.items[test] for test in seen})
            if not seen or any(agree(theirs[test], answers[test]) for test in seen):
                left.append(name)
        return left

    def _shared(
        self, exercise: Exercise, mistake: str, items: Mapping[str, pytest.Item]
    ) -> Mapping[str, Record]:
        """What tests see of a mistake on the inputs that all students share; run once for a class."""
        answers = self._answers.setdefault((exercise.name, mistake), {})
        if missing := items.keys() - answers.keys():
            program = self.program(exercise, mistake)
            try:
                answers.update((test, self._trial(program, items[test], SHARED)) for test in sorted(missing))
            finally:
                program.close()
        return answers

    def _explained(self, exercise: Exercise, mistake: str, failures: Failures) -> frozenset[str]:
        """The tests at which a mistake gives all the answers that the submission was marked for."""
        known = self.known(exercise)[mistake.partition("__")[0]]
        program = self.program(exercise, mistake)
        try:
            return frozenset(
                test
                for test, record in failures.records.items()
                if test in (*known.fails, *known.may_fail)
                and agree(record, self._trial(program, failures.items[test], ""))
            )
        finally:
            program.close()

    def _confirmed(
        self, exercise: Exercise, student: Student, mistake: Candidate, failures: Failures
    ) -> bool:
        """Whether student and mistake agree on fresh inputs too, and at the probes."""
        program = self.program(exercise, mistake.name)
        try:
            student.restart()
            for test in [test for test in failures.records if test in mistake.explains][:CONFIRMED]:
                theirs = self._trial(student, failures.items[test], FRESH)
                ours = self._trial(program, failures.items[test], FRESH)
                if not (theirs.passed and ours.passed) and not agree(theirs, ours):
                    return False
            if mistake.fails != failures.failing:
                return True  # what else is wrong may show in the probes
            return all(
                same(probed(student, probe, name, exercise.name), probed(program, probe, name, exercise.name))
                for name, probe in self._probes[exercise.name].items()
            )
        finally:
            program.close()


def called_in(record: Record) -> set[str]:
    """The entry points and methods that a test made claims about, or was in when it ended."""
    ended = [(finding.call or "").partition("(")[0] for finding in record.findings]
    return {name for name in (*(sample.name for sample in record.samples), *ended) if name}


def _covers(found: Sequence[Candidate], failures: Failures) -> bool:
    return frozenset[str]().union(*(each.fails for each in found)) == failures.failing


def _explained_tests(found: Sequence[Candidate]) -> int:
    return len(frozenset[str]().union(*(each.explains for each in found)))


def screens(tests: Sequence[str], fails: Sequence[frozenset[str]]) -> list[str]:
    """A few of `tests` such that most mistakes fail two of them: greedily, what most mistakes still need.

    Args:
        tests: Tests that the submission fails, in the order of the file.
        fails: For each mistake the tests that it fails.
    """
    chosen: list[str] = []
    while len(chosen) < SCREENS:
        wanting = [failed for failed in fails if len(failed.intersection(chosen)) < 2]
        counts = Counter(test for failed in wanting for test in failed.difference(chosen))
        best = max(tests, key=lambda test: counts[test])
        if not counts[best]:
            break
        chosen.append(best)
    return chosen
