"""What students get: the files, the manifests anew, and a course that is the same for them."""

from pathlib import Path
from typing import Any

import pytest

from grader.course import read_course
from grader.course.manifest import COURSE_FILE, CourseManifest, ExerciseManifest
from grader.errors import CourseError
from grader.release import Released, released, slug, write_folder
from grader.release.manifest import HEADER, KEPT, STAFFS, course_toml
from tests.grader.tiny import COURSE, EXERCISE, make_course
from tests.repo.test_chapter_order import PACKAGE

OURS = read_course(PACKAGE.parent, staff=True)

WHOLE = (
    COURSE
    + """
timezone = "Europe/Berlin"
attempts = "best"
# The dean must not read this.
due = {default = 2026-11-01, double = 2026-11-02T12:00:00}  # moved twice
late = {per_day = 0.1, of = "maximum"}
weights = {double = 3.5}
isolation = {level = "container"}
sample = {submissions = "submissions", gradebook = "grades.csv"}
extensions = {ada7 = {days = 3}}
"""
)


def files_of(course: Any, **options: Any) -> dict[str, str]:
    return {file.path: file.content.decode() for file in released(course, **options)}


def test_students_get_exercises_a_manifest_and_a_readme_and_nothing_else(tmp_path: Path) -> None:
    course = make_course(
        tmp_path,
        **{
            "exercises/double/hints.md": "## A nudge\n\nTwice.\n",
            "exercises/double/notes.txt": "for staff",
            "exercises/double/data/deep/x.csv": "1\n",
            "exercises/double/data/.DS_Store": "",
            "exercises/double/data/__pycache__/x.pyc": "",
            "exercises/data/y.csv": "2\n",
            "exercises/half/half.py": "not in the course",
        },
    )
    assert list(files_of(course)) == [
        "README.md",
        "course.toml",
        "exercises/data/y.csv",
        "exercises/double/README.md",
        "exercises/double/data/deep/x.csv",
        "exercises/double/double.py",
        "exercises/double/exercise.toml",
        "exercises/double/hints.md",
        "exercises/double/test_double.py",
    ]


def test_course_toml_is_written_anew_without_what_is_the_staffs(tmp_path: Path) -> None:
    told = files_of(make_course(tmp_path, **{"course.toml": WHOLE}))[COURSE_FILE]
    assert told == HEADER + (
        'name = "Tiny course"\nexercises = [\n    "double",\n]\n'
        'timezone = "Europe/Berlin"\nattempts = "best"\n'
        "\n[due]\ndefault = 2026-11-01\ndouble = 2026-11-02 12:00:00\n"
        '\n[late]\nper_day = 0.1\nof = "maximum"\n\n[weights]\ndouble = 3.5\n'
    )


def test_every_key_of_course_toml_is_decided_on() -> None:
    assert {*CourseManifest.model_fields} == {*KEPT, *STAFFS}


def test_what_is_late_by_an_extension_alone_is_not_late_for_the_class(tmp_path: Path) -> None:
    text = COURSE + "late = {per_day = 0.1}\nextensions = {ada7 = {double = 2026-11-01T12:00:00Z}}\n"
    course = make_course(tmp_path / "course", **{"course.toml": text})
    write_folder(released(course), tmp_path / "release")
    assert read_course(tmp_path / "release", staff=False).policy.late is None


@pytest.mark.parametrize("tell", ['"\\u0000 # = [x]\\\\ \\" \\u007f"', '"Zoë\'s \\t course"'])
def test_any_name_can_be_written(tell: str) -> None:
    import tomllib

    manifest = CourseManifest.model_validate(tomllib.loads(f'name = {tell}\nexercises = ["double"]'))
    assert tomllib.loads(course_toml(manifest))["name"] == manifest.name


@pytest.mark.parametrize("ours", [True, False])
def test_the_released_course_is_the_same_for_students(tmp_path: Path, ours: bool) -> None:
    course = OURS if ours else make_course(tmp_path / "course", **{"course.toml": WHOLE})
    write_folder(released(course), tmp_path / "release")
    before, after = (read_course(root, staff=False) for root in (course.root, tmp_path / "release"))
    paths = ("folder", "visible_tests", "stub", "handout", "hints_file")
    for one, other in zip(before.exercises, after.exercises, strict=True):
        assert one.model_dump(exclude={*paths}) == other.model_dump(exclude={*paths})
        assert one.hints == other.hints
    assert (before.name, before.reveal) == (after.name, after.reveal)
    assert before.policy.model_copy(update={"extensions": {}}) == after.policy
    assert after.exercise(after.names[0]).reference is None


def test_exercise_toml_has_no_comments(tmp_path: Path) -> None:
    course = make_course(tmp_path, **{"exercises/double/exercise.toml": EXERCISE + "# they all fail this\n"})
    told = files_of(course)["exercises/double/exercise.toml"]
    assert "#" not in told
    assert ExerciseManifest.model_fields.keys() >= {"limits"}
    assert "call_seconds = 1.0" in told


def test_the_readme_says_what_when_and_how(tmp_path: Path) -> None:
    told = files_of(make_course(tmp_path, **{"course.toml": WHOLE}), install="git+https://example.org/g")
    lines = told["README.md"].splitlines()
    assert lines[:5] == [
        "# Tiny course",
        "",
        "| exercise | what you write | due |",
        "|---|---|---|",
        "| [Double](exercises/double/README.md) | Return twice the input. | 2026-11-02 12:00 CET |",
    ]
    assert "pip install git+https://example.org/g" in lines
    assert any(line.startswith("grader check double ") for line in lines)


@pytest.mark.parametrize(
    "linked", ["exercises/double/data/x.csv", "exercises/double/data", "exercises/double/hints.md"]
)
def test_links_are_refused(tmp_path: Path, linked: str) -> None:
    course = make_course(tmp_path)
    (tmp_path / linked).parent.mkdir(exist_ok=True)
    target = tmp_path / "reference" / "double"
    (tmp_path / linked).symlink_to(target if linked.endswith("data") else target / "solution.py")
    if linked.endswith("hints.md"):
        course = course.model_copy(
            update={"exercises": (course.exercises[0].model_copy(update={"hints_file": tmp_path / linked}),)}
        )
    with pytest.raises(CourseError, match=f"^{linked} is a link, and students get files only"):
        released(course)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Deep learning from scratch", "deep-learning-from-scratch"),
        ("  Größe & Maß (2026/27) ", "groe-ma-2026-27"),
        ("深度学习", "course"),
        ("../..", "course"),
        ("x" * 99, "x" * 60),
    ],
)
def test_a_course_has_a_short_name_for_files(name: str, short: str) -> None:
    assert slug(name) == short


def test_a_released_file_names_its_source(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    by_path: dict[str, Released] = {file.path: file for file in released(course)}
    assert by_path["exercises/double/double.py"].is_copy
    assert by_path["exercises/double/double.py"].source == course.exercises[0].stub
    assert not by_path["course.toml"].is_copy
