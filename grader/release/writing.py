"""Put a release on the disk: as a folder or a zip, the same to the byte whenever it is made.

A zip and a new folder appear whole or not at all. A folder with an earlier release
is brought up to date file by file, so that it may be a Git clone; nothing that is
not of a release is ever replaced or taken away, and no link is followed.
"""

import io
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from grader.course.manifest import COURSE_FILE
from grader.errors import OutputError
from grader.release.contents import Released
from grader.release.manifest import HEADER

DATE = (1980, 1, 1, 0, 0, 0)
"""When every file was last changed: the first moment that a zip can tell."""

SECONDS = 315_532_800
"""The same since 1970, in UTC."""

_ANOTHER = "name another place with --to"

FILE_MODE, FOLDER_MODE = 0o644, 0o755


def zipped(files: Iterable[tuple[str, bytes]], executable: Collection[str] = ()) -> bytes:
    """A zip of files, given with their paths: the same files in any order give the same bytes.

    Nothing is compressed, because compressors differ from machine to machine.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files):
            entry = zipfile.ZipInfo(path, DATE)
            entry.create_system = 3  # Unix, wherever this runs: it says how to read the mode
            mode = FOLDER_MODE if path in executable else FILE_MODE  # 755 for programs too
            entry.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def write_zip(files: Sequence[Released], to: Path, folder: str) -> None:
    """Write a release as a zip, in which all lies in one folder.

    Args:
        files: The release.
        to: Where; an earlier release there is replaced.
        folder: What the folder in the zip is called.

    Raises:
        OutputError: Something else is there, or it cannot be written.
    """
    if os.path.lexists(to) and not _is_released_zip(to):
        raise OutputError(
            f"'{to}' is there already, and no zip of an earlier release; name another file with --to."
        )
    content = zipped((f"{folder}/{file.path}", file.content) for file in files)
    with _told(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        _put(to, content)


def write_folder(files: Sequence[Released], to: Path) -> None:
    """Write a release as a folder.

    Args:
        files: The release.
        to: The folder: new, empty, or with an earlier release.

    Raises:
        OutputError: The folder holds something else, or it cannot be written.
    """
    with _told(to):
        if os.path.lexists(to):
            _refuse_foreign(files, to)
            _write_into(files, to)
            return
        to.parent.mkdir(parents=True, exist_ok=True)
        beside = to.parent / f".{secrets.token_hex(8)}.part"
        try:
            beside.mkdir()
            _write_into(files, beside)
            beside.rename(to)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _write_into(files: Sequence[Released], folder: Path) -> None:
    # The manifest goes first: what is begun and broken off is known as a release the next time.
    for file in sorted(files, key=lambda file: (file.path != COURSE_FILE, file.path)):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _put(target, file.content)
    for name in _folders(files):
        os.chmod(folder / name, FOLDER_MODE)
        os.utime(folder / name, (SECONDS, SECONDS))
    os.chmod(folder, FOLDER_MODE)


def _put(target: Path, content: bytes) -> None:
    """Make a file whole or not at all, with the mode and the date that all have."""
    beside = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(beside, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, FILE_MODE)
        os.utime(beside, (SECONDS, SECONDS))
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _folders(files: Sequence[Released]) -> list[str]:
    """The folders of a release, the innermost first: to write into one changes its date."""
    parents = {str(parent) for file in files for parent in PurePosixPath(file.path).parents}
    return sorted(parents - {"."}, key=lambda name: (-name.count("/"), name))


def _refuse_foreign(files: Sequence[Released], to: Path) -> None:
    """An existing folder may hold what a release holds, and what is hidden, such as `.git`.

    Raises:
        OutputError: It is no folder, or holds something else.
    """
    another = "name a new or empty folder with --to"
    if to.is_symlink() or not to.is_dir():
        raise OutputError(f"'{to}' is {'a link' if to.is_symlink() else 'a file'}; {another}.")
    there = sorted(name for name in os.listdir(to) if not _is_hidden(name))
    if there and not _begins(_start(to / COURSE_FILE)):
        raise OutputError(f"'{to}' holds other things, such as '{there[0]}'; {another}.")
    ours = {file.path for file in files} | {*_folders(files)}
    for path in _visible(to):
        inside = path.relative_to(to).as_posix()
        if path.is_symlink():
            raise OutputError(f"'{path}' is a link, which is not followed; {another}.")
        if inside not in ours:
            raise OutputError(
                f"'{to}' holds an earlier release, and '{inside}', which is not of this one; "
                f"take it away, or {another}."
            )


def _visible(folder: Path) -> Iterator[Path]:
    """What lies in a folder, files and folders at any depth, but nothing hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        yield from (Path(place, name) for name in (*folders, *sorted(names)) if not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def _is_released_zip(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            manifests = [name for name in archive.namelist() if name.endswith(f"/{COURSE_FILE}")]
            if not manifests:
                return False
            with archive.open(manifests[0]) as stream:
                return _begins(stream.read(len(HEADER)))
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False


def _start(path: Path) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(len(HEADER))
    except OSError:
        return b""


def _begins(content: bytes) -> bool:
    return content == HEADER.encode()


@contextmanager
def _told(to: Path) -> Iterator[None]:
    """Whatever the system refuses becomes one sentence."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise OutputError(f"'{to}' cannot be written: a part of that path is a file; {_ANOTHER}.") from None
    except OSError as error:
        raise OutputError(f"'{to}' cannot be written ({error.strerror}); {_ANOTHER}.") from None
