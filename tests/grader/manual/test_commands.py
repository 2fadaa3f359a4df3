"""The page of commands: all of them, in the words of their help; its examples are taken by the program."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from grader.cli.app import app
from grader.manual.commands import commands_page

PAGE = commands_page()
SECTIONS = dict(re.findall(r"(?ms)^##+ (grader .+?)\n(.*?)(?=^##|\Z)", PAGE))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command of the program, groups too, with what is typed for it."""
    waiting = [("grader", typer.main.get_command(app))]
    for path, command in waiting:
        inner = [(f"{path} {name}", each) for name, each in getattr(command, "commands", {}).items()]
        yield from inner
        waiting += inner


COMMANDS = dict(commands())
EXAMPLES = [
    pytest.param(line, id=line)
    for command in COMMANDS.values()
    for line in command.help.partition("Examples:")[2].split("\n  ")[1:]
]


def test_every_command_has_a_section_in_the_order_of_the_help() -> None:
    assert {*SECTIONS} == {*COMMANDS}
    first = [name for name in SECTIONS if name.count(" ") == 1]
    assert first == [f"grader {name}" for name in typer.main.get_command(app).commands]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_says_all_that_the_help_says(name: str) -> None:
    said = " ".join(SECTIONS[name].replace("\\", "").split())
    for parameter in COMMANDS[name].params:
        typed = parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar
        assert typed in said
        assert parameter.help in said
    assert " ".join(COMMANDS[name].help.partition("\n\n")[0].split()) in said


def test_what_holds_when_an_option_is_left_out_is_said() -> None:
    grade = SECTIONS["grader grade"]
    assert "grader grade [OPTIONS] SUBMISSIONS\n" in grade
    assert "grader import-course [OPTIONS] MASTER...\n" in SECTIONS["grader import-course"]
    assert "- `--out DIR`: Where gradebook and reports go. Required." in grade
    assert "each core by default. From 1 to 256." in grade
    assert "all means cpu and cuda. Default: `cpu`." in grade
    assert "no colour. In the environment: `GRADER_PLAIN`." in SECTIONS["grader check"]
    assert "points are fractions. Default: `1`. 1 or more." in SECTIONS["grader export classroom50"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_what_may_be_typed(example: str) -> None:
    _, *words = shlex.split(example)
    command = typer.main.get_command(app)
    context = command.make_context("grader", words)
    rest = [*context._protected_args, *context.args]
    while hasattr(command, "commands"):
        name, *rest = rest
        command = command.commands[name]
        context = command.make_context(name, rest, parent=context)
        rest = [*context._protected_args, *context.args]


def test_there_are_examples_and_a_wrong_one_is_found() -> None:
    assert len(EXAMPLES) > 50
    with pytest.raises(Exception, match="No such option"):
        test_an_example_is_what_may_be_typed("grader check --no-such")
