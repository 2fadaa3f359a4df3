"""A call as data: what was called with what, what it should bring, and what came of it.

Used by the proxies of entry points and of live objects alike, and by those who
explain a wrong answer afterwards. All of it is plain data in the judge: nothing
here sends, waits or decodes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from grader.findings import Frame
from grader.wire.messages import Counted
from grader.wire.values import TensorValue


@dataclass(frozen=True)
class Asked:
    """What was called with what.

    Attributes:
        name: The entry point, or the method of a live object.
        args: As they were given, by position.
        kwargs: As they were given, by name.
    """

    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back from a call that returned.

    Attributes:
        call: The call in short form.
        value: None, bool, int, float, str, `TensorValue`, `OpaqueValue`,
            `HandleValue`, and lists, tuples and dicts of them.
        arguments: The positional arguments as they were afterwards, if asked for.
        gradients: One for each argument asked for; None where autograd found
            no way back. None if not asked for.
        changed: Global state of torch that the call left changed.
        device: The device under test, 'cpu' or 'cuda'.
        dtype: That of the first floating argument; None if there was none.
        asked: What was called with what.
        counted: Operators that ran meanwhile and the bytes that they made, if asked
            for: evidence, as student code could stop the counting.
    """

    call: str
    value: Any
    arguments: tuple[Any, ...] | None = None
    gradients: tuple[TensorValue | None, ...] | None = None
    changed: tuple[str, ...] = ()
    device: str = "cpu"
    dtype: torch.dtype | None = None
    asked: Asked = Asked()
    counted: Counted | None = None


@dataclass(frozen=True)
class Refusal:
    """An exception that student code raised.

    Attributes:
        call: The call in short form.
        type: Name of the exception's class.
        bases: Names of all its classes, most derived first.
        message: Its message.
        frames: The student's own lines, outermost first.
        asked: What was called with what.
    """

    call: str
    type: str
    bases: tuple[str, ...]
    message: str
    frames: tuple[Frame, ...]
    asked: Asked = Asked()


@dataclass
class Witness:
    """A call that somebody wants to explain; its live objects stay as long as this does.

    Attributes:
        asked: What was called with what.
        answer: What came back; None if it did not return.
    """

    asked: Asked
    answer: Answer | None = None


@dataclass(frozen=True)
class Target:
    """What to call.

    Attributes:
        name: An entry point, or a method of the object.
        handle: The live object, None for an entry point.
    """

    name: str
    handle: int | None = None


@dataclass(frozen=True)
class Wishes:
    """What a call should bring besides its value.

    Attributes:
        keep: Leave the result on the far side and bring a handle.
        arguments: Bring the positional arguments as they are afterwards.
        wrt: Positions of the arguments to differentiate with respect to.
        cotangent: Of the result's shape; None for no gradients.
        refusal: Return a Refusal instead of raising StudentFailed when it raises.
        count: Count the operators that run meanwhile.
    """

    keep: bool = False
    arguments: bool = False
    wrt: tuple[int, ...] = ()
    cotangent: torch.Tensor | None = None
    refusal: bool = False
    count: bool = False


VALUE_ALONE = Wishes()
"""What most calls wish for: nothing besides the value."""
