"""From a finding to what is said about it, in the house's order.

Code and headline; what was called; what came back right; what differs; a hint;
what to look at next. A `Message` holds these parts as inert text, so that every
renderer says the same and only lays it out. Nothing here knows about colour,
width or markup, and no part of a message is ever read as markup.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from grader.findings import Finding
from grader.report import about_efficiency, about_limits, about_loading, about_results, about_running
from grader.report.about_relations import about_relation
from grader.report.about_results import said
from grader.report.about_smallest import about_smallest
from grader.report.about_trajectory import about_trajectory, where_to_look
from grader.report.model import MistakeReport
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.report.words import Table, Words, names

_WORDS: dict[str, Callable[[Any, str | None], Words]] = {
    "values-differ": about_results.values_differ,
    "not-finite": about_results.not_finite,
    "shape-differs": about_results.shape_differs,
    "dtype-differs": about_results.dtype_differs,
    "device-differs": about_results.device_differs,
    "type-differs": about_results.type_differs,
    "length-differs": about_results.length_differs,
    "names-differ": about_results.names_differ,
    "no-gradient": about_results.no_gradient,
    "argument-modified": about_results.argument_modified,
    "state-changed": about_results.state_changed,
    "no-error": about_results.no_error,
    "wrong-error": about_results.wrong_error,
    "check-failed": about_results.check_failed,
    "too-much-work": about_efficiency.too_much_work,
    "return-too-large": about_limits.return_too_large,
    "unstable": about_results.unstable,
    "forbidden-used": about_running.forbidden_used,
    "exception": about_running.exception,
    "not-implemented": about_running.not_implemented,
    "timed-out": about_limits.timed_out,
    "out-of-memory": about_limits.out_of_memory,
    "device-out-of-memory": about_limits.device_out_of_memory,
    "device-fault": about_running.device_fault,
    "too-many-processes": about_limits.too_many_processes,
    "too-many-open-files": about_limits.too_many_open_files,
    "file-too-large": about_limits.file_too_large,
    "scratch-full": about_limits.scratch_full,
    "too-much-output": about_limits.too_much_output,
    "crashed": about_running.crashed,
    "broke-protocol": about_running.broke_protocol,
    "not-run": about_running.not_run,
    "grader-fault": about_running.grader_fault,
    "missing-file": about_loading.missing_file,
    "unreadable-file": about_loading.unreadable_file,
    "syntax-error": about_loading.syntax_error,
    "missing-entry-point": about_loading.missing_entry_point,
}
"""Who finds the words for each code."""


@dataclass(frozen=True)
class Message:
    """What is said about one finding, in the order in which it is said.

    Every string is inert: no controls, bounded length. Sinks with markup of
    their own (HTML, CSV) still escape for it.

    Attributes:
        code: The finding's code, which the manual explains.
        headline: What is wrong, in one sentence.
        called: The call that was made, or None.
        right: What came back right, such as 'type and shape'; '' if nothing is known.
        explanation: What the headline means, in one or two sentences; '' where a fact says it.
        facts: Further facts, each a label of at most seven letters and a text.
        table: What differs, side by side, or None.
        lines: The student's own lines that led there.
        hint: What to think about; staff-written, or None.
        next_step: What to look at next.
    """

    code: str
    headline: str
    called: str | None
    right: str
    explanation: str
    facts: tuple[tuple[str, str], ...]
    table: Table | None
    lines: tuple[str, ...]
    hint: str | None
    next_step: str


def describe(finding: Finding, title: str | None = None, mistake: MistakeReport | None = None) -> Message:
    """What to say about `finding`; of a known mistake its own words, and what was seen as a fact.

    Args:
        finding: Any finding.
        title: Title of the test that it was found in, or None for a finding
            about the whole exercise.
        mistake: The known mistake behind it, if one was recognised.
    """
    words = _WORDS[finding.code](finding, title)
    if mistake is None:
        words = _explained(words, finding)
    else:
        # The mistake says what was wrong at which step: beside it only the small case helps.
        bare = finding.model_copy(update={"relation": None, "trajectory": None})
        words = _of_mistake(_explained(words, bare), mistake)
    return Message(
        code=finding.code,
        headline=words.headline,
        called=safe_text(finding.call) if finding.call and finding.call != "import" else None,
        right=listed(names(finding.good), 7),
        explanation=words.explanation,
        facts=words.facts,
        table=words.table,
        lines=words.lines,
        hint=safe_text(finding.hint, 1200) if finding.hint else None,
        next_step=words.next_step,
    )


def _explained(words: Words, finding: Finding) -> Words:
    """What is said of a finding, and what is known of it: a pattern, a loop's way, a small case."""
    facts, next_step = words.facts, words.next_step
    if finding.code == "values-differ" and (finding.relation is not None or finding.trajectory is not None):
        words = replace(words, explanation="")  # it is about rounding, and that is not it
    if finding.relation is not None:
        pattern, next_step = about_relation(finding.relation)
        facts = (*facts, ("pattern", pattern))
    if finding.trajectory is not None:
        facts = (*facts, *about_trajectory(finding.trajectory))
        if words.table and finding.trajectory.seen:  # which weights differ says less than what the loop did
            words = replace(words, table=replace(words.table, rows=words.table.rows[:1]))
        next_step = where_to_look(finding.trajectory) or next_step
    if finding.smallest is not None:
        facts = (*facts, ("try", "\n".join(about_smallest(finding.smallest))))
    return replace(words, facts=facts, next_step=next_step)


def _of_mistake(words: Words, mistake: MistakeReport) -> Words:
    """What is said of a finding that a known mistake explains: the mistake leads, what was seen is a fact."""
    question = safe_text(mistake.question, 400)
    return replace(
        words,
        headline=safe_text(mistake.headline, 200),
        explanation=safe_text(mistake.explanation, 1200),
        next_step=f"{question} In the handout, see '{safe_text(mistake.section)}'.",
        facts=(
            ("seen", words.headline),
            *(fact for fact in words.facts if fact != said("", withheld=True)[0]),
        ),
    )
