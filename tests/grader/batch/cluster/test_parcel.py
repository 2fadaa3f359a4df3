"""What travels to a node: all that judging needs, nothing else, and the same bytes every time."""

import hashlib
import io
import os
import tarfile
import zlib

import pytest

from grader.batch.cluster import parcel as parcels
from grader.batch.cluster.parcel import Parcel, pack, unpack
from grader.errors import CourseError, GraderError
from tests.grader.tiny import COURSE, make_course


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


def names(parcel):
    with tarfile.open(fileobj=io.BytesIO(zlib.decompress(parcel.content))) as tar:
        return tar.getnames()


def test_a_course_comes_out_as_it_went_in(course, tmp_path):
    there = unpack(pack(course), tmp_path / "node")
    assert there.root == tmp_path / "node"
    for name, here in (("hidden_tests", course), ("stub", course)):
        assert (
            getattr(there.exercise("double"), name).read_text()
            == getattr(here.exercise("double"), name).read_text()
        )
    assert there.secret == course.secret
    assert pack(there).digest == pack(course).digest


def test_the_same_files_make_the_same_parcel(course, tmp_path):
    first = pack(course)
    for folder, _, files in os.walk(course.root):
        for name in files:
            path = os.path.join(folder, name)
            os.utime(path, (1, 1))
            os.chmod(path, 0o600)
    assert pack(course) == first
    assert names(first) == sorted(names(first)), "not as the file system happens to list them"
    assert pack(make_course(tmp_path / "elsewhere")) == first


@pytest.mark.parametrize(
    "changed", ["tests/hidden/test_double.py", "reference/double/solution.py", "reference/secret.txt"]
)
def test_another_file_makes_another_parcel(course, changed):
    before = pack(course).digest
    (course.root / changed).write_text((course.root / changed).read_text() + "\n# changed\n")
    assert pack(course).digest != before


def test_nothing_else_travels(course):
    for name in (
        "submissions/student-01/double.py",
        "reports/run.json",
        "tests/sample/grades.csv",
        "notes.txt",
        "exercises/double/__pycache__/double.cpython-311.pyc",
        ".git/config",
    ):
        path = course.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("private")
    assert set(names(pack(course))) == {
        "course.toml",
        "exercises/double/README.md",
        "exercises/double/double.py",
        "exercises/double/exercise.toml",
        "exercises/double/test_double.py",
        "reference/double/solution.py",
        "reference/secret.txt",
        "tests/hidden/test_double.py",
    }


def test_a_secret_in_a_place_of_its_own_travels_too(tmp_path):
    toml = COURSE.replace("reference/secret.txt", "private/key.txt")
    course = make_course(tmp_path, **{"course.toml": toml, "private/key.txt": "x\n", "private/b.txt": "no"})
    assert [name for name in names(pack(course)) if name.startswith("private")] == ["private/key.txt"]


def test_a_secret_outside_the_course_is_refused(tmp_path):
    (tmp_path / "key.txt").write_text("x\n")
    toml = COURSE.replace("reference/secret.txt", "../key.txt")
    course = make_course(tmp_path / "course", **{"course.toml": toml})
    with pytest.raises(CourseError, match="outside the course's folder"):
        pack(course)


def test_a_link_to_a_file_is_a_file_and_one_to_a_folder_is_refused(course, tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"123")
    (course.root / "exercises/double/weights.bin").symlink_to(tmp_path / "weights.bin")
    there = unpack(pack(course), tmp_path / "node")
    assert (there.root / "exercises/double/weights.bin").read_bytes() == b"123"
    assert not (there.root / "exercises/double/weights.bin").is_symlink()
    (course.root / "exercises/data").symlink_to(tmp_path)
    with pytest.raises(CourseError, match="exercises/data is a link to a folder"):
        pack(course)


def test_a_course_that_is_too_large_is_refused(course, monkeypatch):
    monkeypatch.setattr(parcels, "MOST_MB", 0)
    with pytest.raises(CourseError, match="too much to send"):
        pack(course)


def test_a_parcel_that_changed_on_the_way_is_refused(course, tmp_path):
    parcel = pack(course)
    for content in (b"", parcel.content[:-9], zlib.compress(b"other")):
        with pytest.raises(GraderError, match="damaged"):
            unpack(Parcel(parcel.digest, content), tmp_path / "node")
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x"])
def test_a_parcel_never_writes_outside_its_folder(name, tmp_path):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    plain = archive.getvalue()
    evil = Parcel(hashlib.sha256(plain).hexdigest(), zlib.compress(plain))
    with pytest.raises(GraderError, match="no course holds"):
        unpack(evil, tmp_path / "node")
