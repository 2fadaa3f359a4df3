"""The live page: the frame that our script fills, with all that is known when it is asked for.

It looks as the page of the class does, with the same style. Its policy lets it
run our one script, and ask this server and nobody else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

import grader.pages
from grader.pages.base import look
from grader.pages.class_page import as_data
from grader.report.safe import safe_text
from grader.report.templating import templates
from grader.serve.telling import ODDITIES, VERDICTS, Herald

_PAGES = Path(grader.pages.__file__).parent / "templates"
_OURS = Path(__file__).parent / "templates"


def live_page(herald: Herald) -> bytes:
    """The page, with all that is known now."""
    known = herald.update()
    assert known is not None  # to whoever has seen nothing there is always something to tell
    facts = {
        "verdicts": list(VERDICTS.items()),
        "oddities": ODDITIES,
        "seen": known.id,
        "known": json.loads(known.data),
    }
    text = (
        templates(_OURS, _PAGES)
        .get_template("live.html")
        .render(
            policy=policy(),
            style=Markup(_style()),  # noqa: S704 - our own files
            script=Markup(_script()),  # noqa: S704 - likewise
            place=safe_text(str(herald.lookout.folder), 200),
            facts=as_data(facts),
        )
    )
    return text.encode("utf-8", "backslashreplace")


@cache
def policy() -> str:
    """The Content-Security-Policy of the live page."""
    digest = base64.b64encode(hashlib.sha256(_script().encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; connect-src 'self'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@cache
def _script() -> str:
    return (_OURS / "live.js").read_text(encoding="utf-8")


@cache
def _style() -> str:
    styles = (_PAGES / "class.css", _OURS / "live.css")
    return look() + "".join(path.read_text(encoding="utf-8") for path in styles)
