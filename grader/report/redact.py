"""What of a finding a student may see: the rules, each over one finding.

Used by the model's `for_student` alone. A rule returns the finding as it may
be shown, or None where nothing of it may be. Staff-only facts go from every
finding; what may quote a hidden test's inputs goes from hidden tests' findings
unless the course reveals everything. A rule never adds and never rewords.
"""

from collections.abc import Iterable

from grader.findings import (
    ExceptionRaised,
    Finding,
    GraderFault,
    MissingEntryPoint,
    MissingFile,
    NotImplementedYet,
    NotRun,
    SyntaxProblem,
    TimedOut,
    UnreadableFile,
    WrongError,
)
from grader.verdicts import Reveal


def without_staff_only(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """`findings` as a student may see them where no test needs hiding."""
    return tuple(_public(finding) for finding in findings)


def of_hidden_test(findings: Iterable[Finding], reveal: Reveal) -> tuple[Finding, ...]:
    """`findings` of a hidden test as `reveal` lets a student see them."""
    public = without_staff_only(findings)
    if reveal is Reveal.EVERYTHING:
        return public
    if reveal is Reveal.DIFFERENCES:
        return tuple(_without_message(finding) for finding in public)
    return tuple(
        finding.model_copy(update={"call": None}) if isinstance(finding, _SAY_THE_VERDICT) else finding
        for finding in public
        if did_not_load(finding) or isinstance(finding, _SAY_THE_VERDICT)
    )


_SAY_THE_VERDICT = (NotImplementedYet, NotRun)
"""What says no more of a hidden test than the verdict does, only in kinder words."""


def did_not_load(finding: Finding) -> bool:
    """Whether `finding` says that the submission could not be loaded.

    Such a finding is about the student's files alone: it was made before any
    test's inputs were, so it can be shown however much a course hides.
    """
    match finding:
        case MissingFile() | UnreadableFile() | SyntaxProblem() | MissingEntryPoint():
            return True
        case ExceptionRaised():
            return finding.call == "import"
        case TimedOut():
            return finding.what == "import"
        case _:
            return False


def _public(finding: Finding) -> Finding:
    if isinstance(finding, GraderFault):
        return finding.model_copy(update={"detail": ""})
    return finding


def _without_message(finding: Finding) -> Finding:
    # A message may quote the inputs (`raise ValueError(f"got {x}")`). The type, the
    # place and the student's own line stay: they teach, and they hold no inputs.
    if isinstance(finding, ExceptionRaised | WrongError) and not did_not_load(finding):
        return finding.model_copy(update={"message": "", "withheld": True})
    return finding
