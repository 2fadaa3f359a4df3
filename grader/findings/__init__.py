"""What can be wrong with a submission, as frozen data.

A finding holds facts and never a finished sentence: renderers make the text,
each for its own sink. What came from a student (names, messages, source lines)
is hostile text here, for renderers to escape. No torch: reports are read without it.
"""

from typing import Annotated

from pydantic import Field

from grader.findings.base import Entry, Frame, Problem
from grader.findings.causes import Causes, cause, explains
from grader.findings.efficiency import Efficiency, Growth, TooMuchWork
from grader.findings.explanations import Excerpt, Relation, SmallestCase, Where
from grader.findings.frozen import Frozen
from grader.findings.loading import (
    MissingEntryPoint,
    MissingFile,
    SyntaxProblem,
    UnreadableFile,
)
from grader.findings.results import (
    ArgumentModified,
    CheckFailed,
    DeviceDiffers,
    DtypeDiffers,
    LengthDiffers,
    NamesDiffer,
    NoError,
    NoGradient,
    NotFinite,
    ShapeDiffers,
    StateChanged,
    TypeDiffers,
    ValuesDiffer,
    WrongError,
)
from grader.findings.running import (
    BrokeProtocol,
    Crashed,
    DeviceFault,
    DeviceHow,
    DeviceOutOfMemory,
    ErrorKind,
    ExceptionRaised,
    FileTooLarge,
    ForbiddenUsed,
    GraderFault,
    NotImplementedYet,
    NotRun,
    OutOfMemory,
    ReturnTooLarge,
    ScratchFull,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
    Unstable,
)
from grader.findings.trajectory import Curves, Place, Seen, Trajectory

__all__ = [
    "ArgumentModified",
    "BrokeProtocol",
    "Causes",
    "CheckFailed",
    "Crashed",
    "Curves",
    "DeviceDiffers",
    "DeviceFault",
    "DeviceHow",
    "DeviceOutOfMemory",
    "DtypeDiffers",
    "Efficiency",
    "Entry",
    "ErrorKind",
    "ExceptionRaised",
    "Excerpt",
    "FileTooLarge",
    "Finding",
    "ForbiddenUsed",
    "Frame",
    "Frozen",
    "GraderFault",
    "Growth",
    "LengthDiffers",
    "MissingEntryPoint",
    "MissingFile",
    "NamesDiffer",
    "NoError",
    "NoGradient",
    "NotFinite",
    "NotImplementedYet",
    "NotRun",
    "OutOfMemory",
    "Place",
    "Problem",
    "Relation",
    "ReturnTooLarge",
    "ScratchFull",
    "Seen",
    "ShapeDiffers",
    "SmallestCase",
    "StateChanged",
    "SyntaxProblem",
    "TimedOut",
    "TooManyOpenFiles",
    "TooManyProcesses",
    "TooMuchOutput",
    "TooMuchWork",
    "Trajectory",
    "TypeDiffers",
    "UnreadableFile",
    "Unstable",
    "ValuesDiffer",
    "Where",
    "WrongError",
    "cause",
    "explains",
]

Finding = Annotated[
    ValuesDiffer
    | NotFinite
    | ShapeDiffers
    | DtypeDiffers
    | DeviceDiffers
    | TypeDiffers
    | LengthDiffers
    | NamesDiffer
    | NoGradient
    | ArgumentModified
    | StateChanged
    | ForbiddenUsed
    | ExceptionRaised
    | NotImplementedYet
    | NoError
    | WrongError
    | CheckFailed
    | TooMuchWork
    | TimedOut
    | OutOfMemory
    | DeviceOutOfMemory
    | DeviceFault
    | TooManyProcesses
    | TooManyOpenFiles
    | FileTooLarge
    | ScratchFull
    | TooMuchOutput
    | Crashed
    | BrokeProtocol
    | ReturnTooLarge
    | MissingFile
    | UnreadableFile
    | SyntaxProblem
    | MissingEntryPoint
    | NotRun
    | Unstable
    | GraderFault,
    Field(discriminator="code"),
]
"""Any finding; `code` tells which."""
