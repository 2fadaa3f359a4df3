"""What was handed in, to check what a worker says about it.

A worker runs the student's code, so whatever it says of files, functions and
source lines may be made up, and could hold a hidden test's inputs. The judge has
the same files as bytes: what a worker says is kept only where it stands in them.
Nothing is parsed here: bytes are searched for bytes.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from grader.findings import Frame
from grader.wire.messages import LINE_LENGTH, NAME_LENGTH, FrameInfo, clipped

if TYPE_CHECKING:
    from grader.submission import SubmittedFile

FRAMES = 20
"""Lines of a traceback that are kept, the innermost; a worker can send thousands."""

SEARCHED_BYTES = 512 << 20
"""What is searched for one submission's frames in all, in about a second; honest ones need a thousandth."""

NAMELESS = frozenset({"", "<module>", "<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""What Python calls functions that have no name of their own."""

CELL = re.compile(r"cell [1-9]\d{0,4}")
"""What a notebook's cell is called."""


class Evidence:
    """The files of a submission, as a worker was given them."""

    def __init__(self, files: Iterable["SubmittedFile"]):
        self._contents = {clipped(file.name, NAME_LENGTH): file.content for file in files}
        self._seen: dict[FrameInfo, Frame | None] = {}
        self._left = SEARCHED_BYTES

    def file(self, name: str, otherwise: str = "") -> str:
        """`name`, if a file that was handed in has it, else `otherwise`."""
        return name if name in self._contents else otherwise

    def frames(self, infos: Sequence[FrameInfo]) -> tuple[Frame, ...]:
        """The student's lines as findings hold them, the innermost if there are many.

        A line of a file that was not handed in is left out; a function or a text
        that is not in the file is left empty.
        """
        return tuple(frame for info in infos[-FRAMES:] if (frame := self._frame(info)) is not None)

    def _frame(self, info: FrameInfo) -> Frame | None:
        if info not in self._seen:
            self._seen[info] = self._found(info)
        return self._seen[info]

    def _found(self, info: FrameInfo) -> Frame | None:
        contents = self._notebooks if CELL.fullmatch(info.file) else [self._contents.get(info.file, b"")]
        if not any(info.line <= self._most_lines(content) for content in contents if content):
            return None
        self._left -= sum(map(len, contents))
        if self._left < 0:
            return Frame(file=info.file, line=info.line, function="", text="")
        return Frame(
            file=info.file,
            line=info.line,
            function=info.function if any(_defines(c, info.function) for c in contents) else "",
            text=info.text if self._holds(info.file, info.text) else "",
        )

    def _holds(self, file: str, text: str) -> bool:
        """Whether a source line, stripped and perhaps cut short, stands in a file or notebook."""
        if file in self._contents:
            return text in self._lines(file)
        start = text.removesuffix("...") if len(text) == LINE_LENGTH else text
        written = [json.dumps(start, ensure_ascii=ascii)[1:-1].encode() for ascii in (True, False)]  # noqa: A001
        return any(line in content for content in self._notebooks for line in written)

    def _lines(self, file: str) -> frozenset[str]:
        if file not in self._known:
            lines = self._contents[file].decode("utf-8", "replace").splitlines()
            self._known[file] = frozenset(clipped(line.strip(), LINE_LENGTH) for line in lines)
        return self._known[file]

    def _most_lines(self, content: bytes) -> int:
        """No line of it has a higher number; Python finds a bracket missing after the last one."""
        if id(content) not in self._counted:
            self._counted[id(content)] = sum(content.count(end) for end in (b"\n", b"\r", b"\\n")) + 2
        return self._counted[id(content)]

    @cached_property
    def _counted(self) -> dict[int, int]:
        return {}

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _notebooks(self) -> list[bytes]:
        return [content for name, content in self._contents.items() if name.endswith(".ipynb")]


def _defines(content: bytes, function: str) -> bool:
    if function in NAMELESS:
        return True
    name = re.escape(function.encode())
    return re.search(rb"(?:def|class)\s+" + name + rb"(?![0-9A-Za-z_\x80-\xff])", content) is not None
