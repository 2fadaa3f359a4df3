"""How the docs become a site: `make docs`, into build/site.

The pages stay plain Markdown that reads the same on a code host: no directives
stand in them. What the site needs besides is made here, above all the
navigation, which is what `index.md` lists: a heading is a group, a link of a
list is a page. Nothing is fetched while it is built, and no page of it asks
for anything from elsewhere.
"""

import re
from collections.abc import Iterator
from typing import Any

from pygments.lexers.python import PythonLexer
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from grader import __version__

# The names below are Sphinx's.
project = "grader"
author = "the authors of grader"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["ci"]
nitpicky = True
myst_heading_anchors = 4  # the levels that a link can name, by the rule of code hosts

smartquotes = False  # `--course` in a sentence stays what may be typed

html_theme = "furo"
html_title = "grader"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # it is fetched, which a browser refuses to a page of file://
html_use_index = False
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#1f5fa8", "color-brand-content": "#1f5fa8"},
    "dark_css_variables": {"color-brand-primary": "#7db3f0", "color-brand-content": "#7db3f0"},
}

# --- navigation -----------------------------------------------------------------

GROUP = re.compile(r"^## (.+)$")
PAGE = re.compile(r"^- \[([^\]]+)\]\(([\w/-]+)\.md\)")
OTHERS = "More"
"""The group of pages that `index.md` does not list: none is lost."""


def groups(index: str) -> Iterator[tuple[str, str, str]]:
    """Each page that the text of `index.md` lists: its group, its name there, its path without `.md`."""
    group = ""
    for line in index.splitlines():
        if heading := GROUP.match(line):
            group = heading[1]
        elif page := PAGE.match(line):
            yield group, page[1], page[2]


def navigation(app: Sphinx, name: str, source: list[str]) -> None:
    """Give the first page the trees that the sidebar shows; called by Sphinx for each page that it reads."""
    if name != app.config.root_doc:
        return
    trees: dict[str, list[str]] = {}
    listed = {name}
    for group, title, page in groups(source[0]):
        trees.setdefault(group, []).append(f"{title} <{page}>")
        listed.add(page)
    if unlisted := sorted(app.env.found_docs - listed):
        trees[OTHERS] = unlisted
    for group, entries in trees.items():
        source[0] += "\n".join(["\n\n```{toctree}", ":hidden:", f":caption: {group}\n", *entries, "```\n"])


SHALLOW = {"findings": 2}
"""Pages whose sections are all alike within, and how many levels their table of contents has."""


def depth(app: Sphinx, name: str, source: list[str]) -> None:
    """Say how deep the table of contents of a long page goes; called as `navigation` is."""
    if levels := SHALLOW.get(name):
        source[0] = f"---\ntocdepth: {levels}\n---\n\n{source[0]}"


# --- for keyboard and screen reader -----------------------------------------------

SCROLLS = re.compile(r'<(pre(?=>)|div(?= class="table-wrapper))')
"""What is as wide as it needs to be and scrolls on a narrow screen: code and tables."""

AFTER_THE_THEME = 900
"""Sphinx calls what is connected in the order of such numbers; 500 is usual."""


def reachable(_: Sphinx, name: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Mend what axe finds in a page: headings without a level, what only a mouse can scroll."""
    navigation = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = navigation.replace('role="heading"', 'role="heading" aria-level="2"')
    context["body"] = SCROLLS.sub(r'<\1 tabindex="0"', context.get("body", ""))


def setup(app: Sphinx) -> None:
    """What Sphinx calls first."""
    app.add_lexer("csv", TextLexer)
    app.add_lexer("ipython", PythonLexer)
    app.connect("source-read", navigation)
    app.connect("source-read", depth)
    app.connect("html-page-context", reachable, priority=AFTER_THE_THEME)
