"""Nothing is dropped without a word: each file of a class is graded, goes along, or stands in a note."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grader.submission import Submission, open_folder
from tests.grader.submission.layouts.downloads import (
    Class,
    canvas_name,
    gradescope_list,
    laid_out,
    moodle_name,
)
from tests.grader.submission.packing import NAMES, POINTS, zipped

COURSE = ("test_softmax.py", "test_conv2d.py")
"""What the course hands out comes back with every submission, and says nothing about a student."""

HERS: dict[str, bytes] = {
    "softmax.py": b"import tools, pointer\n",
    "tools.py": b"# goes along\n",
    "pointer.py": b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n",
    "softmax.ipynb": b"# beside softmax.py\n",
    "unneeded.py": b"# imported by nobody\n",
    "report.pdf": b"%PDF",
    "test_softmax.py": b"# the course's\n",
    "Conv2d (1).py": b"# a near name\n",
}
"""What a student who knows no better hands in."""

DEEP = {
    "src/lab/conv2d.py": b"import layers\n",
    "src/lab/layers.py": b"# goes along too\n",
    "src/lab/odd.txt": b"odd",
    "src/oddly.txt": b"odd",
    "softmax/more.py": b"# in a folder that nobody needs\n",
    "old/conv2d.py": b"# an older one\n",
    "data/raw/numbers.csv": b"1",
    ".hidden.py": b"# hidden\n",
}
"""The same, in folders, where a platform keeps them."""


def folders() -> Class:
    files = {f"ada/{name}": content for name, content in HERS.items()}
    files |= {"ada/data/raw/numbers.csv": b"1", "ada/.hidden.py": b"# hidden\n"}
    files |= {f"bob/attempt-{n}/softmax.py": b"# attempt %d\n" % n for n in (1, 2)}
    return files | {"bob/attempt-2/rest.txt": b"x", "bob/beside.txt": b"x", "loose.txt": b"x"}


def clones() -> Class:
    files = {f"hw-ada/{name}": content for name, content in (HERS | DEEP).items()}
    return files | {"hw-bob/softmax.py": b"# bob\n", "odd.txt": b"x"}


def canvas() -> Class:
    names = [(name, content) for name, content in HERS.items() if name != "tools.py"]
    files = {
        canvas_name("Ada", 1, 10 + n, name, late=True): content for n, (name, content) in enumerate(names)
    }
    files[canvas_name("Ada", 1, 30, "tools-1.py")] = HERS["tools.py"]
    files[canvas_name("Ada", 1, 29, "tools.py")] = b"# an earlier one\n"
    files["ada_1_text.html"] = b"text"
    files["bob_2_link.html"] = b"link"
    files[canvas_name("", "anon_x7", 40, "work.zip")] = zipped(HERS | DEEP)
    files[canvas_name("", "anon_x7", 41, "more.zip")] = b"PK\x03\x04damaged"
    return files | {"grades.csv": b"x"}


def moodle() -> Class:
    ada, bob = moodle_name("Ada, é", 1), moodle_name("Bob", 2, before_4_1=True)
    files = {f"{ada}/{name}": content for name, content in (HERS | DEEP).items()}
    files[f"{bob}/homework.zip"] = zipped(HERS)
    files[f"{moodle_name('Bob', 2, 'onlinetext')}/onlinetext.html"] = b"text"
    return files | {"odd.txt": b"x", "odd/whose.py": b"# whose?\n"}


def moodle_flat() -> Class:
    files = {f"{moodle_name('Ada', 1)}_{name}": content for name, content in HERS.items()}
    return files | {f"{moodle_name('Ada', 1, 'onlinetext')}_onlinetext.html": b"text", "odd.txt": b"x"}


def gradescope() -> Class:
    listed = gradescope_list((1, "~", "{':name': Ada};{':name': Bob}"), (2, "~", "{':email': a@x}"),
                             (3, "~", "{':email': a@x}"), (9, "~", ""))  # fmt: skip
    files = {f"submission_1/{name}": content for name, content in (HERS | DEEP).items()}
    files |= {"submission_2/softmax.py": b"# earlier\n", "submission_3/softmax.py": b"# later\n"}
    files |= {"submission_4/softmax.py": b"# whose?\n", "submission_5.pdf": b"x", "notes/a.txt": b"x"}
    files["submission_metadata.yml"] = listed
    return {f"assignment_1_export/{name}": content for name, content in files.items()}


def nbgrader() -> Class:
    files = {f"ada/ps1/{name}": content for name, content in (HERS | DEEP).items()}
    files |= {"ada/ps1/timestamp.txt": b"2026-11-01 12:00:00 UTC", "ada/loose.txt": b"x"}
    files |= {"bob/ps1/homework.ipynb": b"def softmax def conv2d", "odd.txt": b"x"}
    return {f"submitted/{name}": content for name, content in files.items()} | {"gradebook.db": b"x"}


CLASSES = {
    make.__name__: make for make in (folders, clones, canvas, moodle, moodle_flat, gradescope, nbgrader)
}
READ_BY_STAFF = ("submission_metadata.yml", "gradebook.db")
"""Files of the platform itself."""


def unaccounted(
    files: Class, submissions: Mapping[str, tuple[Submission, ...]], notes: tuple[str, ...]
) -> list[str]:
    """The files that are in no bundle and that no note speaks of."""
    attempts = [each for all_of_one in submissions.values() for each in all_of_one]
    used = {file.content for each in attempts for bundle in each.bundles for file in bundle.files}
    said = " ".join([*notes, *(note for each in attempts for note in each.notes)])
    said += " ".join(note for each in attempts for bundle in each.bundles for note in bundle.notes)
    problems = [bundle.problem for each in attempts for bundle in each.bundles if bundle.problem]
    said += " ".join(str(getattr(each, "near", "")) + str(getattr(each, "file", "")) for each in problems)
    return [path for path, content in _files(files) if content not in used and not _is_said(path, said)]


def _files(files: Class) -> Iterator[tuple[str, bytes]]:
    """The files of a class, those in archives that can be read among them."""
    for path, content in files.items():
        if path.endswith(("work.zip", "more.zip")) and zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from _files({name: archive.read(name) for name in archive.namelist()})
        elif path.rsplit("/", 1)[-1] not in (*COURSE, *READ_BY_STAFF) and not path.endswith(COURSE):
            yield path, content


def _is_said(path: str, said: str) -> bool:
    *around, name = path.split("/")
    places = [f"{folder}/" for folder in around]
    # 'src/lab/' says nothing of what lies in it: a note on a folder ends with it.
    whole = any(f" {place}{end}" in said or f"/{place}{end}" in said for place in places for end in ",. ")
    in_folder = any(f"in the folder '{'/'.join(around[n:])}'" in said for n in range(len(around)))
    return whole or (in_folder and name in ("softmax.py", "conv2d.py")) or _named(name, said)


def _named(name: str, said: str) -> bool:
    """Whether a note names it, whole or as what the student called it: a platform put something before it."""
    called = [name, *(name[place + 1 :] for place, letter in enumerate(name) if letter == "_")]
    return any(f" {each}" in f" {said}" or f"/{each}" in said for each in called if "." in each)


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize("layout", CLASSES)
def test_every_file_is_accounted_for(tmp_path: Path, layout: str, kind: str) -> None:
    files = CLASSES[layout]()
    if layout == "clones":
        files = {**files, "hw-ada/.git/config": b"", "hw-bob/.git/config": b""}
    with open_folder(laid_out(tmp_path, files, kind), NAMES, POINTS) as found:
        submissions = {student: found.read(student) for student in found.students}
        notes = found.notes
    if layout != "folders" and layout != "clones":
        assert notes[0].startswith("Read as ")
    files = {path: content for path, content in files.items() if "/.git/" not in path}
    assert unaccounted(files, submissions, notes) == []


def test_a_file_that_is_dropped_would_be_seen(tmp_path: Path) -> None:
    files = CLASSES["moodle"]()
    with open_folder(laid_out(tmp_path, files, "folder"), NAMES, POINTS) as found:
        submissions = {student: found.read(student) for student in found.students}
        notes = found.notes
    without_ada = {"Bob_2": submissions["Bob_2"]}
    assert "Ada, é_1_assignsubmission_file/src/lab/conv2d.py" in unaccounted(files, without_ada, notes)
    without_bob = {"Ada, é_1": submissions["Ada, é_1"]}
    lost = ["Bob_2_assignsubmission_onlinetext/onlinetext.html"]
    assert unaccounted(files, without_bob, notes) == lost
    assert unaccounted(files, submissions, ()) == ["odd/whose.py"]
