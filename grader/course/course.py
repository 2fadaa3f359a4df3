"""Find a course and read it.

Every mistake in a course's files ends in one sentence: which file, which key,
what was allowed, and the near spelling. A student's copy (`staff=False`) is
read without looking at references, hidden tests or the secret, so that the
same command behaves the same way with and without them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from grader.course.files import read_toml, reason
from grader.course.hints import HINTS_FILE, read_hints
from grader.course.manifest import (
    COURSE_FILE,
    EXERCISE_FILE,
    Course,
    CourseManifest,
    Exercise,
    ExerciseManifest,
    ForbiddenRule,
    Sample,
)
from grader.course.terms import policy_of
from grader.errors import CourseError, suggestion

Manifest = TypeVar("Manifest", bound=BaseModel)


def find_course(start: Path) -> Path:
    """The nearest folder with a course.toml, from `start` upwards.

    Raises:
        CourseError: There is none.
    """
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / COURSE_FILE).is_file():
            return folder
    raise CourseError(
        f"There is no {COURSE_FILE} in '{start}' or above it; "
        "go to the course's folder, or name it with --course DIR."
    )


def exercise_names(root: Path) -> tuple[str, ...]:
    """The names in course.toml and nothing else: cheap enough for shell completion.

    Raises:
        CourseError: course.toml cannot be read.
    """
    return read_toml(root / COURSE_FILE, COURSE_FILE, CourseManifest).exercises


def read_course(root: Path, *, staff: bool) -> Course:
    """The course in the folder `root`.

    Args:
        root: The folder that course.toml is in.
        staff: Whether to look for references, hidden tests, secret and sample.

    Raises:
        CourseError: Something in the course's files is not as it must be.
    """
    root = root.absolute()
    manifest = read_toml(root / COURSE_FILE, COURSE_FILE, CourseManifest)
    _refuse_repeats(COURSE_FILE, "exercises", manifest.exercises)
    exercises = tuple(
        _read_exercise(root, name, manifest.exercises, staff=staff) for name in manifest.exercises
    )
    sample = None
    if staff and manifest.sample:
        sample = Sample(
            submissions=root / manifest.sample.submissions, gradebook=root / manifest.sample.gradebook
        )
    return Course(
        name=manifest.name,
        root=root,
        exercises=exercises,
        reveal=manifest.reveal,
        secret=_read_secret(root, manifest.secret) if staff else None,
        secret_file=root / manifest.secret if staff and manifest.secret else None,
        sample=sample,
        isolation=manifest.isolation,
        policy=policy_of(manifest, COURSE_FILE),
    )


def _read_exercise(root: Path, name: str, names: Sequence[str], *, staff: bool) -> Exercise:
    folder = root / "exercises" / name
    if not folder.is_dir():
        there = [path.name for path in sorted(root.glob("exercises/*")) if (path / EXERCISE_FILE).is_file()]
        raise CourseError(
            f"{COURSE_FILE}: exercises names '{name}', but there is no folder exercises/{name}."
            f"{suggestion(name, there)}"
        )
    where = f"exercises/{name}/{EXERCISE_FILE}"
    manifest = read_toml(folder / EXERCISE_FILE, where, ExerciseManifest)
    _check_names(where, name, manifest, names)
    reference, hidden = root / "reference" / name, root / "tests" / "hidden" / f"test_{name}.py"
    hints_file = folder / HINTS_FILE
    return Exercise(
        name=name,
        title=manifest.title,
        summary=manifest.summary,
        folder=folder,
        entry_points=manifest.entry_points,
        forbidden=tuple(
            ForbiddenRule(name=rule, say=told.say, operators=told.operators, autograd=told.autograd)
            for rule, told in manifest.forbidden.items()
        ),
        limits=manifest.limits,
        efficiency=manifest.efficiency,
        companions=manifest.companions,
        given=manifest.given,
        visible_tests=_required(folder / f"test_{name}.py", root, "the visible tests"),
        hidden_tests=hidden if staff and hidden.is_file() else None,
        reference=reference if staff and reference.is_dir() else None,
        stub=_required(folder / f"{name}.py", root, "the stub"),
        handout=_required(folder / "README.md", root, "the handout"),
        hints_file=hints_file if hints_file.is_file() else None,
        hints=read_hints(hints_file, f"exercises/{name}/{HINTS_FILE}"),
    )


def _check_names(where: str, name: str, manifest: ExerciseManifest, names: Sequence[str]) -> None:
    """Every name that one part of an exercise uses for another must exist."""
    _refuse_repeats(where, "entry_points", [entry_point.name for entry_point in manifest.entry_points])
    _refuse_repeats(where, "companions", manifest.companions)
    for companion in manifest.companions:
        if companion == name or companion not in names:
            others = [other for other in names if other != name]
            raise CourseError(
                f"{where}: companions names '{companion}', which is no other exercise of this course."
                f"{suggestion(companion, others)}"
            )
    points = [entry_point.name for entry_point in manifest.entry_points]
    for given in manifest.given:
        if given in points:
            raise CourseError(f"{where}: given names '{given}', which is what students write; take it out.")
    for point in manifest.efficiency:
        if point not in points:
            raise CourseError(
                f"{where}: there is a table [efficiency.{point}], but no entry point '{point}'."
                f"{suggestion(point, points)}"
            )
    used = {rule for entry_point in manifest.entry_points for rule in entry_point.forbidden}
    for entry_point in manifest.entry_points:
        for rule in entry_point.forbidden:
            if rule not in manifest.forbidden:
                raise CourseError(
                    f"{where}: '{entry_point.name}' forbids '{rule}', "
                    f"but there is no table [forbidden.{rule}]."
                    f"{suggestion(rule, manifest.forbidden)}"
                )
    for rule in manifest.forbidden:
        if rule not in used:
            raise CourseError(
                f"{where}: no entry point uses the rule [forbidden.{rule}]; "
                f'add forbidden = ["{rule}"] to one, or take the table out.'
            )


def _refuse_repeats(where: str, key: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise CourseError(f"{where}: {key} names '{name}' twice.")


def _required(path: Path, root: Path, what: str) -> Path:
    if not path.is_file():
        raise CourseError(f"{path.relative_to(root)} is missing: it holds {what} of the exercise.")
    return path


def _read_secret(root: Path, name: str | None) -> str | None:
    if name is None:
        return None
    try:
        secret = (root / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"{COURSE_FILE}: the secret cannot be read from '{name}' ({reason(error)}); "
            "put one line of random text there, or take the key out."
        ) from None
    if not secret:
        raise CourseError(
            f"{COURSE_FILE}: the secret in '{name}' is empty; put one line of random text there."
        )
    return secret
