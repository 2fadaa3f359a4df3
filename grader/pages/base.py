"""What all pages share: the frame, the look, the one script, and the policy that lets nothing else act.

A page is made of a template that fills the blocks of `base.html`. Styles and
scripts are files of ours beside it; the policy names the digest of the script
that is in the page, so that no other one runs, wherever it came from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

from grader.report.html import colours
from grader.report.html import style as fragment_style
from grader.report.templating import templates

_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = (), **said: object) -> bytes:
    """One page, as UTF-8.

    Args:
        template: Its template, which extends `base.html`.
        styles: Style sheets of its own, after the one of all pages.
        scripts: Scripts of its own, after the one of all pages.
        said: What the template says; strings in it are inert and are escaped there.
    """
    script = _joined(("page.js", *scripts))
    text = (
        templates(_TEMPLATES)
        .get_template(template)
        .render(
            policy=policy(script),
            style=Markup(fragment_style() + look() + _joined(tuple(styles))),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704 - likewise
            **said,
        )
    )
    return text.encode("utf-8", "backslashreplace")


def look() -> str:
    """The style that all pages share."""
    return f":root {{\n{colours()}}}\n{_joined(('page.css',))}"


def piece(template: str, **said: object) -> Markup:
    """A part of a page, made of a template of ours; what it says is escaped in it."""
    return Markup(templates(_TEMPLATES).get_template(template).render(**said))  # noqa: S704 - autoescaped


def policy(script: str) -> str:
    """The Content-Security-Policy of a page with this script in it."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)
