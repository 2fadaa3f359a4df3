"""Archives made to harm: each is refused by name, in bounded memory and time.

Bombs are read in a process of their own whose address space and processor time
the kernel bounds, so that a reader which swallows one dies there and the test says so.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.findings import UnreadableFile
from grader.submission.caps import HEADER_BYTES, LEVELS, RECORDS, STUDENT
from tests.grader.submission.packing import PACK, SOURCE, files_of, put, read, tarred, zipped

ROOT = Path(__file__).parents[3]
ADDRESS_SPACE = 320 << 20
"""Bytes for the interpreter, pydantic (150 MiB together), and the reading; the bombs hold more."""
SECONDS = 20
"""Processor time; the slowest takes 3 s on an idle machine."""

_READER = f"""
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_SPACE}, {ADDRESS_SPACE}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from grader.submission import read_folder
found = read_folder(Path(sys.argv[1]), ["softmax", "conv2d"], {{}}).submissions
print(json.dumps({{each.student: [b.problem and [b.problem.code, getattr(b.problem, "detail", "")]
    for b in each.bundles] for each in found}}))
"""


def refusal(tmp_path: Path, content: bytes, name: str = "eve.zip") -> str:
    """Why the archive of a student is not read; an honest neighbour must be."""
    put(tmp_path / name, content)
    put(tmp_path / "ada" / "softmax.py")
    submissions = read(tmp_path)
    assert files_of(submissions["ada"])[0] == ["softmax.py"]
    found: Any = submissions["eve"].bundles[0].problem
    assert isinstance(found, UnreadableFile), found
    assert (found.file, found.reason) == (name, "archive")
    assert submissions["eve"].bundles[1].problem == found
    return found.detail


def bounded(tmp_path: Path, content: bytes | None, name: str = "eve.zip") -> str:
    """As `refusal`, in a process whose memory and time are bounded; without `content` it is there already."""
    if content is not None:
        put(tmp_path / name, content)
    put(tmp_path / "ada" / "softmax.py")
    done = subprocess.run(
        [sys.executable, "-c", _READER, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["ada"][0] is None
    return "" if found["eve"][0] is None else ": ".join(found["eve"][0])


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


# --- bombs -------------------------------------------------------------------------


def bytes_of_zeros(count: int, compress: Any) -> bytes:
    step = bytes(1 << 20)
    return b"".join([compress.compress(step) for _ in range(count >> 20)]) + compress.flush()


def zeros_in_a_tar(size: int) -> bytes:
    info = tarfile.TarInfo("data.bin")
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    ("compressor", "why"),
    [
        (lambda: zlib.compressobj(9, wbits=31), "it grows more than 200 times when it is unpacked; "),
        (lambda: bz2.BZ2Compressor(9), "it grows more than 200 times when it is unpacked; "),
        (lambda: lzma.LZMACompressor(preset=0), "it grows more than 200 times when it is unpacked; "),
    ],
    ids=["gzip", "bzip2", "xz"],
)
def test_a_tar_that_grows(tmp_path: Path, compressor: Callable[[], Any], why: str) -> None:
    one = compressor()
    start = one.compress(zeros_in_a_tar(360 << 20))
    found = bounded(tmp_path, start + bytes_of_zeros(360 << 20, one), "eve.tgz")
    assert found == f"unreadable-file: {why}leave data and trained weights out"


def test_a_tar_that_is_simply_too_large(tmp_path: Path) -> None:
    """A file of a terabyte with holes: nothing is compressed, nothing grows."""
    put(tmp_path / "eve.tar", zeros_in_a_tar(1 << 40))
    os.truncate(tmp_path / "eve.tar", 1 << 40)
    assert bounded(tmp_path, None, "eve.tar") == (
        "unreadable-file: it holds more than 512 MiB; leave environments and data sets out"
    )


@pytest.mark.parametrize("name", ["eve.zip", "eve.tar", "eve.tar.xz"])
def test_a_terabyte_of_nothing(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, b"")
    os.truncate(tmp_path / name, 1 << 40)
    assert bounded(tmp_path, None, name).startswith("unreadable-file: ")


def many_entries(count: int, name: str = "{}") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(name.format(number), b"")
    return out.getvalue()


def test_too_many_entries_in_a_zip(tmp_path: Path) -> None:
    assert bounded(tmp_path, many_entries(STUDENT.entries + 1)) == (
        "unreadable-file: it holds more than 50,000 entries; leave environments and data sets out"
    )


def test_a_directory_larger_than_memory(tmp_path: Path) -> None:
    """The directory is read in one go by the library: its size is the archive's own claim."""
    directory = b"PK\x01\x02" + bytes(42)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 9_000_000, 0, 0)
    body = (directory * 200_000)[:9_000_000]
    assert bounded(tmp_path, b"PK\x03\x04"[:0] + body + end).endswith("its directory is larger than 7 MiB; "
        "leave environments out")  # fmt: skip


def test_too_many_entries_in_a_tar(tmp_path: Path) -> None:
    one = tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT)
    entries = b"".join(
        tarfile.TarInfo(f"{number}").tobuf(tarfile.GNU_FORMAT) for number in range(STUDENT.entries + 1)
    )
    assert len(one) == 512
    assert "more than 50,000 entries" in bounded(tmp_path, gzip.compress(entries, 1), "eve.tgz")


@pytest.mark.parametrize(
    "names", ["{}" + "/a" * 400 + "/x", "a/{}/b/{}/c/{}/d/{}/e/{}", "\u0327\u0301" * 60 + "{}.py"]
)
def test_deep_and_odd_names_cost_no_memory(tmp_path: Path, names: str) -> None:
    packed = {"softmax.py": SOURCE} | {names.replace("{}", str(n)): b"" for n in range(6000)}
    assert bounded(tmp_path, gzip.compress(tarred(packed), 1), "eve.tgz") == ""


def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """Many names for one block of zeros: 42 KB that hold gigabytes, as in Fifield's bomb."""
    packed = zipped([("softmax.py", bytes(5 << 20)), *((f"c{n}.py", b"") for n in range(200))])
    start = packed.index(b"PK\x01\x02")
    out, at = bytearray(packed), start
    first = bytes(packed[start + 16 : start + 28])
    while out[at : at + 4] == b"PK\x01\x02":
        out[at + 16 : at + 28] = first
        out[at + 42 : at + 46] = bytes(4)
        name, extra, comment = struct.unpack("<3H", out[at + 28 : at + 34])
        at += 46 + name + extra + comment
    assert bounded(tmp_path, bytes(out)).endswith("shares its bytes with another")


def test_an_entry_that_reaches_into_the_next_one(tmp_path: Path) -> None:
    packed = bytearray(zipped({"softmax.py": SOURCE, "conv2d.py": SOURCE}))
    at = packed.index(b"PK\x01\x02") + 20
    packed[at : at + 4] = struct.pack("<L", 1 + struct.unpack("<L", packed[at : at + 4])[0])
    assert refusal(tmp_path, bytes(packed)) == "the entry 'softmax.py' shares its bytes with another"


def test_a_size_that_is_a_lie(tmp_path: Path) -> None:
    """Declared as 10 bytes, holds 5 MiB: what comes out is what counts."""
    packed = bytearray(zipped({"softmax.py": bytes(5 << 20), "conv2d.py": bytes(5 << 20)}))
    for at in (packed.index(b"PK\x01\x02") + 24, 22):
        packed[at : at + 4] = struct.pack("<L", 10)
    put(tmp_path / "eve.zip", bytes(packed))
    problem: Any = read(tmp_path)["eve"].bundles[0].problem
    assert (problem.file, problem.detail) == ("eve.zip", "the entry 'softmax.py' is damaged")
    assert read(tmp_path)["eve"].bundles[1].problem is None


def test_zip64_with_impossible_numbers(tmp_path: Path) -> None:
    body = zipped({"softmax.py": SOURCE})
    start = body.index(b"PK\x01\x02")
    end = body.index(b"PK\x05\x06")
    for size, offset in ((2**62, 0), (2**63, 2**63), (46, 2**64 - 1), (2**64 - 1, start)):
        record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, offset)
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
        last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
        assert bounded(tmp_path, body[:end] + record + locator + last).startswith("unreadable-file: it")


def test_a_zip_in_zip64_form_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("softmax.py", "w", force_zip64=True) as stream:
        stream.write(SOURCE)
    assert bounded(tmp_path, out.getvalue()) == ""


def test_a_zip_that_holds_itself(tmp_path: Path) -> None:
    """Whatever a quine unpacks to is the next archive; there is no third."""
    inner = zipped({"more.zip": zipped({"more.zip": zipped({"more.zip": b"PK\x03\x04"})})})
    found = bounded(tmp_path, inner)
    assert found == (
        "unreadable-file: it is an archive in an archive in an archive; pack the files only once"
    )


def test_bombs_in_bombs_share_one_account(tmp_path: Path) -> None:
    """Each of these unpacks to 400 MB under the cap of ratio by random padding; there are three."""
    noise = random.Random(1).randbytes(3 << 20)
    one = zlib.compressobj(6, wbits=31)
    start = one.compress(zeros_in_a_tar(len(noise) + (400 << 20)) + noise)
    bomb = start + bytes_of_zeros((400 << 20) + (1 << 20), one)
    for name in ("a.tgz", "b.tgz", "c.tgz"):
        put(tmp_path / "eve" / name, bomb)
    found = bounded(tmp_path, bomb, "eve/d.tgz")
    assert found.startswith("unreadable-file: it holds more than 512 MiB")


def test_an_xz_with_an_enormous_dictionary(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 16 << 20}]
    honest = lzma.compress(tarred({"softmax.py": SOURCE}), filters=filters)
    assert bounded(tmp_path, honest, "eve.tar.xz") == ""
    # One byte of the block's header says how large the dictionary is: 40 is 4 GiB less one byte.
    at = 12
    size = (honest[at] + 1) * 4
    header = bytearray(honest[at : at + size - 4])
    header[header.index(b"\x21\x01") + 2] = 40
    hostile = honest[:at] + bytes(header) + struct.pack("<L", zlib.crc32(header)) + honest[at + size :]
    assert bounded(tmp_path, hostile, "eve.tar.xz") == (
        "unreadable-file: unpacking it would take more than 80 MiB of memory"
    )


def test_the_best_compression_that_people_use_is_read(tmp_path: Path) -> None:
    put(
        tmp_path / "eve.tar.xz", lzma.compress(tarred({"softmax.py": SOURCE}), preset=9 | lzma.PRESET_EXTREME)
    )
    assert read(tmp_path)["eve"].bundles[0].problem is None


# --- streams ------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_one_after_another_are_one(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    tar = tarred({"softmax.py": SOURCE, "conv2d.py": SOURCE})
    pieces = [pack(tar[at : at + 700]) for at in range(0, len(tar), 700)]
    put(tmp_path / "eve.tgz", b"".join(pieces))
    put(tmp_path / "fay.tgz", b"".join(pieces) + bytes(1000))
    put(tmp_path / "gus.tgz", b"".join(pieces) + b"garbage behind it")
    for submission in read(tmp_path).values():
        assert files_of(submission) == [["softmax.py"], ["conv2d.py"]]


def test_too_many_empty_streams(tmp_path: Path) -> None:
    empty = gzip.compress(b"")
    assert bounded(tmp_path, empty * 400_000, "eve.tgz") == (
        "unreadable-file: it is made of more than 20,000 pieces"
    )


FLIPPED = {
    "zip": zipped,
    "tar.gz": lambda files: gzip.compress(tarred(files) + bytes(200_000)),  # the sum is far behind the end
    "tar.bz2": lambda files: bz2.compress(tarred(files) + bytes(200_000)),
    "tar.xz": lambda files: lzma.compress(tarred(files) + bytes(200_000)),
}


@pytest.mark.parametrize("kind", FLIPPED)
def test_a_flipped_bit_is_noticed(tmp_path: Path, kind: str) -> None:
    noise = random.Random(2).randbytes(20_000)
    packed = bytearray(FLIPPED[kind]({"softmax.py": noise, "conv2d.py": noise[::-1]}))
    packed[len(packed) // 4] ^= 4
    put(tmp_path / f"eve.{kind}", bytes(packed))
    problem: Any = read(tmp_path)["eve"].bundles[0].problem
    assert (problem.file, problem.reason) == (f"eve.{kind}", "archive")
    assert "damaged" in problem.detail


# --- headers of a tar ------------------------------------------------------------------


def header(kind: bytes, size: int, name: str = "h") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def extended(kind: bytes, data: bytes) -> bytes:
    return header(kind, len(data)) + data + bytes(-len(data) % 512)


HEADERS = {
    "huge pax header": extended(b"x", b"9" * (200 << 20)),
    "huge global header": header(b"g", 8 << 30),
    "huge long name": extended(b"L", b"a" * (200 << 20)),
    "long name of a page": extended(b"L", b"a" * HEADER_BYTES) + header(b"0", 0),
    "chain of headers": extended(b"x", b"11 a=bcdef\n") * 60_000,
    "chain of long names": extended(b"L", b"name") * 60_000,
    "digits without end": extended(b"x", b"1" * HEADER_BYTES),
    "a length of nothing": extended(b"x", b"0 a=b\n"),
    "a negative length": extended(b"x", b"-5 a=b\n"),
    "a length beyond the end": extended(b"x", b"9999 a=b\n"),
    "no equals sign": extended(b"x", b"6 abc\n"),
    "too many records": extended(b"x", b"6 a=b\n" * (RECORDS + 1)),
    "a size that is no number": extended(b"x", b"12 size=1e9\n"),
    "a size beyond every file": extended(b"x", b"25 size=9999999999999999\n"),
    "a size of a terabyte": extended(b"x", b"22 size=1099511627776\n") + header(b"0", 0, "conv2d.py"),
    "a name for all": extended(b"g", b"19 path=softmax.py\n") + header(b"0", 0),
    "a negative size": header(b"0", -512, "conv2d.py"),
    "a damaged header in the middle": header(b"0", 0, "conv2d.py") + b"x" * 512 + header(b"0", 0, "mlp.py"),
    "half a header": header(b"0", 0, "conv2d.py") + header(b"0", 0, "mlp.py")[:100],
}


GOOD = header(b"0", 512, "softmax.py") + SOURCE.ljust(512) + bytes(1024)


def test_the_header_that_follows_them_is_good(tmp_path: Path) -> None:
    put(tmp_path / "eve.tar", GOOD)
    assert files_of(read(tmp_path)["eve"])[0] == ["softmax.py"]


@pytest.mark.parametrize("name", HEADERS)
def test_headers_made_to_harm(tmp_path: Path, name: str) -> None:
    assert bounded(tmp_path, HEADERS[name] + GOOD, "eve.tar").startswith("unreadable-file: ")


def test_headers_that_are_unusual_but_fine(tmp_path: Path) -> None:
    fine = (
        extended(b"g", b"52 comment=0123456789012345678901234567890123456789\n")
        + header(b"V", 0, "label")
        + extended(b"x", b"11 a=bcdef\n" * RECORDS)
        + header(b"0", 2, "softmax.py")
        + b"x\n".ljust(512, b"\0")
    )
    put(tmp_path / "eve.tar", fine)  # and no two blocks of zeros at the end
    assert files_of(read(tmp_path)["eve"])[0] == ["softmax.py"]


def test_what_the_class_archive_keeps_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.folder.CLASS", STUDENT)
    packed = {f"s{number:02}/softmax.py": b"#" * (5 << 20) for number in range(14)}
    submissions = read(put(tmp_path / "class.tar", tarred(packed)))
    problems = [each.bundles[0].problem for each in submissions.values()]
    assert problems[:12] == [None] * 12
    assert {type(each) for each in problems[12:]} == {UnreadableFile}


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
