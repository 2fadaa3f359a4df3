"""Read a TOML file of a course and check it: what is wrong with it is one sentence."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.course.sentences import sentence
from grader.errors import CourseError

Manifest = TypeVar("Manifest", bound=BaseModel)


def read_toml(path: Path, where: str, model: type[Manifest]) -> Manifest:
    """The TOML file at `path`, checked; `where` is what messages call it.

    Raises:
        CourseError: It is missing, cannot be read, or is not what `model` describes.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise CourseError(f"{where} is missing.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{where} cannot be read ({reason(error)}).") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{where} is not valid TOML: {error}.") from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise CourseError(sentence(where, model, error)) from None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, in a few words."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{error.object[error.start]:02X} at position {error.start} is not UTF-8"
    return error.strerror or type(error).__name__
