"""Programs and reports as if they had been judged, for the tests of what looks at them."""

from pathlib import Path

from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Blame, Verdict, Visibility, worst
from grader.verify.programs import Program
from grader.verify.report import Claim
from tests.grader.tiny import bundle_of


def program(claim=Claim.REFERENCE, what="", judgement=lambda report: None, **more) -> Program:
    return Program(
        "double",
        claim,
        what,
        Path("reference/double") / f"{what}.py",
        bundle_of(what),
        judgement,
        **more,
    )


def a_test(name="test_numbers", verdict=Verdict.PASSED, seconds=0.01, device="cpu", **more) -> TestReport:
    return TestReport(
        **{
            "name": name,
            "title": name,
            "verdict": verdict,
            "blame": Blame.NOBODY,
            "device": device,
            "score": float(verdict is Verdict.PASSED),
            "max_score": 1.0,
            "visibility": Visibility.HIDDEN,
            "numeric": True,
            "findings": (),
            "seconds": seconds,
            "output": "",
        }
        | more
    )


def judged(*tests: TestReport) -> ExerciseReport:
    return ExerciseReport(
        name="double",
        title="Double",
        verdict=worst(test.verdict for test in tests),
        score=sum(test.score for test in tests),
        max_score=sum(test.max_score for test in tests),
        files=(),
        notes=(),
        findings=(),
        tests=tests,
        seconds=1.0,
    )
