"""Archives that hold more than anybody can: each is refused, in bounded memory and time."""

import bz2
import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.submission.caps import STUDENT
from tests.grader.submission.packing import SOURCE, put, read, tarred, zipped
from tests.grader.submission.refusing import bounded, refusal


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
