"""Writes exercises into a course's folder: a new one, or beside the exercises that are there.

Nothing that is there is changed. A course.toml that somebody wrote stays as it is, and
what to add to it is said. Everything is written beside the folder first, so that a
disk that is full leaves nothing half done.
"""

import ast
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.course.manifest import COURSE_FILE, EXERCISE_FILE
from grader.errors import OutputError
from grader.importing.exercises import Draft
from grader.importing.names import definitions, joined
from grader.importing.parts import NotCarried

LIST = "IMPORTED.md"
"""What was carried over and what was not; for staff."""


def files_of(draft: Draft, visible: str, hidden: str) -> dict[str, str]:
    """The files of an exercise, by their paths in a course."""
    name = draft.name
    return {
        f"exercises/{name}/{EXERCISE_FILE}": _manifest(draft),
        f"exercises/{name}/README.md": _handout(draft),
        f"exercises/{name}/{name}.py": _program(
            f"{draft.title}. README.md says what to write.", draft.given, draft.stub
        ),
        f"exercises/{name}/test_{name}.py": visible,
        f"reference/{name}/solution.py": _program(
            f"{draft.title}: the reference.", draft.given, draft.solution
        ),
        f"tests/hidden/test_{name}.py": hidden,
    }


def write(files: Mapping[str, str], to: Path, title: str, names: Sequence[str], told: str) -> bool:
    """Write exercises into a course.

    Args:
        files: Their files, by path.
        to: The course's folder; made if it is not there.
        title: What a new course is called.
        names: The exercises.
        told: The list of what was carried over and what was not.

    Returns:
        Whether the course is new, so that course.toml was written too.

    Raises:
        OutputError: It cannot be written, or something of that name is there.
    """
    new = not (to / COURSE_FILE).exists()
    files = dict(files) | {LIST: told}
    if new:
        files[COURSE_FILE] = _course(title, names)
        files["reference/secret.txt"] = secrets.token_hex(16) + "\n"
    for path in files:
        if path != LIST and os.path.lexists(to / path):
            raise OutputError(
                f"'{to / path}' is there already; move it away, or name another folder with --to DIR."
            )
    try:
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".importing-", dir=to) as beside:
            for path, text in files.items():
                target = Path(beside, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            for path in files:
                (to / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(Path(beside, path), to / path)
            shutil.rmtree(beside, ignore_errors=True)
            Path(beside).mkdir()
    except OSError as error:
        raise OutputError(
            f"'{to}' cannot be written ({error.strerror}); name another folder with --to DIR."
        ) from None
    return new


def list_of(masters: Mapping[str, Sequence[Draft]], left: Sequence[NotCarried]) -> str:
    """What was carried over and what was not, in Markdown."""
    lines = ["# What was imported", ""]
    for master, made in masters.items():
        for draft in made:
            questions = ", ".join(question.name for question in draft.questions)
            lines.append(f"- `{draft.name}` from {questions} of {master}")
    lines += ["", "## What could not be carried over", ""]
    lines += [f"- {each.where}: {each.what}: {each.why}." for each in left] or ["Nothing."]
    lines += [
        "",
        "## What is left to do",
        "",
        "- Read each handout: its text comes from cells that spoke of cells.",
        "- Hidden tests quote the sentence of the handout that they test, with `@cites`.",
        "- Asserts compare as they did. `expect(...).matches(...)` says more to a student who is wrong.",
        "- `grader verify` says what is missing.",
    ]
    return "\n".join(lines) + "\n"


def _program(told: str, given: Sequence[str], text: str) -> str:
    told = told.replace("\\", "/").replace('"', "'")
    return joined([f'"""{told}"""', *given, text])


def _handout(draft: Draft) -> str:
    head = "" if draft.handout.lstrip().startswith("#") else f"# {draft.title}\n\n"
    return f"{head}{draft.handout.strip()}\n\n## How to check\n\n    grader check {draft.name}\n"


def _manifest(draft: Draft) -> str:
    lines = [
        f"title = {_quoted(draft.title)}",
        f"summary = {_quoted('Write ' + ' and '.join(draft.entry_points.values()) + '.')}",
    ]
    if given := definitions(ast.parse("\n".join(draft.given)).body):
        lines.append(f"given = [{', '.join(map(_quoted, given))}]")
    for name, called in draft.entry_points.items():
        lines += ["", "[[entry_points]]", f"name = {_quoted(name)}", f"signature = {_quoted(called)}"]
    return "\n".join(lines) + "\n"


def _course(title: str, names: Sequence[str]) -> str:
    return "\n".join(
        [
            f"name = {_quoted(title)}",
            f"exercises = [{', '.join(map(_quoted, names))}]",
            "# Hidden inputs are drawn from this secret, the student and the test; staff only.",
            'secret = "reference/secret.txt"',
            "",
        ]
    )


def _quoted(text: str) -> str:
    """A TOML string: JSON's, which escapes all that TOML must have escaped, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
