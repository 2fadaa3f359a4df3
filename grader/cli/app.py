"""The command line as a whole: its commands, its global options, its exits.

Whatever a command raises ends here in one sentence on stderr and an exit code:
2 when something could not be done, 130 after Ctrl-C. A traceback is shown only
with GRADER_DEBUG=1. Nothing heavy is imported here.
"""

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from grader import __version__
from grader.cli import (
    check,
    doctor,
    export,
    grade,
    hint,
    import_course,
    list_exercises,
    receipt,
    release,
    serve,
    similar,
    start,
    status,
    submit,
    verify,
)
from grader.cli.exits import COULD_NOT, INTERRUPTED, NO_READER, Interrupted
from grader.cli.place import Place
from grader.errors import GraderError

DEBUG = "GRADER_DEBUG"


class Commands(TyperGroup):
    """The commands together; typer's own ways of ending are too silent or too loud for some ends."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # click's Context moved
        """Run the command that was typed."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that has gone is noticed here, not when Python exits
        except KeyboardInterrupt:
            raise Interrupted("Stopped.") from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(NO_READER) from None
        return result


app = typer.Typer(
    cls=Commands,
    name="grader",
    help="Check and grade deep-learning exercises in PyTorch.",
    epilog="Students begin with `grader list` and `grader start`, then `grader check` as often as they like.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help keeps the examples' lines, and needs no import of rich
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Short enough for one line of `grader --help`; the whole story is in each command's own help.
for name, command, about in (
    ("list", list_exercises.list_exercises, "The exercises, and which you have started."),
    ("start", start.start, "Copy exercises for you to work on."),
    ("check", check.check, "Check your work: run the tests that you have."),
    ("hint", hint.hint, "Show the next hint for an exercise."),
    ("status", status.status, "How far you are with each exercise."),
    ("submit", submit.submit, "Pack what you hand in; you get a receipt."),
    ("receipt", receipt.receipt, "Whether a file is the one that a receipt is of."),
    ("grade", grade.grade, "Mark a class and write its reports."),
    ("serve", serve.serve, "The pages of a run, live while it grades."),
    ("similar", similar.similar, "Submissions that are more alike than the class."),
    ("verify", verify.verify, "Prove that the course's own tests are right."),
    ("import-course", import_course.import_course, "Make exercises of nbgrader's or Otter's masters."),
    ("release", release.release, "Build what your students get."),
    ("doctor", doctor.doctor, "What this machine has, and what it lacks."),
):
    app.command(name, short_help=about)(command)
app.add_typer(export.app, name="export", short_help="Write a run in another system's format.")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    course: Annotated[
        Path | None,
        typer.Option(
            envvar="GRADER_COURSE",
            metavar="DIR",
            help="The folder with course.toml; else the nearest one upwards from here.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Check and grade deep-learning exercises in PyTorch."""
    context.obj = Place(course)


def run() -> NoReturn:
    """Run the command that was typed, and exit."""
    try:
        code = app(prog_name="grader", standalone_mode=False)
        if code == INTERRUPTED:  # while the command line was read: the parser says nothing itself
            _say("Stopped.", INTERRUPTED)
    except BaseException as error:  # noqa: BLE001 - this is the last place; all end in a sentence
        # The end is near: another Ctrl-C, now or while Python winds up, must not make a traceback of it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = said(error)
    sys.exit(code if isinstance(code, int) else 0)


def said(error: BaseException) -> int:
    """Say in one sentence on stderr what `error` means; the exit code that goes with it."""
    if os.environ.get(DEBUG) == "1" and not isinstance(error, SystemExit):
        traceback.print_exception(error)
    if isinstance(error, GraderError):
        return _say(str(error), error.exit_code)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else COULD_NOT
    if isinstance(error, Interrupted):
        return _say(str(error), INTERRUPTED)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return _say("Stopped.", INTERRUPTED)
    if (told := usage_sentence(error)) is not None:
        return _say(told, COULD_NOT) if told else COULD_NOT
    return _say(
        f"The grader itself failed ({type(error).__name__}: {_first_line(error)}); no student's code is to "
        f"blame; please report what you typed and what it prints with {DEBUG}=1.",
        COULD_NOT,
    )


def usage_sentence(error: BaseException) -> str | None:
    """What is wrong with a command line, or None if `error` is about something else.

    The parser's exceptions moved from click into typer; what they have in
    common is `format_message`. The bare `grader` has shown its help already.
    """
    message = getattr(error, "format_message", None)
    if message is None:
        return None
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message())
        return ""
    sentence = " ".join(str(message()).split()).replace("Value error, ", "")
    stop = "" if sentence.endswith(("?", ".")) else "."
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "grader"
    return f"{sentence}{stop} See `{command} --help`."


def _say(sentence: str, code: int) -> int:
    from grader.report.safe import safe_text

    # Names of strangers' files stand in some sentences.
    print(f"grader: {safe_text(sentence, 2000)}", file=sys.stderr, flush=True)
    return code


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or ["no message"])[0][:200]
