"""What `verify` found, for GitHub Actions: annotations on lines, and a summary in Markdown.

An annotation is a line on the output that the runner reads as a command. The
summary is Markdown in which no text of a row means anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader.report.markdown import plain
from grader.report.safe import safe_lines, safe_text
from grader.report.workflow import SUMMARY_BYTES, annotation
from grader.verify.report import Row, Standing, VerifyReport
from grader.verify.terminal import DETAIL_LINES, TEXT, WORDS, in_sum, left_out, place_of, well

LEVELS = {Standing.FAILS: "error", Standing.WARNING: "warning"}
"""The commands that annotate; of each GitHub shows ten a step, so failures have theirs to themselves."""


def commands(report: VerifyReport, folder: str = "") -> Iterator[str]:
    """A line for each row that fails or warns.

    Args:
        report: What was found.
        folder: The course's folder in the repository; '' where it is the repository itself.
    """
    for row in report.rows:
        if (level := LEVELS.get(row.standing)) is not None:
            properties = {"title": safe_text(f"{row.exercise}, {row.claim}: {row.what}".rstrip(": "))}
            if row.file is not None:
                properties["file"] = str(PurePosixPath(folder, row.file))
            if row.line is not None:
                properties["line"] = str(row.line)
            message = "\n".join([safe_text(row.sentence, TEXT), *safe_lines(row.detail, DETAIL_LINES)])
            yield annotation(level, message, **properties)


def summary(report: VerifyReport) -> str:
    """The same as Markdown: the sum, what does not hold in full, and what holds folded away."""
    parts = [f"## grader verify\n\n{_plain(in_sum(report))}\n"]
    room = SUMMARY_BYTES
    rows = [row for row in report.rows if row.standing in LEVELS]
    rows.sort(key=lambda row: row.standing is not Standing.FAILS)
    for number, row in enumerate(rows):
        part = _row(row)
        if (room := room - len(part.encode())) < 0:
            parts.append(f"\n... and {len(rows) - number:,} more, which the log has.\n")
            break
        parts.append(part)
    parts += [f"- {WORDS[Standing.NOT_RUN]}: {_plain(line)}\n" for line in left_out(report.rows)]
    holding = list(well(report.rows))
    if holding:
        parts.append("\n<details><summary>What holds</summary>\n\n")
        parts.append("| exercise | claim | seen |\n| --- | --- | --- |\n")
        parts += [f"| {_plain(name)} | {claim} | {_plain(seen)} |\n" for name, claim, seen in holding]
        parts.append("\n</details>\n")
    return "".join(parts)


def _row(row: Row) -> str:
    about = f"{row.exercise}, {row.claim}{f': {row.what}' if row.what else ''}"
    place = f" ({_plain(place_of(row))})" if row.file else ""
    lines = [f"\n- **{WORDS[row.standing]}** {_plain(f'{about}: {row.sentence}')}{place}"]
    if row.detail:
        detail = safe_lines(row.detail, DETAIL_LINES)
        longest = max((len(run) for run in re.findall("`+", "\n".join(detail))), default=0)
        fence = "`" * max(3, longest + 1)
        lines += ["", *(f"  {line}" for line in (f"{fence}diff", *detail, fence))]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text that means nothing in Markdown, and is no longer than ours."""
    return plain(safe_text(text, TEXT))
