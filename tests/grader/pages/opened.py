"""A page as a browser takes it: its elements, attributes and text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

VOID = {"br", "img", "hr", "input", "link", "meta"}
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, content: bytes):
        super().__init__()
        self.source = content.decode("utf-8")
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    def handle_comment(self, data):
        self.tags.append("comment")

    @property
    def text(self) -> str:
        """What is read."""
        read = (data for tags, data in self.texts if not {"style", "script"} & set(tags))
        return " ".join(" ".join(read).split())

    def within(self, tag: str) -> list[str]:
        """The texts in elements of this kind."""
        return [data.strip() for tags, data in self.texts if tag in tags and data.strip()]

    def values(self, name: str) -> list[str]:
        """What an attribute is, wherever it stands."""
        return [value for _, each, value in self.attributes if each == name]

    @property
    def policy(self) -> str:
        """The Content-Security-Policy."""
        return next(value for value in self.values("content") if value.startswith("default-src"))

    @property
    def script(self) -> str:
        """The only script, as the browser digests it."""
        (script,) = (data for tags, data in self.texts if "script" in tags)
        return script

    def lets_run(self, script: str) -> bool:
        """Whether the policy lets a script run."""
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return f"script-src 'sha256-{digest}';" in self.policy
