"""Compressed streams and the headers of a tar, made to harm, and those that are only unusual."""

import bz2
import gzip
import lzma
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.submission.caps import HEADER_BYTES, RECORDS
from tests.grader.submission.packing import SOURCE, files_of, put, read, tarred, zipped
from tests.grader.submission.refusing import bounded

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
