"""From what pydantic says about a manifest to one sentence that a lecturer reads.

Only the first mistake is told: one at a time is how files are mended. The
sentence names the file and the key, says what is allowed there, and suggests
the near spelling. Never quotes more than a line of what was written.
"""

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from grader.course.manifest import EXERCISE_NAME, LINE, NAME
from grader.course.policy import quoted
from grader.errors import suggestion

WANTED = {
    NAME: "a Python name",
    EXERCISE_NAME: "small letters, digits and underscores, a letter first",
    LINE: "one line of text",
}
"""What each regular expression of the manifests asks for."""

Location = tuple[int | str, ...]


def sentence(where: str, model: type[BaseModel], error: ValidationError) -> str:
    """What is wrong with the file that messages call `where`, in one sentence."""
    # An unknown key often explains a missing one (titel, title), so it is told first.
    mistakes = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    mistake = mistakes[0]
    location, context = mistake["loc"], mistake.get("ctx", {})
    key = written(location)
    match mistake["type"]:
        case "extra_forbidden":
            allowed = keys_at(model, location[:-1])
            return (
                f"{where}: there is no key '{key}'.{suggestion(str(location[-1]), allowed)} "
                f"Allowed here: {', '.join(allowed)}."
            )
        case "missing":
            return f"{where}: the key '{key}' is missing."
        case "enum":
            near = suggestion(str(mistake["input"]), re.findall(r"'([^']+)'", context["expected"]))
            return f"{where}: {key} is {quoted(mistake['input'])}; allowed: {context['expected']}.{near}"
        case "string_pattern_mismatch":
            wanted = WANTED.get(context["pattern"], "text of another form")
            return f"{where}: {key} is {quoted(mistake['input'])}; allowed: {wanted}."
        case "model_type":
            keys = ", ".join(keys_at(model, location))
            return f"{where}: {key} is {quoted(mistake['input'])}; allowed: a table with the keys {keys}."
        case "dict_type":
            return f"{where}: {key} is {quoted(mistake['input'])}; allowed: a table."
        case "value_error":
            return f"{where}: {key}: {context['error']}."
        case _:
            said = mistake["msg"][0].lower() + mistake["msg"][1:]
            return f"{where}: {key} is {quoted(mistake['input'])}; {said}."


def written(location: Location) -> str:
    """A place in a TOML file as a person would write it, such as `entry_points[0].name`."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "[key]":  # pydantic's mark for the key itself of a table
            text += f".{part}" if text else part
    return text


def keys_at(model: type[BaseModel], location: Location) -> tuple[str, ...]:
    """The keys that are allowed at a place in the file that `model` describes."""
    kind: Any = model
    for part in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = get_args(kind)[1 if get_origin(kind) in (dict, Mapping) else 0]
        if get_origin(kind) in (Union, UnionType):
            kind = next(each for each in get_args(kind) if each is not type(None))
    return tuple(kind.model_fields)
