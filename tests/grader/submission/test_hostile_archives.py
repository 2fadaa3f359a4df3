"""Archives made to harm: names, links and damage are refused by name; nothing else is lost by it."""

import io
import random
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.findings import UnreadableFile
from grader.submission.caps import LEVELS, STUDENT
from tests.grader.submission.packing import PACK, SOURCE, put, read, tarred, zipped
from tests.grader.submission.refusing import refusal

# --- names -----------------------------------------------------------------------


NAMES = [
    ("/etc/softmax.py", "is a path from the root of a disk"),
    ("//host/share/softmax.py", "is a path from the root of a disk"),
    ("\\\\host\\softmax.py", "is a path from the root of a disk"),
    ("C:/softmax.py", "is a path from the root of a disk"),
    ("c:softmax.py", "is a path from the root of a disk"),
    ("../softmax.py", "leads out of the archive"),
    ("a/../../softmax.py", "leads out of the archive"),
    ("a/..", "leads out of the archive"),
    ("a\\..\\..\\softmax.py", "leads out of the archive"),
    ("soft\nmax.py", "has a control character in it"),
    ("\x1b[2Jsoftmax.py", "has a control character in it"),
    ("softmax.py\x7f", "has a control character in it"),
    ("softmax\x85.py", "has a control character in it"),
    ("d/" * 500 + "softmax.py", "is longer than 1000 characters"),
    ("s" * 256 + ".py", "has a part longer than 255 bytes"),
    ("é" * 128 + ".py", "has a part longer than 255 bytes"),
]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize(("name", "why"), NAMES)
def test_a_name_that_no_archive_may_hold(tmp_path: Path, kind: str, name: str, why: str) -> None:
    detail = refusal(tmp_path, PACK[kind]({"softmax.py": SOURCE, name: b"x"}))
    shown = name if len(name) <= 100 else f"{name[:60]}...{name[-30:]}"
    assert detail == f"the name '{shown}' {why}"


def test_a_name_with_a_nul_in_it(tmp_path: Path) -> None:
    packed = zipped({"softmax.py": SOURCE, "conv2d.py#.txt": b"x"})
    detail = refusal(tmp_path, packed.replace(b"conv2d.py#", b"conv2d.py\0"))
    assert detail == "the name 'conv2d.py\0.txt' has a control character in it"
    info = tarfile.TarInfo("x.py")
    info.pax_headers = {"path": "conv2d.py\0.txt"}
    assert refusal(tmp_path, tarred([("softmax.py", SOURCE), (info, b"x")])) == detail


def test_hostile_names_that_do_no_harm_are_data(tmp_path: Path) -> None:
    put(
        tmp_path / "eve.zip", zipped({"softmax.py": SOURCE, "\u202efdp.exe": b"", "=cmd|x": b"", " .py": b""})
    )
    submission = read(tmp_path)["eve"]
    assert submission.bundles[0].problem is None
    assert submission.notes[1:] == ("Not needed by any exercise, so not read:  .py, =cmd|x, \u202efdp.exe.",)


TWICE = [
    (["softmax.py", "softmax.py"], "the entry 'softmax.py' is there twice"),
    (["softmax.py", "./softmax.py"], "the entry './softmax.py' is there twice"),
    (["w/softmax.py", "w//softmax.py"], "the entry 'w//softmax.py' is there twice"),
    (["w/softmax.py", "w\\softmax.py"], "the entry 'w\\softmax.py' is there twice"),
    (["data.csv", "./data.csv"], "the entry './data.csv' is there twice"),
    (["softmax.py", "softmax.py/x"], "the entry 'softmax.py/x' is there as a file and as a folder"),
    (["softmax.py/x", "softmax.py"], "the entry 'softmax.py' is there twice"),
    (["softmax.py", "softmax.py/"], "the entry 'softmax.py/' is there as a file and as a folder"),
    (
        ["softmax.py", "Softmax.py"],
        "the entries 'softmax.py' and 'Softmax.py' are one file on many computers; leave one of them out",
    ),
    (
        ["caf\u00e9.py", "cafe\u0301.py"],
        "the entries 'caf\u00e9.py' and 'cafe\u0301.py' are one file on many computers; "
        "leave one of them out",
    ),
]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(("names", "why"), TWICE)
def test_one_name_twice(tmp_path: Path, kind: str, names: list[str], why: str) -> None:
    assert refusal(tmp_path, PACK[kind]([(name, SOURCE) for name in names])) == why


def test_names_that_differ_in_case_only_do_no_harm_where_nobody_reads(tmp_path: Path) -> None:
    packed = {"softmax.py": SOURCE, "README": b"1", "readme": b"2", ".x/A.py": b"3", ".x/a.py": b"4"}
    put(tmp_path / "eve.zip", zipped(packed))
    put(tmp_path / "fay.tar", tarred([("w/", b""), ("w/", b""), *packed.items()]))
    assert [each.bundles[0].problem for each in read(tmp_path).values()] == [None, None]


# --- what is no ordinary file ------------------------------------------------------


SPECIAL = {
    tarfile.SYMTYPE: "is a link",
    tarfile.LNKTYPE: "is a link",
    tarfile.CHRTYPE: "is not an ordinary file",
    tarfile.BLKTYPE: "is not an ordinary file",
    tarfile.FIFOTYPE: "is not an ordinary file",
    b"M": "is not an ordinary file",
    b"Z": "is not an ordinary file",
    tarfile.GNUTYPE_SPARSE: "is a file with holes; pack it without --sparse",
}


@pytest.mark.parametrize("kind", SPECIAL)
def test_special_files_in_a_tar(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("sub/softmax.py")
    info.type, info.linkname = kind, "/etc/hostname"
    content = tarred([("conv2d.py", SOURCE)])[:1024] + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    assert refusal(tmp_path, content, "eve.tar") == f"the entry 'sub/softmax.py' {SPECIAL[kind]}"


@pytest.mark.parametrize(
    ("mode", "why"), [(stat.S_IFLNK, "is a link"), (stat.S_IFIFO, "is not an ordinary file")]
)
def test_special_files_in_a_zip(tmp_path: Path, mode: int, why: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("softmax.py")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/hostname")
    assert refusal(tmp_path, out.getvalue()) == f"the entry 'softmax.py' {why}"


def test_sparse_files_in_extended_headers(tmp_path: Path) -> None:
    info = tarfile.TarInfo("softmax.py")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    assert refusal(tmp_path, tarred([(info, b"1\n0\n" + bytes(508))])) == (
        "it holds a file with holes; pack it without --sparse"
    )


def test_a_password(tmp_path: Path) -> None:
    packed = bytearray(zipped({"softmax.py": SOURCE}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    packed[6] |= 1
    assert refusal(tmp_path, bytes(packed)) == "it has a password; make it again without one"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_kinds_of_compression_that_have_no_bound(tmp_path: Path, method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("softmax.py", SOURCE)
        archive.writestr("conv2d.py", SOURCE)
    assert refusal(tmp_path, out.getvalue()) == (
        "it is compressed in an unusual way; make the .zip again with the usual settings"
    )


# --- anything at all ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", PACK)
def test_damage_of_any_kind_ends_in_a_finding(tmp_path: Path, kind: str) -> None:
    """Cut, flipped, doubled and overwritten archives: never an exception, never a hang."""
    noise = random.Random(f"damage {kind}")
    honest = PACK[kind]({"softmax.py": SOURCE * 20, "w/conv2d.py": SOURCE, "é" * 90: b"x"})
    for round_ in range(150):
        packed = bytearray(honest)
        for _ in range(noise.randint(1, 4)):
            at = noise.randrange(len(packed) + 1)
            damage = noise.choice(["flip", "cut", "insert", "repeat", "number"])
            if damage == "flip" and at < len(packed):
                packed[at] ^= 1 << noise.randrange(8)
            elif damage == "cut":
                del packed[at : at + noise.randint(1, 40)]
            elif damage == "insert":
                packed[at:at] = noise.randbytes(noise.randint(1, 40))
            elif damage == "repeat":
                packed[at:at] = packed[at : at + 600]
            else:
                packed[at : at + 4] = noise.choice([b"\xff" * 4, bytes(4), b"\0\0\0\x80", b"9999"])
        put(tmp_path / f"eve.{kind}", bytes(packed))
        for bundle in read(tmp_path)["eve"].bundles:
            assert bundle.problem is None or bundle.problem.code in ("unreadable-file", "missing-file"), (
                round_
            )


def test_the_tree_forgets_what_lies_deep() -> None:
    from grader.submission.caps import Meter
    from grader.submission.tree import Tree

    tree = Tree(Meter(STUDENT))
    tree.file("/".join("abcdefgh") + "/x.py", lambda meter, most: b"")
    node, depth = tree.root, 0
    while node.children:
        (node,), depth = node.children.values(), depth + 1
    assert depth == LEVELS


def test_what_the_class_archive_keeps_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.folder.CLASS", STUDENT)
    packed = {f"s{number:02}/softmax.py": b"#" * (5 << 20) for number in range(14)}
    submissions = read(put(tmp_path / "class.tar", tarred(packed)))
    problems = [each.bundles[0].problem for each in submissions.values()]
    assert problems[:12] == [None] * 12
    assert {type(each) for each in problems[12:]} == {UnreadableFile}
