"""What of a cell's outputs comes back: text, tracebacks and pictures; nothing that a viewer runs.

HTML, scripts, SVG, widgets and everything else of an unknown kind goes. A
picture is one only if its bytes begin as one of its kind does.
"""

import base64
import binascii
import re
from typing import Any

MOST_OUTPUTS = 200
MOST_TEXT = 50_000
"""Characters of one output: a log of training is not read further."""

MOST_LINES = 500
"""Lines of a traceback."""

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
"""The pictures that may stay, and how each begins."""

SHOWN = {"image/png", "image/jpeg"}
"""Those of them that nbconvert lays out."""

OF_VERSION_3 = {"text": "text/plain", "latex": "text/latex", "png": "image/png", "jpeg": "image/jpeg"}
"""What the same kinds of data were called there, beside each other in the output itself."""

AS_TEXT = ("text/plain", "text/markdown", "text/latex")
"""What may stand in for what goes, the first that is there."""

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,40}m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\[\]])?")
"""Any sequence that acts on a terminal; one that is not complete goes as far as it does."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def joined(value: object) -> str:
    """A text, which the format allows to be a list of lines; '' if it is none."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def readable(text: str) -> str:
    """`text` as UTF-8 can hold it, with plain line ends."""
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode()


def outputs(raw: object) -> list[dict[str, Any]]:
    """The outputs of a code cell that may come back."""
    if not isinstance(raw, list):
        return []
    kept = [_output(each) for each in raw[:MOST_OUTPUTS] if isinstance(each, dict)]
    said = [_text(f"... {len(raw) - MOST_OUTPUTS:,} more outputs\n")] if len(raw) > MOST_OUTPUTS else []
    return [each for each in kept if each is not None] + said


def attachments(raw: object) -> dict[str, dict[str, str]]:
    """The pictures that are attached to a cell of text."""
    kept: dict[str, dict[str, str]] = {}
    for name, data in raw.items() if isinstance(raw, dict) else ():
        pictures = _pictures(data) if isinstance(data, dict) else {}
        if pictures:
            kept[readable(name)] = pictures
    return kept


def _output(raw: dict[str, Any]) -> dict[str, Any] | None:
    match raw.get("output_type"):
        case "stream":
            name = "stderr" if "stderr" in (raw.get("name"), raw.get("stream")) else "stdout"
            return _text(_printed(joined(raw.get("text"))), name)
        case "error" | "pyerr":
            lines = raw.get("traceback")
            texts = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
            return {
                "output_type": "error",
                "ename": _printed(joined(raw.get("ename")), 200),
                "evalue": _printed(joined(raw.get("evalue")), 2000),
                "traceback": [_printed(text, 4000) for text in texts[:MOST_LINES]],
            }
        case "display_data" | "execute_result" | "pyout":
            data = raw.get(
                "data", {kind: raw.get(name) for name, kind in OF_VERSION_3.items() if name in raw}
            )
            shown = _shown(data) if isinstance(data, dict) else {}
            return {"output_type": "display_data", "data": shown, "metadata": {}} if shown else None
    return None


def _text(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _shown(data: dict[str, Any]) -> dict[str, str]:
    """Its pictures and its text; where there is neither, what it was that is not shown."""
    kept = _pictures(data)
    said = next((text for kind in AS_TEXT if (text := _printed(joined(data.get(kind))))), "")
    if not said and not kept.keys() & SHOWN and data:
        kinds = ", ".join(sorted(_printed(str(kind), 60) for kind in data)[:4])
        said = f"[an output that is not shown here: {kinds}]"
    return {**kept, "text/plain": said} if said else kept


def _pictures(data: dict[str, Any]) -> dict[str, str]:
    kept = {}
    for kind, beginning in PICTURES.items():
        try:
            content = base64.b64decode("".join(joined(data.get(kind)).split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if content.startswith(beginning):
            kept[kind] = base64.b64encode(content).decode()
    return kept


def _printed(text: str, most: int = MOST_TEXT) -> str:
    """What a terminal would show of a text in the end: colours stay, all else that acts goes."""
    left = len(text) - most
    parts = re.split(f"({_COLOUR.pattern})", readable(text[:most]))
    # Colours stand at odd places.
    parts[::2] = [_CONTROLS.sub("", _ESCAPE.sub("", _overwritten(part))) for part in parts[::2]]
    return "".join(parts) + (f"\n... {left:,} more characters\n" if left > 0 else "")


def _overwritten(text: str) -> str:
    """Each line as it was last drawn: progress bars begin it again and again."""
    if "\r" not in text:
        return text
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
