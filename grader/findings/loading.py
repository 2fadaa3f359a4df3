"""What was handed in could not be loaded."""

from typing import Literal

from pydantic import Field

from grader.findings.base import Frame, Problem


class MissingFile(Problem):
    """The exercise was not handed in."""

    code: Literal["missing-file"] = "missing-file"
    expected: tuple[str, ...] = Field(description="File names that would have been read.")
    near: str | None = Field(default=None, description="A file of a similar name that is there.")


class UnreadableFile(Problem):
    """The file is there but cannot be read as what it should be."""

    code: Literal["unreadable-file"] = "unreadable-file"
    file: str = Field(description="Name of the file.")
    reason: Literal[
        "folder", "link", "empty", "too-large", "encoding", "notebook", "unreadable", "archive"
    ] = Field(description="What it is, or what is wrong with it.")
    detail: str = Field(default="", description="Where or how, such as 'byte 0xE9 in line 3'.")


class SyntaxProblem(Problem):
    """Python cannot parse the file."""

    code: Literal["syntax-error"] = "syntax-error"
    message: str = Field(description="The parser's message.")
    frame: Frame = Field(description="Where.")


class MissingEntryPoint(Problem):
    """The file was loaded, but the function or class is not in it."""

    code: Literal["missing-entry-point"] = "missing-entry-point"
    name: str = Field(description="The function or class that is looked for.")
    file: str = Field(description="The file that was loaded.")
    near: str | None = Field(default=None, description="A similar name that is there.")
