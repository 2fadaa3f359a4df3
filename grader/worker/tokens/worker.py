"""The worker that makes tokens: it answers `Tokenise`, and probes of its walls."""

import sys
from array import array
from collections.abc import Sequence

from grader.sandbox import probes
from grader.sandbox.confine import Seat
from grader.sandbox.interpreter import importable
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.messages import (
    MOST_PARTS,
    CodePart,
    NotTokenised,
    Probe,
    Probed,
    Request,
    Tokenise,
    Tokenised,
    clipped,
)
from grader.worker.answering import Reply, serve, settle
from grader.worker.notebook.reading import NotANotebook
from grader.worker.tokens.parts import NotText, Part, TooLong, parts_of

SAMPLE = b"""import math

class A:
    def f(self, x):
        return f"{x!r}" + str(3)
"""


def warm() -> None:
    """Have everything imported that Python imports late."""
    importable(tuple(sys.path))
    assert isinstance(_tokenised(Tokenise(0, "a.py", SAMPLE, ()))[0], Tokenised), "the sample is sound"


def run(seat: Seat, caps: Caps) -> None:
    """Be a worker: confine the process, say so, and make tokens until the judge hangs up.

    Args:
        seat: What this worker is given.
        caps: What the judge accepts in an answer.
    """
    serve(settle(seat), caps, Tokeniser())


class Tokeniser:
    """Carries requests out; keeps nothing between them."""

    def reply(self, request: Request, payload: PayloadCursor) -> Reply:
        """The answer to a request, whatever is in the file."""
        match request:
            case Probe(number=number, name=name, arguments=arguments):
                held, detail = probes.run(name, arguments)
                return Probed(number, held, clipped(detail)), []
            case Tokenise():
                return _tokenised(request)
        return NotTokenised(request.number, "text"), []


def _tokenised(request: Tokenise) -> Reply:
    try:
        parts = parts_of(request.file, request.content, request.entry_points)
    except NotANotebook:
        return NotTokenised(request.number, "notebook"), []
    except NotText:
        return NotTokenised(request.number, "text"), []
    except TooLong:
        return NotTokenised(request.number, "size"), []
    if len(parts) > MOST_PARTS:
        return NotTokenised(request.number, "size"), []
    texts = [part.text.encode("utf-8", "replace") for part in parts]
    heads = tuple(
        CodePart(part.cell, len(text), len(part.tokens), part.whole)
        for part, text in zip(parts, texts, strict=True)
    )
    buffers = [buffer for part, text in zip(parts, texts, strict=True) for buffer in (text, _packed(part))]
    return Tokenised(request.number, heads), buffers


def _packed(part: Part) -> bytes:
    numbers: Sequence[int] = [number for token in part.tokens for number in token]
    return array("I", numbers).tobytes()
