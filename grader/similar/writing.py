"""The folder with the pages and the report: each file whole or not at all, those of an earlier time gone."""

import json
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from grader.report import folders
from grader.report.files import strict, write_whole
from grader.similar.finding import Found
from grader.similar.pages import pages
from grader.similar.report import Similarity

JSON_FILE = "similar.json"
INDEX = "index.html"
_OURS = re.compile(r"similar\.json|index\.html|pair-\d{3,}\.html|\.[0-9a-f]{16}\.part")


def as_json(found: Similarity) -> str:
    """The report as JSON that is pure ASCII, without a newline at the end."""
    return json.dumps(strict(found.model_dump(mode="json")), ensure_ascii=True, allow_nan=False, indent=1)


def prepared(out: Path, *, beside: Path) -> AbstractContextManager[None]:
    """The folder for the pages, tried before the class is read; see `grader.report.folders.prepared`.

    Args:
        out: The folder; made if it is not there.
        beside: The submissions, which must not hold it.

    Raises:
        OutputError: It cannot be written to, or holds something else.
    """
    return folders.prepared(out, beside=beside, what="pages", foreign=_foreign)


def _foreign(names: Sequence[str]) -> str | None:
    foreign = [name for name in names if not _OURS.fullmatch(name)]
    if foreign or (names and JSON_FILE not in names):
        return (foreign or names)[0]
    return None


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
