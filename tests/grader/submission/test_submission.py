"""Reading what was handed in: every way in which a folder can be odd, and nothing lost by it."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SubmissionsError
from grader.findings import MissingFile, UnreadableFile
from grader.submission import Bundle, Submission, SubmittedFile, read_file, read_folder, read_submissions
from grader.submission.bundle import digest
from grader.submission.caps import FILE_BYTES, NOTEBOOK_BYTES
from grader.submission.contents import HELPER_BYTES, HELPERS
from grader.submission.names import near
from tests.grader.submission.packing import PACK

NAMES = ("softmax", "conv2d")
POINTS = {"softmax": ("softmax",), "conv2d": ("conv2d",), "mlp": ("MLP",)}


def put(path: Path, content: bytes | str = "x = 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_one(root: Path) -> Submission:
    (submission,) = read_submissions(root, NAMES, POINTS)
    return submission


def softmax(root: Path) -> Bundle:
    bundle = read_one(root).bundles[0]
    assert bundle.exercise == "softmax"
    return bundle


def problem(bundle: Bundle) -> Any:
    assert bundle.problem is not None
    assert (bundle.main, bundle.files) == ((), ())
    return bundle.problem


# --- who the students are ---------------------------------------------------


def test_students_are_the_subfolders_sorted(tmp_path: Path) -> None:
    for student in ("mia", "Zoe", "ada", ".hidden", "__pycache__"):
        put(tmp_path / student / "softmax.py", student)
    submissions = read_submissions(tmp_path, NAMES)
    assert [each.student for each in submissions] == ["Zoe", "ada", "mia"]
    assert [each.bundles[0].files[0].content for each in submissions] == [b"Zoe", b"ada", b"mia"]
    assert [each.bundles[1].problem.code for each in submissions if each.bundles[1].problem] == [
        "missing-file"
    ] * 3


def test_a_folder_of_files_is_one_submission(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    assert read_one(tmp_path / "ada").student == "ada"
    assert softmax(tmp_path / "ada").main == ("softmax.py",)


def test_the_layout_of_start_is_one_submission(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax" / "softmax.py")
    put(tmp_path / "ada" / "softmax" / "test_softmax.py")
    put(tmp_path / "ada" / "conv2d" / "conv2d.ipynb")
    submission = read_one(tmp_path / "ada")
    assert submission.student == "ada"
    assert [bundle.main for bundle in submission.bundles] == [("softmax.py",), ("conv2d.ipynb",)]
    assert submission.bundles[0].notes == ("It was found in the folder 'softmax'.",)
    assert submission.notes == ()


def test_a_student_may_be_called_like_an_exercise(tmp_path: Path) -> None:
    for student in ("ada", "mlp"):
        put(tmp_path / student / "softmax.py")
    assert [each.student for each in read_submissions(tmp_path, NAMES, POINTS)] == ["ada", "mlp"]


def test_the_current_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "ada" / "softmax.py")
    monkeypatch.chdir(tmp_path / "ada")
    assert read_one(Path()).student == "ada"


def test_a_folder_with_a_dot_before_its_name_is_noted_if_it_holds_an_exercise(tmp_path: Path) -> None:
    for path in ("ada/softmax.py", ".bob/softmax.py", ".ipynb_checkpoints/softmax-checkpoint.ipynb"):
        put(tmp_path / path)
    found = read_folder(tmp_path, NAMES)
    assert [each.student for each in found.submissions] == ["ada"]
    assert found.notes == ("Folders that belong to nobody were not read: .bob/.",)


def test_loose_files_are_noted_once(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    for name in ("readme.txt", "b.gz", ".DS_Store", *(f"f{n}.py" for n in range(6))):
        put(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "ada")
    found = read_folder(tmp_path, NAMES)
    assert [each.student for each in found.submissions] == ["ada"]
    assert found.notes == (
        "Links are not followed: link.",
        "Files beside the students' folders belong to nobody and were not read: "
        "b.gz, f0.py, f1.py, f2.py, f3.py and 3 more.",
    )


@pytest.mark.parametrize("student", ["=cmd|' C calc'!A0", "a\nb\t\x1b[31m", "x..", "-rf", "ü" * 127, "a b"])
def test_hostile_ids_are_kept_as_data(tmp_path: Path, student: str) -> None:
    put(tmp_path / student / "softmax.py")
    assert read_one(tmp_path).student == student


def test_an_id_that_is_not_utf8_is_escaped(tmp_path: Path) -> None:
    os.makedirs(os.fsencode(tmp_path) + b"/M\xfcller")
    (tmp_path / os.fsdecode(b"M\xfcller") / "softmax.py").write_text("x = 1\n")
    submission = read_one(tmp_path)
    assert submission.student == "M\\xfcller"
    assert submission.bundles[0].main == ("softmax.py",)
    (tmp_path / "M\\xfcller").mkdir()
    with pytest.raises(
        SubmissionsError, match=r"Two folders would both be the student 'M.*xfcller'; rename one"
    ):
        read_submissions(tmp_path, NAMES)


def test_an_id_that_no_report_can_be_filed_under_is_refused(tmp_path: Path) -> None:
    os.makedirs(os.fsencode(tmp_path) + b"/" + b"\xff" * 200)
    with pytest.raises(SubmissionsError, match=r"cannot be a student's id.*rename it"):
        read_submissions(tmp_path, NAMES)


def test_the_root_folder_is_no_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "softmax.py")
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/"))
    with pytest.raises(SubmissionsError, match="cannot be a student's id"):
        read_submissions(tmp_path, NAMES)


def test_no_submissions(tmp_path: Path) -> None:
    with pytest.raises(
        SubmissionsError,
        match=r"no submissions in '.*': it should hold a folder or .* 'softmax.py'\.$",
    ):
        read_submissions(tmp_path, NAMES)


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SubmissionsError, match=r"There is no folder '.*/nothing'; name the folder"):
        read_submissions(tmp_path / "nothing", NAMES)
    for name in ("file.txt", "softmax.py.gz"):
        with pytest.raises(SubmissionsError, match=r"is a file, neither a folder nor an archive"):
            read_submissions(put(tmp_path / name), NAMES)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that cannot be opened; permissions do not stop the superuser, so the call is replaced."""
    names: set[str] = set()
    really = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if os.path.basename(path) in names:
            raise PermissionError(13, "Permission denied")
        return really(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    return names


def test_a_folder_that_may_not_be_opened(tmp_path: Path, closed: set[str]) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "mia" / "softmax.py")
    closed.add("ada")
    ada, mia = read_submissions(tmp_path, NAMES)
    assert problem(ada.bundles[0]) == UnreadableFile(
        file="ada", reason="unreadable", detail="Permission denied"
    )
    assert mia.bundles[0].problem is None
    closed.add(tmp_path.name)
    with pytest.raises(SubmissionsError, match=r"The folder '.*' cannot be read \(Permission denied\)"):
        read_submissions(tmp_path, NAMES)


# --- which file is the exercise's -------------------------------------------


def test_python_comes_before_a_notebook(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.ipynb", "{}")
    assert softmax(tmp_path).main == ("softmax.ipynb",)
    put(tmp_path / "ada" / "softmax.py")
    bundle = softmax(tmp_path)
    assert bundle.main == ("softmax.py",)
    assert [file.name for file in bundle.files] == ["softmax.py"]
    assert bundle.notes == ("Both softmax.py and softmax.ipynb are there; softmax.py is what counts.",)


def test_modules_that_are_imported_go_along_and_nothing_else(tmp_path: Path) -> None:
    for name in ("softmax.py", "test_softmax.py", "drafts.py", "notes.py"):
        put(tmp_path / "ada" / name, "import layers, empty")
    put(tmp_path / "ada" / "conv2d.py", "pass")
    put(tmp_path / "ada" / "layers.py", "from deeper import x")
    put(tmp_path / "ada" / "deeper.py", "import softmax, layers, test_softmax")
    put(tmp_path / "ada" / "empty.py", "")
    first, second = read_one(tmp_path).bundles
    assert [file.name for file in first.files] == ["softmax.py", "deeper.py", "empty.py", "layers.py"]
    assert [file.name for file in second.files] == ["conv2d.py"]
    assert read_one(tmp_path).notes == ("Not needed by any exercise, so not read: drafts.py, notes.py.",)


@pytest.mark.parametrize(
    "source",
    ["importlib.import_module(name)", "__import__( f'part{i}' )", "for f in Path('.').glob('*.py'): exec(f)"],
)
def test_all_modules_go_along_where_the_code_chooses_them(tmp_path: Path, source: str) -> None:
    put(tmp_path / "ada" / "softmax.py", source)
    put(tmp_path / "ada" / "part1.py", "x = 1")
    assert [file.name for file in softmax(tmp_path).files] == ["softmax.py", "part1.py"]


IMPORTS = [
    ("import conv2d", True),
    ("import os, conv2d", True),
    ("import os, \\\n    conv2d", True),
    ("if x: from conv2d import y", True),
    ('importlib.import_module("conv2d")', True),
    ("__import__('conv2d')", True),
    ("exec(open('conv2d.py').read())", True),
    ('"from conv2d import conv2d\\n",', True),
    ('"exec(open(\\"conv2d.py\\"))\\n"', True),
    ("import torch\nconv2d = 1", False),
    ("y = conv2d(x)", False),
    ("import conv2d_fast", False),
]


@pytest.mark.parametrize(("source", "goes"), IMPORTS)
def test_another_exercises_file_goes_along_if_it_is_imported(tmp_path: Path, source: str, goes: bool) -> None:
    put(tmp_path / "ada" / "softmax.py", source)
    put(tmp_path / "ada" / "conv2d.py")
    assert [file.name for file in softmax(tmp_path).files] == ["softmax.py", "conv2d.py"][: 1 + goes]
    assert [file.name for file in read_file(tmp_path / "ada/softmax.py", "softmax", NAMES).files] == [
        file.name for file in softmax(tmp_path).files
    ]
    (tmp_path / "ada" / "softmax.py").rename(tmp_path / "ada" / "softmax.ipynb")
    assert [file.name for file in softmax(tmp_path).files] == ["softmax.ipynb", "conv2d.py"][: 1 + goes]


def test_imports_are_followed(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", "import layers")
    put(tmp_path / "ada" / "layers.py", "import conv2d")
    put(tmp_path / "ada" / "conv2d.py", "from mlp import MLP")
    put(tmp_path / "ada" / "mlp.py", "import softmax")
    names = [file.name for file in softmax(tmp_path).files]
    assert names == ["softmax.py", "conv2d.py", "layers.py", "mlp.py"]


def test_bytes_come_as_they_are(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf# caf\xe9\r\n\x00"
    put(tmp_path / "ada" / "softmax.py", content)
    assert softmax(tmp_path).files[0].content == content


def test_what_nobody_needs_is_noted(tmp_path: Path) -> None:
    for name in ("softmax.py", "data.csv", "photo.png", "notes/x.txt", "other.ipynb", ".git/config"):
        put(tmp_path / "ada" / name)
    put(tmp_path / "ada" / "mlp.ipynb")
    assert read_one(tmp_path).notes == (
        "Not needed by any exercise, so not read: data.csv, notes/, other.ipynb, photo.png.",
    )


NEAR = [
    ("Softmax.py", "Softmax.py"),
    ("SOFTMAX.PY", "SOFTMAX.PY"),
    ("sofmax.py", "sofmax.py"),
    ("softmax (1).py", "softmax (1).py"),
    ("softmax - Copy.py", "softmax - Copy.py"),
    ("softmax_v2.py", "softmax_v2.py"),
    ("softmax-final(3).ipynb.txt", "softmax-final(3).ipynb.txt"),
    ("softmax.py.txt", "softmax.py.txt"),
    ("my_softmax.py", "my_softmax.py"),
    ("softmax", "softmax"),
    ("test_softmax.py", None),
    ("conv2d.py", None),
    ("helpers.py", None),
]


@pytest.mark.parametrize(("name", "guess"), NEAR)
def test_a_near_name_is_told(tmp_path: Path, name: str, guess: str | None) -> None:
    put(tmp_path / "ada" / name)
    put(tmp_path / "ada" / "zebra.py")
    found = problem(softmax(tmp_path))
    assert found == MissingFile(expected=("softmax.py", "softmax.ipynb"), near=guess)


def test_the_nearest_name_wins_and_short_names_are_not_taken_for_each_other() -> None:
    assert near("softmax", ["softmix.py", "Softmax.py"], ()) == "Softmax.py"
    assert near("conv2d", ["Conv-2D.py"], ()) == "Conv-2D.py"
    assert near("mlp", ["map.py", "help.py", "ml.py"], ()) == "ml.py"
    assert near("cross_entropy", ["CrossEntropy.ipynb"], ()) == "CrossEntropy.ipynb"
    assert near("softmax", [], ()) is None
    assert near("mlp", ["map.py", "help.py"], ()) is None
    assert near("conv2d", ["convert.py", "conversion.txt"], ()) is None


def test_a_file_of_another_exercise_is_no_misspelling() -> None:
    assert near("linear", ["linear_backward.py"], ["linear"]) == "linear_backward.py"
    assert near("linear", ["linear_backward.py"], ["linear", "linear_backward"]) is None


def test_hostile_names_and_files_cost_no_time(tmp_path: Path) -> None:
    """Each of these takes hours where an expression or a loop tries every split."""
    names = ["1" * 200 + "x", "copy" * 50 + "!", " -_" * 70 + "(1", "(1)" * 60 + ")"]
    assert near("softmax", names, ()) is None
    put(tmp_path / "ada" / "softmax.py", "import " * 200_000 + "\\ " * 200_000)
    put(tmp_path / "ada" / "conv2d.py", '"' * 1_000_000)
    put(tmp_path / "ada" / "all.ipynb", "def" + " " * 1_000_000 + "softmax" + " " * 1_000_000)
    assert softmax(tmp_path).problem is None


def test_a_folder_named_like_the_file(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py" / "x.txt")
    assert problem(softmax(tmp_path)) == UnreadableFile(file="softmax.py", reason="folder")


def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = put(tmp_path / "secret.txt", "secret")
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "softmax.py").symlink_to(secret)
    (tmp_path / "class" / "ada" / "conv2d").symlink_to(tmp_path / "elsewhere")
    put(tmp_path / "elsewhere" / "conv2d.py")
    put(tmp_path / "class" / "ada" / "ok.py")
    (tmp_path / "class" / "ada" / "helper.py").symlink_to(secret)
    submission = read_one(tmp_path / "class")
    assert problem(submission.bundles[0]) == UnreadableFile(file="softmax.py", reason="link")
    assert isinstance(problem(submission.bundles[1]), MissingFile)
    assert "secret" not in repr([bundle.files for bundle in submission.bundles])


def test_a_linked_helper_is_left_out_and_noted(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", "import helper")
    (tmp_path / "ada" / "helper.py").symlink_to("/etc/hostname")
    submission = read_one(tmp_path)
    assert [file.name for file in submission.bundles[0].files] == ["softmax.py"]
    assert submission.notes == ("Some helper files could not go along: helper.py (a link).",)


def test_a_file_swapped_for_a_link_after_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "softmax.py").symlink_to("/etc/hostname")
    monkeypatch.setattr(
        "grader.submission.reading._kind", lambda entry: "folder" if entry.name == "ada" else "file"
    )
    found = problem(softmax(tmp_path))
    assert (found.file, found.reason) == ("softmax.py", "unreadable")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / "ada" / "softmax.py")
    found = problem(softmax(tmp_path))
    assert (found.reason, found.detail) == ("unreadable", "it is not a regular file")


def test_an_empty_file(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", b"")
    assert problem(softmax(tmp_path)) == UnreadableFile(file="softmax.py", reason="empty")


def test_a_broken_file_gives_way_to_a_notebook(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", b"")
    put(tmp_path / "ada" / "softmax.ipynb", b"{}")
    bundle = softmax(tmp_path)
    assert bundle.main == ("softmax.ipynb",)
    assert bundle.notes == ("softmax.py could not be read (empty), so softmax.ipynb is what counts.",)


def test_a_file_too_large(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", b"#" * FILE_BYTES)
    assert softmax(tmp_path).problem is None
    put(tmp_path / "ada" / "softmax.py", b"#" * (FILE_BYTES + 1))
    assert problem(softmax(tmp_path)) == UnreadableFile(
        file="softmax.py", reason="too-large", detail="the limit is 5 MiB"
    )


def test_a_notebook_may_be_larger_because_of_its_pictures(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.ipynb", b"#" * NOTEBOOK_BYTES)
    assert softmax(tmp_path).problem is None
    put(tmp_path / "ada" / "softmax.ipynb", b"#" * (NOTEBOOK_BYTES + 1))
    assert problem(softmax(tmp_path)).detail == "the limit is 20 MiB"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archived_notebook_likewise(tmp_path: Path, kind: str) -> None:
    content = os.urandom(NOTEBOOK_BYTES)  # what is packed hardly smaller is no bomb
    packed = PACK[kind]({"softmax.ipynb": content, "conv2d.ipynb": content + b"#"})
    put(tmp_path / f"ada.{kind}", packed)
    (submission,) = read_submissions(tmp_path, ["softmax", "conv2d"])
    assert submission.bundles[0].problem is None
    assert problem(submission.bundles[1]).detail == "the limit is 20 MiB"


def test_a_file_without_permission(tmp_path: Path, closed: set[str]) -> None:
    put(tmp_path / "ada" / "softmax.py")
    closed.add("softmax.py")
    found = problem(softmax(tmp_path))
    assert (found.reason, found.detail) == ("unreadable", "Permission denied")


def test_helpers_have_a_cap_in_number_and_size(tmp_path: Path) -> None:
    modules = [f"h{number:03}" for number in range(HELPERS + 3)]
    put(tmp_path / "ada" / "softmax.py", f"import {', '.join([*modules, 'a', 'b'])}")
    for name in modules:
        put(tmp_path / "ada" / f"{name}.py")
    submission = read_one(tmp_path)
    assert len(submission.bundles[0].files) == 1 + HELPERS
    assert submission.notes[0].startswith("Some helper files could not go along: h050.py (more than 50 files")
    for path in (tmp_path / "ada").glob("h*.py"):
        path.unlink()
    put(tmp_path / "ada" / "a.py", b"#" * HELPER_BYTES)
    put(tmp_path / "ada" / "b.py", b"##")
    assert [file.name for file in read_one(tmp_path).bundles[0].files] == ["softmax.py", "a.py"]


# --- notebooks under other names ----------------------------------------------


def test_notebooks_of_other_names_are_searched(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "homework.ipynb", '"def softmax(z):", "from layers import conv2d"')
    put(tmp_path / "ada" / "layers.py")
    first, second = read_one(tmp_path).bundles
    assert (first.main, [file.name for file in first.files]) == ((), ["homework.ipynb", "layers.py"])
    assert first.notes == ("There is no softmax.py or softmax.ipynb; looked for it in homework.ipynb.",)
    assert second.problem is None
    assert read_one(tmp_path).notes == ()


def test_notebooks_that_never_speak_of_the_exercise_are_not(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "homework.ipynb", "def my_softmaximum")
    assert isinstance(problem(softmax(tmp_path)), MissingFile)
    # Without entry points nothing can be ruled out.
    assert read_submissions(tmp_path, NAMES)[0].bundles[0].problem is None


def test_another_exercises_notebook_must_define_it(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "conv2d.ipynb", "p = softmax(x)")
    assert isinstance(problem(softmax(tmp_path)), MissingFile)
    for text in ("def softmax(z):", "class  softmax:", "softmax = lambda"):
        put(tmp_path / "ada" / "conv2d.ipynb", text)
        assert [file.name for file in softmax(tmp_path).files] == ["conv2d.ipynb"]


# --- digests, single files ------------------------------------------------------


def test_the_digest_follows_everything_that_is_graded(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", "import help, helq")
    put(tmp_path / "bob" / "softmax.py", "import help, helq")
    ada, bob = read_submissions(tmp_path, NAMES)
    assert ada.digest == bob.digest
    assert len(ada.digest) == 64
    digests = {ada.digest}
    for name, content in [
        ("softmax.py", "import helq, help"),
        ("help.py", "c"),
        ("conv2d.py", "d"),
        ("softmax.ipynb", "{}"),
    ]:
        put(tmp_path / "ada" / name, content)
        digests.add(read_submissions(tmp_path, NAMES)[0].digest)
    (tmp_path / "ada" / "help.py").rename(tmp_path / "ada" / "helq.py")
    digests.add(read_submissions(tmp_path, NAMES)[0].digest)
    assert len(digests) == 6


def test_names_and_contents_do_not_run_together() -> None:
    one, two = (
        Bundle("softmax", (), (SubmittedFile(name, content),), (), None)
        for name, content in (("ab", b"c"), ("a", b"bc"))
    )
    assert digest((one,)) != digest((two,))


def test_one_file_with_what_is_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "try2.py", "import layers")
    put(tmp_path / "layers.py")
    bundle = read_file(tmp_path / "try2.py", "softmax")
    assert (bundle.main, [file.name for file in bundle.files]) == (("try2.py",), ["try2.py", "layers.py"])


def test_one_file_that_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path / "softmax.py")
    assert problem(read_file(tmp_path / "sofmax.py", "softmax")).near == "softmax.py"
    assert problem(read_file(tmp_path / "nowhere" / "softmax.py", "softmax")).reason == "unreadable"
    (tmp_path / "folder.py").mkdir()
    assert problem(read_file(tmp_path / "folder.py", "softmax")).reason == "folder"
