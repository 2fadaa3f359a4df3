"""Words for a call that did not return: exceptions, forbidden built-ins, deaths.

Also for a test that did not run, and for our own faults. The findings here say
that there is no result to compare, and why.
"""

import re
from collections.abc import Sequence

from grader.findings import (
    BrokeProtocol,
    Crashed,
    DeviceFault,
    ExceptionRaised,
    ForbiddenUsed,
    Frame,
    GraderFault,
    NotImplementedYet,
    NotRun,
)
from grader.report.about_errors import ABOUT
from grader.report.about_results import said
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.report.words import LOADING, Words, kind, name, names, source_lines, where

_BY_TYPE = {
    "ModuleNotFoundError": "The exercises need only torch: remove that import, or hand that file in too.",
    "ImportError": "Check the spelling of what is imported, and that its file is handed in beside this one.",
    "NameError": "Check the spelling, and that the name is defined or imported in this file or notebook.",
    "AttributeError": "Check the spelling after the dot, and print type(...) of what stands before it.",
    "IndexError": "Print the shape and the index just before that line.",
    "KeyError": "Print the keys that are there just before that line.",
    "TypeError": "Compare the arguments in that line, their number and types, with what is called there.",
    "ZeroDivisionError": "Find out why the divisor is zero for this input: is it a count that can be empty?",
    "RecursionError": "A function calls itself without end: which call should be the last one?",
    "RuntimeError": "Print the shapes and dtypes of the tensors in that line just before it.",
    "FileNotFoundError": "Your code runs in an empty folder, without your files: compute what you need.",
    "OSError": "Your code runs in an empty folder, where it may write little: compute what you need.",
    "PermissionError": "Your code runs in an empty folder, without your files: compute what you need.",
    "EOFError": "Nobody is there to answer input(): take what you need from the arguments.",
    "SystemExit": "exit() and sys.exit() end the program: let the function return its result instead.",
}
"""Where to look for exceptions that students meet often."""


def exception(finding: ExceptionRaised, title: str | None) -> Words:
    """The student's code raised."""
    loading = finding.call == "import"
    at = "while it was being loaded" if loading else "and did not return a result"
    step = _BY_TYPE.get(finding.type, "Begin at the line where it stopped, and print what goes into it.")
    meaning, step = ABOUT[finding.kind] if finding.kind is not None else ("", step)
    if not loading:
        meaning, step = _of_lines(finding, meaning, step)
    place = LOADING if loading else _stopped_at(len(finding.frames))
    return Words(
        headline=f"Your {'file' if loading else 'code'} raised {kind(finding.type)} {at}.",
        explanation=_joined(meaning, place, len(finding.frames)),
        next_step=step,
        facts=said(finding.message, finding.withheld),
        lines=source_lines(finding.frames),
    )


def _joined(meaning: str, place: str, lines: int) -> str:
    """What it means, then where it stopped; no guess where the line is not shown and the meaning is known."""
    return " ".join(filter(None, (meaning, place if lines or not meaning else "")))


def _of_lines(finding: ExceptionRaised, meaning: str, step: str) -> tuple[str, str]:
    """What it means and what to try next, as far as the student's own lines say more than the exception."""
    last = finding.frames[-1].text if finding.frames else ""
    if re.match(r"raise\b", last):
        return (
            "Your own code refuses this call, with the `raise` in that line.",
            "Which condition leads to that `raise`? Compare it with the call shown: the handout allows such "
            "a call.",
        )
    if finding.type == "NameError" and (imports := _imports_for(last)):
        return meaning, f"Is `{imports}` at the top of this file or notebook? If so, check the spelling."
    if finding.kind == "broadcast" and _ONE_HOT.search(last):
        return (
            "Without a number of classes `one_hot` makes only as many columns as the largest target needs.",
            "Tell `one_hot` the number of classes: the logits have a column for each.",
        )
    again = _called_again(finding.frames)
    if again is not None:
        return (
            f"On the way there `{name(again.function)}` called itself. {meaning}".rstrip(),
            f"Is it meant that `{name(again.function)}` calls itself in line {again.line:,}? {step}",
        )
    return meaning, step


_ONE_HOT = re.compile(r"\bone_hot\(\s*[\w.]+\s*\)")
"""Right for some batches only, and the shapes that then don't fit say nothing about why."""

_IMPORTS = {
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "nn": "from torch import nn",
    "np": "import numpy as np",
    "math": "import math",
}
"""How the names that everybody knows are imported."""


def _imports_for(line: str) -> str:
    """The import that a line most likely lacks; '' if no name in it is one that everybody knows.

    Nearly every file begins with `import torch`, so another name is the likelier one.
    """
    used = [name for name in _IMPORTS if re.search(rf"(?<![\w.]){name}\.", line)]
    return _IMPORTS[used[-1]] if used else ""


def _called_again(frames: Sequence[Frame]) -> Frame | None:
    """The line in which the function that stopped had called itself; None if it had not."""
    if not frames or not frames[-1].function.isidentifier():
        return None
    last = frames[-1]
    same = [each for each in frames[:-1] if (each.file, each.function) == (last.file, last.function)]
    return same[0] if same else None


def _stopped_at(lines: int) -> str:
    if lines > 1:
        return "The last line shown is where it stopped; the lines above it are how it got there."
    if lines:
        return "The line shown is where it stopped."
    return "It stopped at the call itself, before the first line of your function: do the arguments fit?"


def not_implemented(finding: NotImplementedYet, title: str | None) -> Words:
    """The stub as it was given out, or a way through the code that is left for later."""
    what = name(finding.name)
    if finding.partly:
        return Words(
            headline=f"{what} raised NotImplementedError for this call, and not for others.",
            explanation="One way through your code is not written yet, and this call takes it.",
            next_step="Which arguments of the call shown lead to that line? Write what is missing for them.",
            lines=source_lines(finding.frames),
        )
    return Words(
        headline=f"{what} is not written yet.",
        explanation="Nothing is wrong: the line `raise NotImplementedError` from the stub is still there.",
        next_step=(
            f"Begin with the handout: it has the formula and an example worked out by hand. "
            f"Then put your code in place of that line in {what}."
        ),
    )


def forbidden_used(finding: ForbiddenUsed, title: str | None) -> Words:
    """A forbidden built-in ran."""
    ran = [each.removeprefix("aten::").lstrip("_") for each in names(finding.what)]
    seen = f"Seen while your function ran: {listed(ran, 7)}. " if ran else ""
    return Words(
        headline=f"This exercise is to be solved without {safe_text(finding.forbidden)}.",
        explanation=f"{seen}Writing that step yourself is what this exercise is about.",
        next_step=(
            "Replace the last line shown by the formula in the handout, which also lists what you may use."
            if finding.frames
            else "Look for it also inside what you call; the handout lists what you may use."
        ),
        lines=source_lines(finding.frames),
    )


def crashed(finding: Crashed, title: str | None) -> Words:
    """The worker ended."""
    explanation, next_step = _death(finding.how)
    because = "because " if finding.how.startswith("the process") else "with "
    return Words(
        headline=f"The process that ran your code ended {because}{safe_text(finding.how)}{where(title)}.",
        explanation=f"It ended all at once, without an exception. {explanation}",
        next_step=next_step,
    )


def _death(how: str) -> tuple[str, str]:
    """What such an end mostly means, and what to look at."""
    return next((words for start, words in _DEATHS.items() if how.startswith(start)), _DEATHS["signal"])


_DEATHS = {
    "exit status": (
        "exit(), quit() and os._exit() do that.",
        "Look for calls that end Python, and let the function return its result instead.",
    ),
    "signal SIGKILL": (
        "Something killed it: os.kill() in your code, or the machine, which had no memory left.",
        "Look for os.kill(), and print the shapes of large tensors. If it is neither, tell the staff.",
    ),
    "signal SIGSYS": (
        "It asked the system for something that code under test may not do.",
        "Look for ctypes and for calls into the system; the exercises need only torch.",
    ),
    "signal SIGABRT": (
        "A library noticed that something was broken, and gave up.",
        "Look at the last line that was printed, and for sizes and strides that you compute yourself.",
    ),
    "the process above it": (
        "The process that had started it was killed, and took it along.",
        "Look for os.kill() and signals. If there are none, show this report to the course's staff.",
    ),
    "signal SIGSEGV": (
        "Reading beyond a tensor's memory does that (as_strided, ctypes), and so does endless recursion.",
        "Look for sizes and strides that you compute yourself, and for a function that calls itself.",
    ),
    "signal SIGBUS": (
        "A file or a shared tensor was used beyond its end, or had no room left.",
        "Look for share_memory_(), memory-mapped files and DataLoader workers; use num_workers=0.",
    ),
    "signal": (
        "A signal does that: from os.kill(), from a timer, or from the system.",
        "Look for signals in your code. If there are none, show this report to the course's staff.",
    ),
}
"""For each way to end, by how it begins: what it mostly means, and what to look at."""


def device_fault(finding: DeviceFault, title: str | None) -> Words:
    """A kernel broke off, and the device with it."""
    return Words(
        headline=f"Your code's work on the GPU broke off ({safe_text(finding.how)}){where(title)}.",
        explanation=(
            "After that nothing works on the GPU until the process ends, so this run was ended. "
            "Mostly an index is outside its tensor: on the CPU the same call raises an IndexError."
        ),
        next_step=(
            "Run the same call on the CPU, which names the line. Look at indices into embeddings, gather, "
            "scatter and at class numbers given to a loss: each must be at least 0 and below the size."
        ),
    )


def broke_protocol(finding: BrokeProtocol, title: str | None) -> Words:
    """Nonsense on the wire."""
    return Words(
        headline="What came from your code could not be read as an answer, so this run was ended.",
        explanation=f"The rule that was broken: {safe_text(finding.what)}.",
        next_step=(
            "Look for code that closes or writes to files it did not open, or that replaces parts of "
            "Python or torch. If there is none, show this report to the course's staff."
        ),
    )


def not_run(finding: NotRun, title: str | None) -> Words:
    """A test that did not run."""
    detail = f" ({safe_text(finding.detail)})" if finding.detail else ""
    because, explanation, next_step = _NOT_RUN[finding.reason]
    return Words(headline=f"Not run: {because}{detail}.", explanation=explanation, next_step=next_step)


_NOT_RUN = {
    "no-cuda": (
        "there is no CUDA device on this machine",
        "This test checks your code on a GPU.",
        "Nothing to do: the same test on the CPU tells most of it.",
    ),
    "too-many-deaths": (
        "too many tests in a row timed out or crashed",
        "After several time-outs or crashes the rest of the exercise is left out.",
        "Begin with the first test that timed out or crashed: the others will run again once it passes.",
    ),
    "exercise-time": (
        "the time for this exercise was used up by the tests before it",
        "Each exercise has a limit for all of its tests together.",
        "Begin with the first test that timed out: the others will run again once it passes.",
    ),
    "did-not-load": (
        "your file could not be loaded",
        "Without the file there is nothing to call.",
        "Begin with what is said about the file itself, in this report above the tests.",
    ),
    "until-failure": (
        "a test before it failed",
        "Here the tests of an exercise are run only until one fails.",
        "Begin with the test that failed: the others will run once it passes.",
    ),
    "skipped": (
        "this test leaves itself out here",
        "Some tests need something that is not everywhere.",
        "Nothing to do.",
    ),
    "no-companion": (
        "this test also needs another exercise, which was not handed in or could not be loaded",
        "It runs your solutions of two exercises together.",
        "Hand in the other exercise too: both files belong in the same folder.",
    ),
    "tests-failed": (
        "all other tests of this exercise have to pass first",
        "Work is counted only where the answers are right.",
        "Begin with the first test that did not pass: this one runs once they all do.",
    ),
    "simulated": (
        "the CUDA device is a simulated one, which has no numbers",
        "Such a device can show that tensors of two devices meet, and nothing else.",
        "Nothing to do. On a machine with CUDA the test runs as it does on the processor.",
    ),
}
"""For each reason: because..., what that means, what to do."""


def grader_fault(finding: GraderFault, title: str | None) -> Words:
    """Our fault."""
    return Words(
        headline="The grader or this test broke, not your code.",
        explanation="Your code is not to blame, and the course's staff see this in their report.",
        next_step="Nothing to do: tell the course's staff if it is still here tomorrow.",
        facts=(("staff", safe_text(finding.detail)),) if finding.detail else (),
    )
