"""Hints: what a file of them gives, and one sentence for each thing that can be wrong with it."""

from pathlib import Path

import pytest

from grader.course import Exercise, Hint, read_course
from grader.course.hints import read_hints
from grader.errors import CourseError

ROOT = Path(__file__).parents[3]

HINTS = """# Hints for softmax

Not a hint: for whoever opens the file.

## Look at one row

Take three numbers.

    an example

## Now with ``#`` in it ##
```python
## a comment, not a heading
```
### A heading within
The end.
"""


def a_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "hints.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_each_section_is_a_hint(tmp_path: Path) -> None:
    assert read_hints(a_file(tmp_path, HINTS), "hints.md") == (
        Hint(title="Look at one row", text="Take three numbers.\n\n    an example"),
        Hint(
            title="Now with ``#`` in it",
            text="```python\n## a comment, not a heading\n```\n### A heading within\nThe end.",
        ),
    )


def test_an_exercise_may_have_none(tmp_path: Path) -> None:
    assert read_hints(tmp_path / "hints.md", "hints.md") == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "x/hints.md has no hint: begin each with a heading such as '## Look at one row', or take"),
        ("# Hints\n\nOnly words.\n##nothing\n### deeper\n", "x/hints.md has no hint: begin each with"),
        ("## One\n\nText.\n\n## Two\n\n", "x/hints.md: the hint 'Two' is empty; write a heading and a text"),
        ("##  \nText.\n", "x/hints.md: the hint '' is empty; write a heading and a text, or take it out."),
        (b"## A\n\xff", "x/hints.md cannot be read (byte 0xFF at position 5 is not UTF-8)."),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(CourseError) as raised:
        read_hints(a_file(tmp_path, content), "x/hints.md")
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("exercise", read_course(ROOT, staff=False).exercises, ids=lambda each: each.name)
def test_every_exercise_of_the_course_helps_step_by_step(exercise: Exercise) -> None:
    assert 3 <= len(exercise.hints) <= 6
    assert exercise.hints_file in exercise.handed_out
    titles = [hint.title for hint in exercise.hints]
    assert len({*titles}) == len(titles)
    assert all(len(hint.title) <= 60 for hint in exercise.hints), "a title fits a line"
    assert all(30 <= len(hint.text.split()) <= 160 for hint in exercise.hints), "short enough to be read"


def test_a_course_with_a_broken_file_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "exercises" / "softmax"
    folder.mkdir(parents=True)
    (tmp_path / "course.toml").write_text('name = "A"\nexercises = ["softmax"]\n')
    (folder / "exercise.toml").write_text(
        'title = "T"\nsummary = "S"\n[[entry_points]]\nname = "f"\nsignature = "f(x)"\n'
    )
    for name in ("README.md", "softmax.py", "test_softmax.py"):
        (folder / name).write_text("")
    (bare,) = read_course(tmp_path, staff=False).exercises
    assert (bare.hints, bare.hints_file, len(bare.handed_out)) == ((), None, 3)
    a_file(folder, "no section")
    with pytest.raises(CourseError, match=r"^exercises/softmax/hints\.md has no hint"):
        read_course(tmp_path, staff=False)
