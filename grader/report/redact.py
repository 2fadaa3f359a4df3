"""What of a finding a student may see: the rules, each over one finding.

Used by the model's `for_student` alone. A rule returns the finding as it may
be shown, or None where nothing of it may be. Staff-only facts go from every
finding. From hidden tests' findings goes what could carry their inputs out,
level by level (`Reveal`): below `messages` no text is left that a student's
code could have chosen while it ran, only numbers, words of ours, and lines that
the judge found in the submitted files. A rule never adds and never rewords.
"""

from collections.abc import Iterable, Mapping

from grader.findings import (
    CheckFailed,
    DeviceDiffers,
    ExceptionRaised,
    Finding,
    GraderFault,
    MissingEntryPoint,
    MissingFile,
    NamesDiffer,
    NotImplementedYet,
    NotRun,
    Problem,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    TypeDiffers,
    UnreadableFile,
    WrongError,
)
from grader.report.vocabulary import DEVICE, EXCEPTIONS, SETTINGS, TYPES
from grader.verdicts import Reveal

THEIRS: Mapping[type[Problem], tuple[str, ...]] = {
    CheckFailed: ("names",),
    DeviceDiffers: ("yours",),
    ExceptionRaised: ("type", "message"),
    MissingEntryPoint: ("near",),
    MissingFile: ("near",),
    NamesDiffer: ("unexpected",),
    StateChanged: ("names",),
    SyntaxProblem: ("message",),
    TypeDiffers: ("yours",),
    UnreadableFile: ("detail",),
    WrongError: ("type", "message"),
}
"""The fields that hold text which student code can choose while a hidden test runs.

What a file says when it is loaded counts too: a companion exercise is loaded in a process that has
seen inputs. Every other text is the test's or the judge's own; frames were checked against the
submitted files when the finding was made (`grader.student.evidence`).
"""


def without_staff_only(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """`findings` as a student may see them where no test needs hiding."""
    return tuple(_public(finding) for finding in findings)


def of_hidden_test(findings: Iterable[Finding], reveal: Reveal) -> tuple[Finding, ...]:
    """`findings` of a hidden test as `reveal` lets a student see them."""
    public = without_staff_only(findings)
    if reveal in (Reveal.EVERYTHING, Reveal.MESSAGES):
        return public
    silent = tuple(_without_their_words(finding) for finding in public)
    if reveal is Reveal.DIFFERENCES:
        return silent
    return tuple(
        _with_the_verdict_alone(finding) if isinstance(finding, _SAY_THE_VERDICT) else finding
        for finding in silent
        if did_not_load(finding) or isinstance(finding, _SAY_THE_VERDICT)
    )


_SAY_THE_VERDICT = (NotImplementedYet, NotRun)
"""What says no more of a hidden test than the verdict does, only in kinder words."""


def _with_the_verdict_alone(finding: Finding) -> Finding:
    """A finding without what it says of the test beyond its verdict."""
    if isinstance(finding, NotImplementedYet):
        return finding.model_copy(update={"call": None, "frames": (), "partly": False})
    return finding.model_copy(update={"call": None})


def did_not_load(finding: Finding) -> bool:
    """Whether `finding` says that the submission could not be loaded.

    Such a finding is about the student's files alone, so that it is said however
    much a course hides; the file's own words only where nothing needs hiding.
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


def seconds_shown(seconds: float, reveal: Reveal) -> float:
    """A time as `reveal` lets a student see it: a measurement of hidden inputs, and a way to send them.

    Whoever sleeps for as many milliseconds as an input says has told it. Whole
    seconds still say what is slow; the verdict alone says nothing of it.
    """
    match reveal:
        case Reveal.VERDICT:
            return 0.0
        case Reveal.DIFFERENCES:
            return float(round(seconds))
        case _:
            return seconds


def _public(finding: Finding) -> Finding:
    if isinstance(finding, GraderFault):
        return finding.model_copy(update={"detail": ""})
    return finding


def _without_their_words(finding: Finding) -> Finding:
    """`finding` without any text that student code can choose; what is of a fixed vocabulary stays."""
    update: dict[str, object]
    match finding:
        case ExceptionRaised() | WrongError():
            # The type, the kind, the place and the student's own line teach, and hold no inputs: a
            # submission chooses among lines that it has handed in and words that stand beforehand.
            kind = finding.type if finding.type in EXCEPTIONS else ""
            update = {"type": kind, "message": "", "withheld": True}
        case TypeDiffers():
            known = finding.yours.removeprefix("another ") in TYPES
            update = {"yours": finding.yours if known else ""}
        case DeviceDiffers():
            update = {"yours": finding.yours if DEVICE.fullmatch(finding.yours) else ""}
        case NamesDiffer():
            update = {"unexpected": (), "withheld": finding.withheld + len(finding.unexpected)}
        case CheckFailed():
            update = {"names": (), "withheld": finding.withheld + len(finding.names)}
        case StateChanged():
            update = {"names": tuple(name for name in finding.names if name in SETTINGS)}
        case SyntaxProblem():
            update = {"message": ""}
        case UnreadableFile():
            update = {"detail": ""}
        case MissingFile() | MissingEntryPoint():
            update = {"near": None}
        case _:
            return finding
    return finding.model_copy(update=update)
