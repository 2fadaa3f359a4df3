"""Words for a submission that could not be loaded: missing, unreadable, misspelt.

The findings here are about files and names, before any function is called.
"""

from grader.findings import MissingEntryPoint, MissingFile, SyntaxProblem, UnreadableFile
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.report.words import Words, name, names, source_lines


def missing_file(finding: MissingFile, title: str | None) -> Words:
    """Nothing handed in."""
    expected = listed(names(finding.expected), 7)
    near = name(finding.near) if finding.near else ""
    return Words(
        headline="There is no file for this exercise.",
        explanation=f"Looked for: {expected}." + (f" There is a file {near}." if near else ""),
        next_step=f"If {near} is your solution, rename it and hand it in again."
        if near
        else "Check the spelling of the file's name, and that the file is in your submission.",
    )


def unreadable_file(finding: UnreadableFile, title: str | None) -> Words:
    """There, but not readable."""
    what, explanation, next_step = _UNREADABLE[finding.reason]
    return Words(
        headline=f"{name(finding.file)} {what}.",
        explanation=explanation,
        next_step=next_step,
        facts=(("where", safe_text(finding.detail)),) if finding.detail else (),
    )


_UNREADABLE = {
    "folder": (
        "is a folder, not a file",
        "The name is right, but there is no Python code to read under it.",
        "Move your solution out of that folder, and give the file this name.",
    ),
    "link": (
        "is a link to another file",
        "Links are not followed, because what they point at is not part of your submission.",
        "Hand in the file itself instead of the link.",
    ),
    "empty": (
        "is empty",
        "The file is there, with nothing in it: perhaps it was not saved before it was handed in.",
        "Save it in your editor, look at its size, and hand it in again.",
    ),
    "too-large": (
        "is too large to be a solution",
        "A solution is a few kilobytes of text; data and trained weights don't belong in it.",
        "Clear the outputs of the notebook, or take the data out of the file, and hand it in again.",
    ),
    "encoding": (
        "is not saved as UTF-8 text",
        "Python reads source files as UTF-8; this one holds bytes that mean nothing there.",
        "In your editor choose 'save with encoding UTF-8', or retype the accented letters and quotes.",
    ),
    "notebook": (
        "can't be read as a notebook",
        "A notebook is a JSON file; this one breaks off or is damaged.",
        "Open it in Jupyter and save it again, or hand in a .py file instead.",
    ),
    "unreadable": (
        "can't be opened",
        "The file is there, but the system refuses to read it.",
        "Check the file's permissions, and hand it in again.",
    ),
    "archive": (
        "is an archive that can't be used",
        "Plain .zip and .tar archives are read. One unsafe or damaged entry is enough, and nothing in it is.",
        "Make a new .zip with only your .py and .ipynb files in it, no links, no password, and hand that in.",
    ),
}
"""For each reason: the file..., what that means, what to do."""


def syntax_error(finding: SyntaxProblem, title: str | None) -> Words:
    """Python can't parse it."""
    frame = finding.frame
    why = f": {safe_text(finding.message)}" if finding.message else ""
    return Words(
        headline=f"Python can't read {name(frame.file)}{why} (line {frame.line}).",
        explanation="Python reads the whole file before it runs any of it, so one such place stops it all.",
        next_step=(
            "Look at that line and at the one above it: a bracket, a quote or a colon is missing, "
            "or the indentation is off."
        ),
        lines=source_lines((frame,)),
    )


def missing_entry_point(finding: MissingEntryPoint, title: str | None) -> Words:
    """The name isn't there."""
    what, near = name(finding.name), name(finding.near) if finding.near else ""
    return Words(
        headline=f"There is no {what} in {name(finding.file)}.",
        explanation=f"There is {near}, which looks similar."
        if near
        else "The file was loaded, but nothing of that name is defined at its top level.",
        next_step=f"If {near} is what you mean, rename it to {what}, and compare your other names with the "
        "handout too."
        if near
        else f"Define {what} at the left margin: not in another function, nor below `if __name__ == ...`.",
    )
