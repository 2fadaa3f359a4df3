"""The course as a parcel: what travels to a node, and how it is laid out there.

A parcel holds what judging needs and nothing else: `course.toml`, the
exercises, the references, the hidden tests and the secret, and no submissions,
no reports, no other files that lie beside them. Equal files make an equal
parcel, wherever and whenever it is packed, so that its digest says what it is.
Parcels come from our own driver; one that has changed on the way is refused.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.course import Course, read_course
from grader.errors import CourseError, GraderError

FOLDERS = ("exercises", "reference", "tests/hidden")
"""What travels whole, besides course.toml and the secret."""

LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", ".git")
"""Folders that programs make for themselves."""

MOST_MB = 256
"""Driver, scheduler and every node keep it in memory; that of the sample course is under 1 MB."""


@dataclass(frozen=True)
class Parcel:
    """A course, packed.

    Attributes:
        digest: SHA-256 of what is in it, in hexadecimal digits.
        content: A tar archive, compressed with zlib.
    """

    digest: str
    content: bytes = field(repr=False)  # dask writes arguments to its log


def pack(course: Course) -> Parcel:
    """Pack a course, which must have been read with its staff's files.

    Raises:
        CourseError: A file cannot be read, lies outside the course's folder, or all are too large.
    """
    archive = io.BytesIO()
    total = 0
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in sorted(_files(course)):
            try:
                content = path.read_bytes()
            except OSError as error:
                raise CourseError(f"{name} cannot be sent to the cluster ({error.strerror}).") from None
            total += len(content)
            if total > MOST_MB << 20:
                raise CourseError(
                    f"The course's files come to more than {MOST_MB} MB at {name}, which is too much to send "
                    "to every node; take out what no test needs."
                )
            member = tarfile.TarInfo(name)  # owner, time and rights are the same for every file
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    plain = archive.getvalue()
    return Parcel(hashlib.sha256(plain).hexdigest(), zlib.compress(plain))


def unpack(parcel: Parcel, folder: Path) -> Course:
    """Lay a parcel out in an empty folder and read the course there.

    Raises:
        GraderError: It is not what its digest says, or it cannot be written here.
    """
    try:
        plain = zlib.decompress(parcel.content)
    except zlib.error:
        plain = b""
    if hashlib.sha256(plain).hexdigest() != parcel.digest:
        raise GraderError("The course arrived at a node damaged; nothing was run there. Try again.")
    try:
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            for member in tar:
                _lay_out(tar, member, folder)
    except OSError as error:
        raise GraderError(f"The course cannot be unpacked to '{folder}' ({error.strerror}).") from None
    return read_course(folder, staff=True)


def _lay_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name, file = PurePosixPath(member.name), tar.extractfile(member)
    if name.is_absolute() or ".." in name.parts or file is None:
        raise GraderError(f"The course that arrived holds {member.name!r}, which no course holds.")
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(file.read())


def _files(course: Course) -> Iterator[tuple[str, Path]]:
    """Every file that travels, with its name in the parcel."""
    root = course.root
    yield "course.toml", root / "course.toml"
    seen = set[str]()
    for top in FOLDERS:
        for name, path in _below(root, root / top):
            seen.add(name)
            yield name, path
    secret = course.secret_file
    if secret is None:
        return
    named = Path(os.path.normpath(secret))
    if not named.is_relative_to(root):
        raise CourseError(
            f"course.toml: the secret '{secret}' lies outside the course's folder, so it cannot be sent to "
            "a cluster; move it to reference/secret.txt, say."
        )
    name = named.relative_to(root).as_posix()
    if name not in seen:
        yield name, secret


def _below(root: Path, top: Path) -> Iterator[tuple[str, Path]]:
    """The files below a folder; links to files count as files."""
    for folder, folders, names in os.walk(top):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in folders:
            if (here / name).is_symlink():
                raise CourseError(
                    f"{(here / name).relative_to(root)} is a link to a folder, which cannot be sent to a "
                    "cluster; put the folder itself there."
                )
        for name in names:
            path = here / name
            if path.is_file():  # a socket or a device is no part of a course
                yield path.relative_to(root).as_posix(), path
