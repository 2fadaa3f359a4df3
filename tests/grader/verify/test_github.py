"""Annotations that the runner reads as they are meant, and a summary in which no text means anything."""

import re

from grader.verify.github import SUMMARY_BYTES, commands, summary
from grader.verify.report import Claim
from tests.grader.verify.some_rows import FAILS, HOSTILE, MIXED, NASTY, report, row

COMMAND = re.compile(r"^::(\w+) ([^:]*)::(.*)$")


def read(line):
    """A command as the runner reads it: the first :: ends the properties, commas part them."""
    level, told, message = COMMAND.match(line).groups()
    properties = dict(part.split("=", 1) for part in told.split(","))
    return level, {name: unescaped(value) for name, value in properties.items()}, unescaped(message)


def unescaped(text):
    for escape, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, meant)
    return text


def test_rows_that_fail_or_warn_are_annotated_on_their_lines():
    failing, warning = map(read, commands(MIXED, "courses/ml"))
    assert failing == (
        "error",
        {
            "title": "softmax, mutant: factor, line 12",
            "file": "courses/ml/reference/softmax/solution.py",
            "line": "12",
        },
        "survives all tests\n- scale = math.sqrt(d)\n+ scale = d",
    )
    assert warning[:2] == ("warning", {"title": "softmax, margin"})


def test_hostile_text_ends_no_command_and_begins_none():
    lines = list(commands(NASTY))
    assert len(lines) == 2
    assert not any("\n" in line or "\r" in line for line in lines)
    level, properties, message = read(lines[0])
    assert (level, set(properties), properties["line"]) == ("error", {"title", "file", "line"}, "1")
    assert "%0A\\x3a:error::x" in message  # as it stood in the row, not as a line of its own
    assert "%0A" not in lines[0].replace("%250A", "").partition("::")[0]


def test_the_summary_says_what_does_not_hold_first_and_folds_the_rest():
    told = summary(MIXED)
    head, _, folded = told.partition("<details>")
    assert "1 of 5 claims do not hold" in head
    assert head.index("NOT OK") < head.index("**warning**") < head.index("- not run: device of softmax")
    assert "  ```diff\n  - scale = math.sqrt(d)\n  + scale = d\n  ```\n" in head
    assert "| softmax | accepted | each of 2: full marks, 1 seed |" in folded


def test_hostile_text_is_no_markdown_and_ends_no_fence():
    told = summary(NASTY)
    outside = re.sub(r"(?ms)^  (`{3,})diff$.*?^  \1$", "", told)
    assert "````diff" in told
    assert outside.count("```") == 0
    for active in ("<b>", "[l](", "</failure>"):
        assert not re.search(rf"(?<!\\){re.escape(active)}", outside), active
    assert ":error::x" in outside
    assert "::error" not in outside
    assert "\n::" not in told


def test_a_summary_that_would_be_refused_is_cut():
    many = report(*(row(Claim.MUTANT, FAILS, HOSTILE, what=str(i), detail="x" * 150) for i in range(4000)))
    told = summary(many)
    assert len(told.encode()) < SUMMARY_BYTES + 1000
    assert re.search(r"\.\.\. and [\d,]+ more, which the log has\.", told)
