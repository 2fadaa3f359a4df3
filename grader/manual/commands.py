"""Every command on one page: what it is for, what may be typed, its examples, how it ends.

All of it is asked of the command line itself, in the words of its `--help`.
Nothing is run, and no course is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from grader.cli.app import DEBUG, app
from grader.cli.exits import COULD_NOT, FINDINGS, INTERRUPTED, NO_READER
from grader.manual.markdown import sentence

NAME = "grader"

INTRODUCTION = """\
# Commands

Every command with its arguments and options, as `--help` says it. This page is made from the program: \
`python -m grader.manual` writes it, and a test compares the two.
"""

ENDS = (
    (0, "It worked, whatever the marks are. For `check` and `verify`: and nothing failed."),
    (
        FINDINGS,
        "It was done, and there is something to mend (`check`, `verify`, `release`, `doctor`); "
        "for `receipt`: the file is another one.",
    ),
    (COULD_NOT, "It could not be done. One sentence on stderr says why, and what to type next."),
    (INTERRUPTED, "It was stopped: Ctrl-C, SIGTERM or a closed terminal."),
    (NO_READER, "Whoever read its output has gone, as in `grader list | head`."),
)
"""Exit codes, and what they mean."""

SURROUNDINGS = (
    ("NO_COLOR", "No colour, whatever its value."),
    (f"{DEBUG}=1", "The traceback of whatever ends a command."),
)
"""What may be set in the environment, beside what stands with an option."""

# typer's own ways to say what a parameter takes, behind the name that we gave it
_NEEDED = re.compile(r"\{(.+?)(?:\.\.\.)?\}")
_KIND = re.compile(r" <(?:list\[\w+\]|str|path|int|float)>$")
_RANGE = re.compile(r"(\S+)<=x<=(\S+)")
_AT_LEAST = re.compile(r"x>=(\S+)")


def commands_page() -> str:
    """The page, in Markdown."""
    command = typer.main.get_command(app)
    context = command.make_context(NAME, [], resilient_parsing=True)
    parts = [INTRODUCTION, *_everywhere(command, context), *_ends(), *_below(command, context, "##")]
    return "\n".join(parts)


def _everywhere(command: Any, context: Any) -> Iterator[str]:
    yield "## Options before the command\n"
    yield f"```text\n{NAME} [OPTIONS] COMMAND [ARGS]...\n```\n"
    yield "".join(_options(command, context))
    yield "Every command has `-h` and `--help` besides. In the environment:\n"
    yield "".join(f"- `{name}`: {says}\n" for name, says in SURROUNDINGS)


def _ends() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "".join(f"- **{code}**: {says}\n" for code, says in ENDS)


def _below(command: Any, context: Any, level: str) -> Iterator[str]:
    """The sections of a group's commands, in the order of its help."""
    for name in command.list_commands(context):
        each = command.get_command(context, name)
        inner = each.make_context(name, [], parent=context, resilient_parsing=True)
        yield from _section(each, inner, level)
        if hasattr(each, "list_commands"):
            yield from _below(each, inner, f"{level}#")


def _section(command: Any, context: Any, level: str) -> Iterator[str]:
    """What a command is for, what may be typed, and its examples."""
    usage = _NEEDED.sub(r"\1", " ".join([context.command_path, *command.collect_usage_pieces(context)]))
    blocks = command.help.split("\n\n")
    yield f"{level} {context.command_path}\n"
    yield from (f"{sentence(block)}\n" for block in blocks if not block.startswith("\b"))
    yield f"```text\n{usage}\n```\n"
    if listed := "".join([*_arguments(command, context), *_options(command, context)]):
        yield listed
    for block in blocks:
        if block.startswith("\b"):
            yield _examples(block)


def _examples(block: str) -> str:
    title, *lines = block.removeprefix("\b\n").splitlines()
    return "\n".join([f"{sentence(title)}\n", "```text", *(line.strip() for line in lines), "```\n"])


def _arguments(command: Any, context: Any) -> Iterator[str]:
    return (_item(each, context) for each in command.params if each.param_type_name == "argument")


def _options(command: Any, context: Any) -> Iterator[str]:
    return (_item(each, context) for each in command.params if each.param_type_name == "option")


def _item(parameter: Any, context: Any) -> str:
    """A line of a list: what is typed, what it does, what holds if it is left out."""
    name, told = parameter.get_help_record(context)
    says, _, rest = told.partition("  [")
    notes = [_note(note) for note in rest.removesuffix("]").split("; ") if note]
    return f"- `{_KIND.sub('', name)}`: {' '.join([sentence(says), *notes])}\n"


def _note(note: str) -> str:
    """What a help text has in brackets behind an option, as a sentence."""
    if default := note.partition("default: ")[2]:
        return f"Default: `{default}`."
    if variable := note.partition("env var: ")[2]:
        return f"In the environment: `{variable}`."
    if limits := _RANGE.fullmatch(note):
        return f"From {limits[1]} to {limits[2]}."
    if least := _AT_LEAST.fullmatch(note):
        return f"{least[1]} or more."
    return "Required." if note == "required" else f"{sentence(note).capitalize()}."
