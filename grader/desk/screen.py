"""What stands before a student while her saves are watched: on a screen of its own, or printed in order.

A frame is all that there is to say at one moment. A `Screen` draws it in the
place of the last one, cut to the height that there is; the rest is a page further.
`Paper` prints a result when there is a new one, and nothing twice: for a pipe, a
screen reader, or a terminal that cannot be drawn over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, RenderableType
from rich.text import Text

_HOME, _ERASE_LINE, _ERASE_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"

LEAST = 6
"""Lines of a frame's body that are shown on the smallest screen."""


@dataclass(frozen=True)
class Frame:
    """What is to be seen.

    Attributes:
        head: Where she is: one line.
        body: The result, or whatever else is to be read.
        said: What to do next, and what else is new: short lines.
        status: What is going on: one line.
        keys: What keys do: one line.
        news: Equal in two frames whose bodies say the same; a body is printed once.
    """

    head: str
    body: RenderableType
    said: tuple[Text, ...] = ()
    status: str = ""
    keys: str = ""
    news: object = None


class Face(Protocol):
    """Shows frames."""

    def show(self, frame: Frame) -> None:
        """Show a frame."""

    def turn(self) -> None:
        """Show what did not fit."""

    def close(self) -> None:
        """Leave things in order for whatever is printed next."""


@dataclass
class Screen:
    """Draws each frame in the place of the last one.

    Attributes:
        console: The terminal.
    """

    console: Console
    _frame: Frame | None = None
    _width: int = 0
    _first: int = 0
    _begun: bool = False

    def show(self, frame: Frame) -> None:
        """Draw a frame, from its beginning if its body is another."""
        if self._frame is None or self._frame.news != frame.news:
            self._first = 0
        self._frame = frame
        self._draw()

    def turn(self) -> None:
        """Draw the next page; after the last one the first."""
        if self._frame is None:
            return
        self._first += self._room(self._frame)
        if self._first >= len(self._body(self._frame)):
            self._first = 0
        self._draw()

    def close(self) -> None:
        """Leave the last frame standing, without the keys, and go on below it."""
        if self._frame is not None:
            frame, self._frame = self._frame, None
            self._put(
                [*self._body(frame)[self._first :][: self._room(frame)], *self._foot(frame)[:-1]], frame
            )
            self._write("\n")

    def _draw(self) -> None:
        assert self._frame is not None, "there is something to draw"
        frame = self._frame
        if not self._begun:
            self._begun = True
            # What stands there goes up into what can be scrolled back to.
            self._write("\n" * (self._height() - 1))
        body, room = self._body(frame), self._room(frame)
        if self._width != self.console.width or len(body) <= room:
            self._width, self._first = self.console.width, 0  # lines are others now
        shown = body[self._first :][:room]
        if len(body) > room:
            last = self._first + len(shown)
            more = "the rest" if last < len(body) else "the beginning"
            page = f"lines {self._first + 1} to {last} of {len(body)}; space shows {more}"
            shown += [""] * (room - len(shown)) + self._rendered(Text(page, "dim"))
        self._put([*shown, *self._foot(frame)], frame)

    def _put(self, lines: Sequence[str], frame: Frame) -> None:
        head = self._rendered(_cut(Text(frame.head, "dim"), self.console.width))
        rows = [f"{line}{_ERASE_LINE}" for line in [*head, "", *lines]]
        self._write(_HOME + "\n".join(rows) + _ERASE_BELOW)

    def _body(self, frame: Frame) -> list[str]:
        return self._rendered(frame.body)

    def _foot(self, frame: Frame) -> list[str]:
        width = self.console.width
        lines = [line for said in frame.said for line in self._rendered(said)]
        last = [*self._rendered(_cut(Text(frame.status, "dim"), width))]
        return ["", *lines, *last, *self._rendered(_cut(Text(frame.keys), width))]

    def _room(self, frame: Frame) -> int:
        """Lines for the body and, where it is longer, one that says so."""
        room = self._height() - 2 - len(self._foot(frame))
        return max(LEAST, room if len(self._body(frame)) <= room else room - 1)

    def _height(self) -> int:
        return self.console.size.height

    def _rendered(self, view: RenderableType) -> list[str]:
        with self.console.capture() as captured:
            self.console.print(view)
        return captured.get().removesuffix("\n").split("\n")

    def _write(self, text: str) -> None:
        self.console.file.write(text)
        self.console.file.flush()


@dataclass
class Paper:
    """Prints each new result below the last one.

    Attributes:
        console: Where it goes.
        tells_keys: Whether there are keys to be told of: once, and when they are asked for.
    """

    console: Console
    tells_keys: bool = False
    _news: object = None
    _said: tuple[Text, ...] = ()

    def show(self, frame: Frame) -> None:
        """Print what is new."""
        news = frame.news != self._news
        if news and frame.news is not None:
            self.console.print()
            self.console.print(frame.body)
        if news or frame.said != self._said:
            for said in frame.said:
                self.console.print(said)
        if self.tells_keys and frame.news is not None:
            self.console.print(Text(frame.keys))
            self.tells_keys = False
        self._news, self._said = frame.news, frame.said
        self.console.file.flush()

    def turn(self) -> None:
        """Everything is there already."""

    def close(self) -> None:
        """There is nothing to put in order."""


def _cut(text: Text, width: int) -> Text:
    text.no_wrap = True
    text.truncate(width, overflow="crop")
    return text
