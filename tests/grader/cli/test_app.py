"""The command line as a whole: help, exits, one sentence for everything that can go wrong."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from grader import __version__
from grader.cli import app as app_module
from grader.errors import CourseError

HEAVY = {"torch", "numpy", "pytest", "rich", "nbformat", "msgspec", "fastapi", "uvicorn", "grader.course"}
COMMANDS = ("list", "start", "check", "hint", "status", "submit", "grade", "verify", "release", "doctor")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check", "--help"], ["grade", "--help"], ["serve", "--help"], ["--version"], []],
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['grader', *{arguments!r}]\n"
        "from grader.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    code = end.code\n"
        f"heavy = {HEAVY!r} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else code)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == (0 if arguments else 2)
    assert "grader" in done.stdout


def test_the_installed_script_works() -> None:
    script = Path(sys.executable).with_name("grader")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"grader {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_examples(run: Any, command: str) -> None:
    said = run(command, "--help")
    assert said.code == 0
    examples = said.out.partition("Examples:")[2].splitlines()[1:]
    assert examples[0].startswith("    grader ")
    assert f" {command}" in examples[0]


def test_every_command_is_in_the_help_with_one_whole_line(run: Any) -> None:
    lines = run("--help").out.partition("Commands:")[2].splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert listed == list(COMMANDS)
    assert "..." not in "\n".join(lines)


WRONG = [
    (["chek"], "No such command 'chek'. Did you mean 'check'? See", "grader --help"),
    (["--corse", "x", "list"], "No such option: --corse", "grader --help"),
    (
        ["check", "--device", "tpu"],
        "'--device': 'tpu' is not one of 'cpu', 'cuda', 'auto', 'all'",
        "grader check --help",
    ),
    (["check", "--seed", "x"], "'--seed': Input should be a valid integer", "grader check --help"),
    (["check", "a", "b"], "Got unexpected extra argument", "grader check --help"),
    (["grade", "submissions"], "Missing option '--out'", "grader grade --help"),
    (["grade", "--out", "x"], "Missing argument 'SUBMISSIONS'", "grader grade --help"),
    (
        ["grade", "x", "--out", "y", "--jobs", "0"],
        "Input should be greater than or equal to 1",
        "grader grade --help",
    ),
    (["verify", "--seeds", "0"], "Input should be greater than or equal to 1", "grader verify --help"),
]


@pytest.mark.parametrize(("arguments", "sentence", "see"), WRONG, ids=lambda each: str(each)[:40])
def test_a_wrong_command_line_is_one_sentence(
    run: Any, arguments: list[str], sentence: str, see: str
) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert sentence in said.err
    assert said.err.endswith(f"See `{see}`.\n")
    assert said.err.startswith("grader: ")
    assert said.err.count("\n") == 1


def test_no_course(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["list"], ["start"], ["check"], ["grade", "x", "--out", "y"], ["verify"]):
        said = run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("grader: There is no course.toml in '")
        assert said.err.count("\n") == 1
    assert run("--course", tmp_path, "list").err == (
        f"grader: There is no course.toml in '{tmp_path}', which --course or GRADER_COURSE names.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_course_may_be_named(run: Any, course: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("list").code == 0
    monkeypatch.delenv("GRADER_COURSE")
    assert run("list").code == 2
    assert run("--course", course, "list").code == 0


class Raises:
    """In the place of a command's course: something that goes wrong."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, *args: object, **kwargs: object) -> None:
        raise self.error


ENDS = [
    (CourseError("Something about the course."), 2, "grader: Something about the course.\n"),
    (KeyboardInterrupt(), 130, "grader: Stopped.\n"),
    (typer.Abort(), 130, "grader: Stopped.\n"),
    (
        ZeroDivisionError("division\nby zero"),
        2,
        "grader: The grader itself failed (ZeroDivisionError: division); no student's code is to blame; "
        "please report what you typed and what it prints with GRADER_DEBUG=1.\n",
    ),
    (RecursionError(), 2, "RecursionError: no message"),
    (SystemExit("text"), 2, ""),
    (SystemExit(3), 3, ""),
]


@pytest.mark.parametrize(("error", "code", "sentence"), ENDS, ids=lambda each: type(each).__name__)
def test_whatever_is_raised_ends_in_a_sentence(
    run: Any, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, sentence: str
) -> None:
    monkeypatch.setattr("grader.cli.place.Place.course", Raises(error))
    said = run("list")
    assert (said.code, said.out) == (code, "")
    assert sentence in said.err
    assert said.err.count("\n") == (1 if sentence else 0)
    assert "Traceback" not in said.err


def test_a_traceback_is_shown_when_asked_for(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.place.Place.course", Raises(ValueError("inside")))
    monkeypatch.setenv("GRADER_DEBUG", "1")
    said = run("list")
    assert said.code == 2
    assert "Traceback (most recent call last)" in said.err
    assert "ValueError: inside" in said.err


def test_a_reader_that_has_gone_is_no_error(course: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    script = "from grader.cli import main; main()"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, "list", "--json"],
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=course,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def complete(words: str, cwd: Path) -> list[str]:
    """What bash would offer after `words`; the last word is unfinished."""
    environment = {
        **os.environ,
        "_GRADER_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    script = "import sys; sys.argv[0] = 'grader'; from grader.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=cwd, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_the_shell_completes_exercises(course: Path, tmp_path: Path) -> None:
    for path in course.glob("exercises/*/*"):
        path.unlink()  # course.toml alone is read
    assert complete("grader check s", course) == ["softmax"]
    assert complete("grader start softmax ", course) == ["softmax", "conv2d"]
    assert complete("grader verify c", course) == ["conv2d"]
    assert complete("grader grade x --only ", course) == ["softmax", "conv2d"]
    assert complete(f"grader --course {course} check c", tmp_path) == ["conv2d"]
    assert complete("grader check s", tmp_path) == []
    assert complete("grader ver", tmp_path) == ["verify"]


def test_the_parsers_exceptions_are_known_by_their_message() -> None:
    assert app_module.usage_sentence(ValueError("x")) is None


def test_ctrl_c_while_the_command_line_is_read(
    run: Any, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.cli.app.Place", pressed)
    said = run("list")
    assert (said.code, said.out, said.err) == (130, "", "grader: Stopped.\n")


def test_ctrl_c_while_the_commands_are_imported(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pressed:
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "grader.cli.app", Pressed())
    said = run("list")
    assert (said.code, said.out, said.err) == (130, "", "grader: Stopped.\n")
