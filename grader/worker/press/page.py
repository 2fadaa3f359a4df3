"""Lays a notebook out in HTML, one piece for each cell: nbconvert's classic template and no page around it.

The pieces are not safe: Markdown may hold any HTML. Whoever takes them over the
wall cleans each and puts it into a page of its own; since no cell shares a
piece with another, none can reach out of its place.
"""

from typing import Any

import nbformat
from nbconvert.exporters.html import HTMLExporter

TEMPLATE = """\
{%- extends 'basic/index.html.j2' -%}
{%- block any_cell scoped -%}{%- filter piece -%}{{ super() }}{%- endfilter -%}{%- endblock any_cell -%}
"""
"""Each cell is handed over as soon as it is laid out, and nothing is left for the page."""


class Printer:
    """Lays out one notebook after another.

    It reads its templates when it lays out the first, and no file after that.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        make: Any = HTMLExporter  # which has no types
        self._exporter = make(
            raw_template=TEMPLATE,
            template_name="basic",
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
            default_preprocessors=[],
            mathjax_url="",
            require_js_url="",
            jquery_url="",
        )
        self._exporter.register_filter("piece", self._take)
        # Cleaning is done where its result is used, by a faster and stricter one: bleach takes 7 ms a cell.
        self._exporter.register_filter("clean_html", _as_it_is)
        self._exporter.environment.auto_reload = False  # the files are out of sight by then

    def pieces(self, book: dict[str, Any]) -> list[str]:
        """The HTML of each cell, in order."""
        self._pieces = []
        self._exporter.from_notebook_node(nbformat.from_dict(book))  # type: ignore[no-untyped-call]
        return self._pieces

    def _take(self, html: str) -> str:
        self._pieces.append(html)
        return ""


def _as_it_is(html: str) -> str:
    return html
