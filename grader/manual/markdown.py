"""Sentences of the program as Markdown: what is no markup there is none here.

Help texts and descriptions of fields are plain sentences in which only
backticks mean something. Headings are named by the rule of code hosts, so that
a link finds them there and on the site alike.
"""

import re

_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"([\\*_<>\[\]#|])")


def sentence(text: str) -> str:
    """Plain text on one line; what stands between backticks stays as it is."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part if _CODE.fullmatch(part) else _MARKUP.sub(r"\\\1", part) for part in parts)


def anchor(heading: str) -> str:
    """The name by which a link finds a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
