"""Reading a course: what it gives, and one sentence for each thing that can be wrong with it."""

import re
from pathlib import Path

import pytest

from grader.course import IsolationDemand, exercise_names, find_course, read_course
from grader.errors import CourseError, UsageError
from grader.verdicts import Isolation, Layer, Reveal

COURSE = """
name = "A course"
exercises = ["softmax", "conv2d"]
reveal = "verdict"
secret = "reference/secret.txt"
[sample]
submissions = "submissions"
gradebook = "tests/sample/grades.csv"
"""

EXERCISE = """
title = "Title of NAME"
summary = "Write NAME."
[[entry_points]]
name = "NAME"
signature = "NAME(x, dim=-1)"
forbidden = ["builtin"]
[forbidden.builtin]
say = "the built-in NAME"
operators = ["_NAME"]
[limits]
call_seconds = 2
"""


EFFICIENCY = """
[efficiency.softmax]
start = { N = 2, C = 3 }
sizes = ["N", "N C"]
way = "at once"
[limits]
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "course.toml", COURSE)
    write(tmp_path / "reference" / "secret.txt", "a secret\n")
    for name in ("softmax", "conv2d"):
        folder = tmp_path / "exercises" / name
        write(folder / "exercise.toml", EXERCISE.replace("NAME", name))
        for file in ("README.md", f"{name}.py", f"test_{name}.py"):
            write(folder / file, "")
        write(tmp_path / "tests" / "hidden" / f"test_{name}.py", "")
        write(tmp_path / "reference" / name / "solution.py", "")
    return tmp_path


def test_what_is_measured_of_an_exercise(root: Path) -> None:
    manifest = root / "exercises" / "softmax" / "exercise.toml"
    write(manifest, manifest.read_text().replace("[limits]", EFFICIENCY))
    for staff in (True, False):
        course = read_course(root, staff=staff)
        (name, spec), *others = course.exercise("softmax").efficiency.items()
        assert (name, spec.start, spec.sizes) == ("softmax", {"N": 2, "C": 3}, ("N", "N C"))
        assert (spec.way, others, course.exercise("conv2d").efficiency) == ("at once", [], {})
        assert spec.points == 0, "it only informs"


@pytest.mark.parametrize("points", [2, 0.5])
def test_points_may_hang_on_work(root: Path, points: float) -> None:
    manifest = root / "exercises" / "softmax" / "exercise.toml"
    worth = EFFICIENCY.replace("[limits]", f"points = {points}\n[limits]")
    write(manifest, manifest.read_text().replace("[limits]", worth))
    assert read_course(root, staff=True).exercise("softmax").efficiency["softmax"].points == points


def test_staff_read_everything(root: Path) -> None:
    course = read_course(root, staff=True)
    assert course.names == ("softmax", "conv2d")
    assert (course.name, course.reveal, course.secret) == ("A course", Reveal.VERDICT, "a secret")
    assert course.sample is not None
    assert course.sample.gradebook == root / "tests/sample/grades.csv"
    softmax = course.exercise("softmax")
    assert softmax.title == "Title of softmax"
    assert softmax.limits.call_seconds == 2
    assert softmax.limits.import_seconds == 10
    assert [rule.operators for rule in softmax.rules("softmax")] == [("_softmax",)]
    assert softmax.hidden_tests == root / "tests/hidden/test_softmax.py"
    assert softmax.reference == root / "reference/softmax"
    assert softmax.stub == root / "exercises/softmax/softmax.py"


def test_a_students_copy_never_looks_at_the_staffs_files(root: Path) -> None:
    course = read_course(root, staff=False)
    assert (course.secret, course.sample) == (None, None)
    assert {(e.hidden_tests, e.reference) for e in course.exercises} == {(None, None)}


def test_full_isolation_is_asked_for_unless_the_course_says_less(root: Path) -> None:
    for staff in (True, False):
        assert read_course(root, staff=staff).isolation == IsolationDemand()
    assert (IsolationDemand().level, IsolationDemand().accept_missing) == (Isolation.FULL, ())
    asked = '[isolation]\nlevel = "container"\naccept_missing = ["landlock", "private root"]\n'
    write(root / "course.toml", COURSE + asked)
    demand = read_course(root, staff=True).isolation
    assert demand.level is Isolation.CONTAINER
    assert demand.accept_missing == (Layer.LANDLOCK, Layer.PRIVATE_ROOT)


def test_what_no_student_may_read(root: Path) -> None:
    assert set(read_course(root, staff=True).staff_files) == {
        root / "reference/secret.txt",
        *(root / "reference" / name for name in ("softmax", "conv2d")),
        *(root / "tests/hidden" / f"test_{name}.py" for name in ("softmax", "conv2d")),
    }
    assert read_course(root, staff=False).staff_files == ()


def test_the_secret_is_in_no_repr(root: Path) -> None:
    assert "a secret" not in repr(read_course(root, staff=True))


def test_a_student_needs_no_secret_file(root: Path) -> None:
    (root / "reference/secret.txt").unlink()
    read_course(root, staff=False)
    with pytest.raises(
        CourseError, match=r"secret cannot be read from 'reference/secret.txt' \(No such file"
    ):
        read_course(root, staff=True)


def test_rules_are_those_of_the_entry_point(root: Path) -> None:
    path = root / "exercises/softmax/exercise.toml"
    write(
        path,
        path.read_text().replace(
            "[forbidden.", '[[entry_points]]\nname = "g"\nsignature = "g(x)"\n[forbidden.'
        ),
    )
    softmax = read_course(root, staff=False).exercise("softmax")
    assert softmax.rules("g") == ()
    assert len(softmax.rules("softmax")) == 1
    with pytest.raises(KeyError):
        softmax.rules("h")


def test_the_course_is_found_from_below(root: Path) -> None:
    assert find_course(root / "exercises" / "softmax") == root
    assert find_course(root) == root


def test_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no course.toml in '.*' or above it; go to .* --course DIR"):
        find_course(tmp_path)


def test_completion_reads_course_toml_alone(root: Path) -> None:
    for path in root.glob("exercises/*/*"):
        path.unlink()
    assert exercise_names(root) == ("softmax", "conv2d")


def test_an_unknown_exercise_is_told_with_the_near_name(root: Path) -> None:
    with pytest.raises(
        UsageError, match=r"'sofmax'.* Did you mean 'softmax'\? This course has: softmax, conv2d"
    ):
        read_course(root, staff=False).exercise("sofmax")


COURSE_MISTAKES = [
    (
        "name =",
        "nane =",
        r"no key 'nane'. Did you mean 'name'\? Allowed here: name, exercises, reveal, secret",
    ),
    ('name = "A course"', "", "the key 'name' is missing"),
    ('"A course"', '"A\\ncourse"', "name is 'A.ncourse'; allowed: one line of text"),
    ('"A course"', "3", "name is 3; input should be a valid string"),
    ('"verdict"', '"all"', "reveal is 'all'; allowed: 'verdict', 'differences', 'messages' or 'everything'"),
    ('["softmax", "conv2d"]', "[]", r"exercises is \[\]; tuple should have at least 1 item"),
    ('"conv2d"]', '"conv2d", "softmax"]', "exercises names 'softmax' twice"),
    (
        '"softmax", ',
        '"sofmax", ',
        r"'sofmax', but there is no folder exercises/sofmax. Did you mean 'softmax'\?",
    ),
    ('"softmax", ', '"../softmax", ', r"exercises\[0\] is '../softmax'; allowed: small letters"),
    ("gradebook =", "gradesbook =", r"no key 'sample.gradesbook'. Did you mean 'gradebook'\?"),
    ("[sample]", "[sample", r"course.toml is not valid TOML: .*line 6"),
    (
        "[sample]",
        '[isolation]\naccept_missing = ["landlok"]\n[sample]',
        r"isolation.accept_missing\[0\] is 'landlok'; allowed: 'cgroup', .* Did you mean 'landlock'\?",
    ),
    (
        "[sample]",
        '[isolation]\nlevel = "ful"\n[sample]',
        r"level is 'ful'; allowed: 'full', 'container' or 'process'. Did you mean 'full'\?",
    ),
    (
        "[sample]",
        '[isolation]\naccept = ["uts"]\n[sample]',
        r"no key 'isolation.accept'.* Allowed here: level, accept_missing",
    ),
    (
        "reveal =",
        'isolation = "process"\nreveal =',
        "isolation is 'process'; allowed: a table with the keys level, accept_missing",
    ),
    ("secret.txt", "geheim.txt", "secret cannot be read from 'reference/geheim.txt'"),
]


@pytest.mark.parametrize(("old", "new", "said"), COURSE_MISTAKES)
def test_a_mistake_in_course_toml_is_one_sentence(root: Path, old: str, new: str, said: str) -> None:
    assert old in COURSE
    write(root / "course.toml", COURSE.replace(old, new))
    with pytest.raises(CourseError, match=said) as caught:
        read_course(root, staff=True)
    assert str(caught.value).startswith("course.toml")
    assert "\n" not in str(caught.value)


EXERCISE_MISTAKES = [
    (
        "title =",
        "titel =",
        r"no key 'titel'. Did you mean 'title'\? Allowed here: title, summary, companions",
    ),
    ("summary =", "# =", "the key 'summary' is missing"),
    ("signature =", "sig =", r"no key 'entry_points\[0\].sig'.*Allowed here: name, signature, forbidden"),
    ('"softmax(x, dim=-1)"', '"f(x)"', r"entry_points\[0\]: the signature must start with 'softmax\('"),
    ("operators =", "operator =", r"no key 'forbidden.builtin.operator'. Did you mean 'operators'\?"),
    ('operators = ["_softmax"]', "", "forbidden.builtin: a rule must name operators or set autograd = true"),
    (
        'operators = ["_softmax"]',
        "autograd = 1",
        "forbidden.builtin.autograd is 1; input should be a valid bool",
    ),
    (
        '["builtin"]',
        '["bultin"]',
        r"'softmax' forbids 'bultin', .*\[forbidden.bultin\]. Did you mean 'builtin'\?",
    ),
    ('forbidden = ["builtin"]', "", r"no entry point uses the rule \[forbidden.builtin\]"),
    ("[limits]", EFFICIENCY.replace("softmax", "sofmax"), r"\[efficiency.sofmax\], but no .*'softmax'\?"),
    ("[limits]", EFFICIENCY.replace("N = 2", "M = 2"), "sizes names 'N', which start does not give"),
    ("[limits]", EFFICIENCY.replace('["N"', '[" "'), "sizes has ' '; allowed: names, each once"),
    ("[limits]", EFFICIENCY.replace('"N C"', '"N N"'), "sizes has 'N N'; allowed: names, each once"),
    ("[limits]", EFFICIENCY.replace("C = 3", "C = 0"), "efficiency.softmax.start.C is 0; input should be"),
    (
        "[limits]",
        EFFICIENCY.replace("[limits]", "points = -1\n[limits]"),
        "efficiency.softmax.points is -1; input",
    ),
    (
        "[limits]",
        EFFICIENCY.replace("[limits]", "points = true\n[limits]"),
        "efficiency.softmax.points is True; input",
    ),
    ("[limits]", EFFICIENCY.replace("way", "say"), "no key 'efficiency.softmax.say'. Did you mean 'way'"),
    (
        "[forbidden.builtin]",
        '[forbidden."built in"]',
        "forbidden.built in is 'built in'; allowed: a Python name",
    ),
    ("call_seconds = 2", "call_second = 2", r"no key 'limits.call_second'. Did you mean 'call_seconds'\?"),
    ("call_seconds = 2", 'call_seconds = "2"', "limits.call_seconds is '2'; input should be a valid number"),
    (
        "call_seconds = 2",
        "call_seconds = true",
        "limits.call_seconds is True; input should be a valid number",
    ),
    ("call_seconds = 2", "call_seconds = 0", "limits.call_seconds is 0; input should be greater than 0"),
    ("call_seconds = 2", "call_seconds = nan", "limits.call_seconds is nan"),
    ("call_seconds = 2", "deaths = 1.5", "limits.deaths is 1.5; input should be a valid integer"),
    ("[[entry", 'companions = ["conv"]\n[[entry', r"'conv', which is no other exercise.*mean 'conv2d'\?"),
    ("[[entry", 'companions = ["softmax"]\n[[entry', "'softmax', which is no other exercise"),
    ('"softmax"\nsig', '"soft-max"\nsig', r"entry_points\[0\].name is 'soft-max'; allowed: a Python name"),
    (
        "[forbidden",
        '[[entry_points]]\nname="softmax"\nsignature="softmax()"\n[forbidden',
        "names 'softmax' twice",
    ),
    ('"Title of softmax"', f'"{"x" * 99}\\n"', r"title is 'x{56}\.\.\.; allowed: one line"),
]


@pytest.mark.parametrize(("old", "new", "said"), EXERCISE_MISTAKES)
def test_a_mistake_in_exercise_toml_is_one_sentence(root: Path, old: str, new: str, said: str) -> None:
    good = EXERCISE.replace("NAME", "softmax")
    assert old in good
    write(root / "exercises/softmax/exercise.toml", good.replace(old, new, 1))
    with pytest.raises(CourseError, match=said) as caught:
        read_course(root, staff=False)
    assert str(caught.value).startswith("exercises/softmax/exercise.toml: ")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_utf8(root: Path) -> None:
    (root / "course.toml").write_bytes(b'name = "Kurs f\xfcr alle"')
    with pytest.raises(
        CourseError, match=r"course.toml cannot be read \(byte 0xFC at position 14 is not UTF-8\)"
    ):
        read_course(root, staff=False)


def test_a_byte_order_mark_is_no_mistake(root: Path) -> None:
    (root / "course.toml").write_bytes(b"\xef\xbb\xbf" + COURSE.encode())
    assert read_course(root, staff=False).name == "A course"


def test_an_empty_secret(root: Path) -> None:
    write(root / "reference/secret.txt", " \n")
    with pytest.raises(CourseError, match=r"the secret in 'reference/secret\.txt' is empty"):
        read_course(root, staff=True)


@pytest.mark.parametrize("file", ["exercise.toml", "softmax.py", "README.md", "test_softmax.py"])
def test_a_missing_file_is_named(root: Path, file: str) -> None:
    (root / "exercises/softmax" / file).unlink()
    with pytest.raises(CourseError, match=rf"exercises/softmax/{re.escape(file)} is missing"):
        read_course(root, staff=False)
