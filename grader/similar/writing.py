"""The folder with the pages and the report: each file whole or not at all, those of an earlier time gone."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import OutputError
from grader.report.files import write_whole
from grader.similar.finding import Found
from grader.similar.pages import pages
from grader.similar.report import Similarity

JSON_FILE = "similar.json"
INDEX = "index.html"
_OURS = re.compile(r"similar\.json|index\.html|pair-\d{3,}\.html|\.[0-9a-f]{16}\.part")


def as_json(found: Similarity) -> str:
    """The report as JSON that is pure ASCII, without a newline at the end."""
    return json.dumps(found.model_dump(mode="json"), ensure_ascii=True, allow_nan=False, indent=1)


@contextmanager
def prepared(out: Path, *, beside: Path) -> Iterator[None]:
    """As `prepare`, for a `with`: if it ends early and nothing was written, the folder goes again.

    Raises:
        OutputError: As `prepare`.
    """
    absent = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        prepare(out, beside=beside)
        yield
    except BaseException:
        with suppress(OSError):  # one that holds something stays, and so do those above it
            for folder in absent:
                folder.rmdir()
        raise


def prepare(out: Path, *, beside: Path) -> None:
    """Make sure that pages can be written to `out`, before the class is read.

    Args:
        out: The folder; made if it is not there.
        beside: The submissions, which must not hold it.

    Raises:
        OutputError: It is a file, holds something else, lies among the submissions, or cannot be written.
    """
    if beside.resolve() in (out.resolve(), *out.resolve().parents):
        raise OutputError(
            f"'{out}' lies among the submissions, where the next run would take it for a student; "
            "name another folder with --out."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        names = sorted(entry.name for entry in out.iterdir())
        foreign = [name for name in names if not _OURS.fullmatch(name)]
        if foreign or (names and JSON_FILE not in names):
            raise OutputError(
                f"'{out}' holds other things, such as '{(foreign or names)[0]}'; "
                "name an empty or new folder with --out, or one with the pages of an earlier time."
            )
        with tempfile.TemporaryFile(dir=out):
            pass
    except FileExistsError:
        raise OutputError(f"'{out}' is a file; name a folder with --out.") from None
    except OSError as error:
        raise OutputError(
            f"Pages cannot be written to '{out}' ({error.strerror}); name another folder with --out."
        ) from None


def write(found: Found, out: Path) -> None:
    """Write the pages and the report.

    Raises:
        OutputError: They cannot be written.
    """
    # First of all, so that a folder in which this was broken off is known for ours.
    write_whole(out / JSON_FILE, as_json(found.report).encode() + b"\n")
    written = {JSON_FILE}
    for name, content in pages(found):
        write_whole(out / name, content)
        written.add(name)
    for path in out.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in written and not path.is_dir():
            path.unlink()
