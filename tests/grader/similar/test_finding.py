"""Copies are found whatever was done to them; solutions that were written apart are not."""

import ast
from time import perf_counter

import pytest

from grader.similar.finding import find
from grader.submission import open_folder
from tests.grader.similar.classes import (
    COPIES,
    ROOT,
    accepted,
    commented,
    from_usual_phrases,
    renamed,
    reordered,
    varied,
    with_dead_code,
    written,
)

LONG = {
    "conv2d": "seven-loops",
    "training_loop": "closure",
    "mlp": "raw-parameters",
    "softmax": "own-backward",
}
"""For each exercise a solution that is long enough to be like no other by chance."""


def found_in(folder, course, reader, *names):
    names = names or course.names
    with open_folder(folder, names, course.entry_points) as submissions:
        return find(course, submissions, names, reader).report


def pairs(report):
    return [(pair.exercise, *pair.students) for pair in report.pairs]


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize(("exercise", "source"), LONG.items())
def test_a_copy_is_found(exercise, source, copy, course, reader, tmp_path):
    texts = accepted(exercise)
    folder = written(tmp_path, exercise, {**texts, "zoe": copy(texts[source], exercise)})
    report = found_in(folder, course, reader, exercise)
    assert pairs(report) == [(exercise, source, "zoe")]
    assert report.pairs[0].share > 0.7
    assert min(report.pairs[0].lines) >= 10


@pytest.mark.parametrize("exercise", LONG)
def test_the_copies_of_these_tests_differ_from_what_was_copied(exercise):
    """Else the tests above would test nothing."""
    text = accepted(exercise)[LONG[exercise]]
    for changed in (renamed(text), with_dead_code(text)):
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
    assert exercise != "training_loop" or reordered(text) != text


@pytest.mark.parametrize(
    "exercise", ["softmax", "cross_entropy", "linear_backward", "conv2d", "training_loop", "mlp"]
)
def test_right_solutions_that_were_written_apart_are_not_listed(exercise, course, reader, tmp_path):
    report = found_in(written(tmp_path, exercise, accepted(exercise)), course, reader, exercise)
    assert report.exercises[0].compared >= 5
    assert pairs(report) == []


def test_nobody_of_the_sample_class_is_listed(course, reader):
    report = found_in(ROOT / "submissions", course, reader)
    assert pairs(report) == []
    assert [each.name for each in report.exercises] == list(course.names)
    assert all(each.compared >= 6 for each in report.exercises)


def test_three_lines_that_everybody_knows_are_no_pair(course, reader, tmp_path):
    three = (
        "def softmax(logits, dim=-1):\n    e = (logits - logits.amax(dim, keepdim=True)).exp()\n"
        "    return e / e.sum(dim, keepdim=True)\n"
    )
    texts = {**accepted("softmax"), "zoe": three, "yan": renamed(three)}
    assert pairs(found_in(written(tmp_path, "softmax", texts), course, reader, "softmax")) == []


@pytest.mark.parametrize("first", [368, 384, 600, 680])
def test_chance_makes_no_pair_of_honest_people_in_a_small_class(first, course, reader, tmp_path):
    """Of 199 such classes of eight these are the ones in which two people chose most alike."""
    texts = {f"s{n}": from_usual_phrases(first + n) for n in range(8)}
    report = found_in(written(tmp_path, "cross_entropy", texts), course, reader, "cross_entropy")
    assert report.exercises[0].compared >= 6
    assert report.exercises[0].asked is not None
    assert pairs(report) == []


def test_what_everybody_was_given_counts_for_nobody(course, reader, tmp_path):
    """The stub with a line of one's own, and the visible tests pasted below it."""
    exercise = course.exercise("training_loop")
    given = exercise.stub.read_text() + exercise.visible_tests.read_text()
    texts = {**accepted("training_loop"), "yan": f"{given}\na = 1\n", "zoe": f"{given}\nprint(2)\n"}
    report = found_in(written(tmp_path, exercise.name, texts), course, reader, exercise.name)
    assert pairs(report) == []
    assert report.exercises[0].submissions == len(texts)
    assert report.exercises[0].compared == len(texts) - 2


def test_no_line_that_was_given_is_marked(course, reader, tmp_path):
    texts = accepted("training_loop")
    stub = course.exercise("training_loop").stub.read_text()
    copied = f"{stub}\n\n{texts['closure']}"
    folder = written(tmp_path, "training_loop", {**texts, "yan": copied, "zoe": renamed(copied)})
    report = found_in(folder, course, reader, "training_loop")
    pair = next(pair for pair in report.pairs if pair.students == ("yan", "zoe"))
    assert min(lines.first for part in pair.parts for lines in part.first) > stub.count("\n")


def test_a_class_in_which_all_are_alike_has_no_pair(course, reader, tmp_path):
    """Twelve people, three to each of four sources."""
    texts = list(accepted("conv2d").values())[:4]
    people = {f"s{n:02}": renamed(texts[n % 4]) if n % 3 else texts[n % 4] for n in range(12)}
    report = found_in(written(tmp_path, "conv2d", people), course, reader, "conv2d")
    assert report.exercises[0].usual > 0.9
    assert report.exercises[0].asked is None
    assert pairs(report) == []


def test_of_several_attempts_the_last_one_is_compared(course, reader, tmp_path):
    texts = accepted("conv2d")
    source = texts.pop("seven-loops").encode()
    folder = written(tmp_path, "conv2d", {**texts, "yan": {"conv2d.py": source}, "zoe": {}, "xia": {}})
    for student, first, last in (
        ("zoe", b"# begun", source),
        ("xia", source, b"# began anew\nconv2d = None"),
    ):
        for name, text in (("attempt-1", first), ("attempt-2", last)):
            (folder / student / name).mkdir()
            (folder / student / name / "conv2d.py").write_bytes(text)
    assert pairs(found_in(folder, course, reader, "conv2d")) == [("conv2d", "yan", "zoe")]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_class_that_is_too_small_says_so(size, course, reader, tmp_path):
    text = accepted("conv2d")["seven-loops"]
    folder = written(tmp_path, "conv2d", {f"s{n}": text for n in range(size)})
    report = found_in(folder, course, reader, "conv2d")
    assert pairs(report) == []
    assert report.exercises[0].asked is None


def test_parts_are_the_same_on_both_sides(course, reader, tmp_path):
    texts = accepted("conv2d")
    folder = written(tmp_path, "conv2d", {**texts, "zoe": "\n\n\n" + texts["seven-loops"]})
    (pair,) = found_in(folder, course, reader, "conv2d").pairs
    for part in pair.parts:
        (first,), (second,) = part.first, part.second
        assert (first.file, first.cell) == (second.file, second.cell) == ("conv2d.py", 0)
        assert (first.first + 3, first.last + 3) == (second.first, second.last)


def test_parts_of_a_notebook_are_told_by_cell(course, reader, tmp_path):
    texts = accepted("conv2d")
    files = COPIES["split into cells"](texts["seven-loops"], "conv2d")
    (pair,) = found_in(written(tmp_path, "conv2d", {**texts, "zoe": files}), course, reader, "conv2d").pairs
    cells = {lines.cell for part in pair.parts for lines in part.second}
    assert cells
    assert 0 not in cells
    assert all(lines.file == "homework.ipynb" for part in pair.parts for lines in part.second)


@pytest.mark.slow
def test_one_pair_of_a_class_of_300_is_found_in_bounded_time(course, reader, tmp_path):
    """A class that has few ideas between it: each solution was varied by thirty people."""
    sources = sorted(accepted("conv2d").values())
    texts = {f"s{n:03}": varied(sources[n % len(sources)], n) for n in range(299)}
    texts["zoe"] = reordered(commented(renamed(texts["s123"])))
    before = perf_counter()
    report = found_in(written(tmp_path, "conv2d", texts), course, reader, "conv2d")
    assert perf_counter() - before < 60  # some seconds; a busy machine takes longer
    assert pairs(report) == [("conv2d", "s123", "zoe")]
    assert report.exercises[0].compared > 200
