"""One call that the contract allows, and what comes of it: the things that a smallest case is sought among.

A `Trouble` says what went wrong in a hidden test; a smaller call counts only if
the same goes wrong there. A `Call` knows how to ask the student and the oracle,
and how it is spelled. Exercises whose calls need live objects (a model, a loader)
bring a class of their own with the methods of `Case`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, Self

import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Claim, Sample
from grader.compare.tolerance import AllowanceTree, item
from grader.diagnosis.smallest.spelling import Word, call_source, exception_name, source_of
from grader.findings import (
    ArgumentModified,
    ExceptionRaised,
    Finding,
    NoError,
    NoGradient,
    WrongError,
)
from grader.student.calls import Answer, Refusal
from grader.student.proxy import Student
from grader.wire.values import TensorValue


class Right(Protocol):
    """What the oracle expects; `grader.checks.expect.Expected` is one."""

    @property
    def value(self) -> object:
        """The value, in float64."""

    @property
    def allowance(self) -> AllowanceTree:
        """How far a right answer may be from it."""

    @property
    def dtype(self) -> torch.dtype | None:
        """The dtype that must come back."""


class Oracle(Protocol):
    """The reference solution; `grader.checks.reference.Reference` is one. Its attributes are functions."""

    @property
    def module(self) -> Any:
        """The plain module."""

    def __getattr__(self, name: str) -> Any: ...


@dataclass(frozen=True)
class Trouble:
    """What went wrong in a call.

    Attributes:
        name: What was called: an entry point, or a method of a live object.
        claim: What the claim that does not hold is about.
        code: The code of its finding.
        leaf: The part that is wrong, as in the finding; '' for the whole.
        error: The class of the exception that was raised, if one was.
        line: Where in the student's files it was raised; '' for any line.
    """

    name: str
    claim: Claim
    code: str
    leaf: str = ""
    error: str = ""
    line: str = ""

    @classmethod
    def of(cls, sample: Sample) -> Self:
        """What went wrong in a sample that has findings: the first of them."""
        finding = sample.findings[0]
        leaf = getattr(finding, "leaf", "") or getattr(finding, "argument", "")
        return cls(sample.name, sample.claim, finding.code, leaf)

    @classmethod
    def raised(cls, finding: ExceptionRaised) -> Self:
        """An exception that left no sample, because the call did not return."""
        name = (finding.call or "").partition("(")[0]
        return cls(name, "value", finding.code, error=finding.type, line=_line(finding))

    def shows_in(self, findings: Sequence[Finding]) -> bool:
        """Whether the same went wrong in another call."""
        return any(self._is(finding) for finding in findings)

    def _is(self, finding: Finding) -> bool:
        if finding.code != self.code:
            return False
        if isinstance(finding, ExceptionRaised):
            return finding.type == self.error and self.line in ("", _line(finding))
        return (getattr(finding, "leaf", "") or getattr(finding, "argument", "")) == self.leaf


@dataclass(frozen=True)
class Seen:
    """What came of a case.

    Attributes:
        findings: What does not hold.
        yours: What came back, as it came over the wire; the part in question.
        expected: What should have.
    """

    findings: tuple[Finding, ...]
    yours: object = None
    expected: object = None


class Case(Protocol):
    """A call, or a few lines, that a smallest case may be."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Its sizes by name. The least of each is 1, but for `dimensions`."""

    def attempt(self, trouble: Trouble, student: Student, reference: Oracle) -> Seen:
        """Ask both sides about what `trouble` is about.

        Raises:
            StudentFailed: The call did not return.
        """

    def expected(self, trouble: Trouble, reference: Oracle) -> object:
        """What is right, where nothing came back."""

    def source(self, trouble: Trouble) -> str:
        """Itself as Python that can be pasted; the last line gives the value in question."""

    def grown(self, name: str) -> Case | None:
        """The same with the size `name` doubled, if that can be done."""

    def smaller(self, name: str) -> Iterator[Case]:
        """The same with the size `name` less by one, in each way in which that can be done."""


@dataclass(frozen=True)
class Call:
    """A call of a function.

    Attributes:
        name: The entry point.
        args: By position.
        kwargs: By name.
        shapes: Names of the dimensions of each tensor by the argument's name, such as
            {"logits": "N C", "targets": "N"}, arguments by position first; '...'
            stands for any number of dimensions.
        raises: The exception that it must end in; '' if it must return.
        cotangent: What goes backward, of the result's shape; None for ones.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    raises: str = ""
    cotangent: torch.Tensor | None = None

    # --- what it is -----------------------------------------------------------

    @property
    def sizes(self) -> dict[str, int]:
        """As in `Case`."""
        found: dict[str, int] = {}
        for name, value in self._named().items():
            dims = self.shapes.get(name, "")
            if isinstance(value, torch.Tensor) and dims == "...":
                found["dimensions"] = value.ndim
            elif isinstance(value, torch.Tensor):
                found.update(zip(dims.split(), value.shape, strict=True))
        return found

    def grown(self, name: str) -> Call | None:
        """As in `Case`: every tensor that has this dimension is repeated along it."""
        if self.cotangent is not None or name not in self.sizes or name == "dimensions":
            return None
        return self._resized(name, lambda tensor, dim: torch.cat([tensor, tensor], dim))

    def smaller(self, name: str) -> Iterator[Call]:
        """As in `Case`: every tensor that has this dimension loses the same index."""
        size = self.sizes[name]
        if self.cotangent is not None or name == "dimensions" or size == 1:
            return
        for left_out in range(size):
            kept = torch.tensor([index for index in range(size) if index != left_out])
            yield self._resized(name, partial(_selected, kept))

    def _resized(self, name: str, change: Callable[[torch.Tensor, int], torch.Tensor]) -> Call:
        def resized(argument: str, value: Any) -> Any:
            dims = self.shapes.get(argument, "").split()
            if not isinstance(value, torch.Tensor) or name not in dims:
                return value
            return change(value, dims.index(name))

        values = [resized(*both) for both in self._named().items()]
        by_name = dict(zip(self.kwargs, values[len(self.args) :], strict=True))
        return replace(self, args=tuple(values[: len(self.args)]), kwargs=by_name)

    def _named(self) -> dict[str, Any]:
        """All arguments by their names."""
        return {**dict(zip(self.shapes, self.args, strict=False)), **self.kwargs}

    # --- asking ---------------------------------------------------------------

    def attempt(self, trouble: Trouble, student: Student, reference: Oracle) -> Seen:
        """As in `Case`."""
        function, oracle = getattr(student, self.name), getattr(reference, self.name)
        match trouble.claim:
            case "value":
                return self._values(trouble, function(*self.args, **self.kwargs), oracle)
            case "gradients":
                return self._gradients(trouble, function, oracle)
            case "arguments":
                return self._arguments(function.watched(*self.args, **self.kwargs))
            case "refusal":
                if not self._is_refused(oracle):
                    raise ValueError(f"{self.name} need not raise {self.raises}")
                return self._refusal(function.attempt(*self.args, **self.kwargs))
        return Seen(())

    def expected(self, trouble: Trouble, reference: Oracle) -> object:
        """As in `Case`."""
        return getattr(reference, self.name)(*self.args, **self.kwargs).value

    def _values(self, trouble: Trouble, answer: Answer, oracle: Any) -> Seen:
        right: Right = oracle(*self.args, **self.kwargs)
        terms = Terms(answer.device, right.dtype or answer.dtype, answer.call)
        findings = compare(answer.value, right.value, right.allowance, terms)
        yours, expected = part(answer.value, trouble.leaf), part(right.value, trouble.leaf)
        return Seen(tuple(findings), *_in_question(trouble.code, yours, expected, right.dtype))

    def _gradients(self, trouble: Trouble, function: Any, oracle: Any) -> Seen:
        wrt = self.differentiated()
        upstream = self.cotangent
        if upstream is None:
            value = oracle(*self.args, **self.kwargs).value
            upstream = torch.ones_like(value, dtype=self.args[wrt[0]].dtype)
        options = {**self.kwargs, "wrt": wrt, "cotangent": upstream}
        answer: Answer = function.with_gradient(*self.args, **options)
        right = oracle.gradient(*self.args, **options)
        assert answer.gradients is not None, "gradients were asked for"
        chosen = self._chosen(trouble.leaf)
        mine, theirs = answer.gradients[wrt.index(chosen)], right.value[wrt.index(chosen)]
        if mine is None:
            found: list[Finding] = [NoGradient(call=answer.call, argument=trouble.leaf)]
        else:
            allowance = item(right.allowance, wrt.index(chosen))
            terms = Terms(answer.device, right.dtype, answer.call)
            found = compare(mine, theirs, allowance, terms, leaf=trouble.leaf)
        return Seen(tuple(found), *_in_question(trouble.code, mine, theirs, right.dtype))

    def differentiated(self) -> tuple[int, ...]:
        """Positions of the arguments that have a gradient, those by name after the others."""
        values = [*self.args, *self.kwargs.values()]
        return tuple(i for i, v in enumerate(values) if isinstance(v, torch.Tensor) and v.is_floating_point())

    def _chosen(self, leaf: str) -> int:
        """The position that a finding's words mean: 'the gradient of weight', 'argument 1'."""
        words, names = leaf.removeprefix("the gradient of "), list(self._named())
        if words in names and names.index(words) in self.differentiated():
            return names.index(words)
        number = words.removeprefix("argument ")
        wrt = self.differentiated()
        return wrt[int(number) - 1] if number.isdigit() and int(number) <= len(wrt) else wrt[0]

    def _arguments(self, answer: Answer) -> Seen:
        after = answer.arguments or ()
        found: list[Finding] = []
        first: tuple[object, object] | None = None
        tensors = [(before, now) for before, now in zip(self.args, after, strict=False) if _is_tensor(before)]
        for i, (before, now) in enumerate(tensors):
            if not isinstance(now, TensorValue) or not _identical(now.data, before):
                found.append(ArgumentModified(call=answer.call, argument=f"argument {i + 1}"))
                first = first or (now, before)
        return Seen(tuple(found), *(first or (None, None)))

    def _is_refused(self, oracle: Any) -> bool:
        """Whether the reference raises what it must."""
        try:
            _ = oracle(*self.args, **self.kwargs).value
        except Exception as error:  # noqa: BLE001 - whatever it is
            return type(error).__name__ == self.raises
        return False

    def _refusal(self, answer: Answer | Refusal) -> Seen:
        if isinstance(answer, Answer):
            found: Finding = NoError(call=answer.call, expected=self.raises)
            return Seen((found,), answer.value, Word(self.raises))
        yours = Word(exception_name(answer.type))
        if self.raises in answer.bases:
            return Seen((), yours, Word(self.raises))
        found = WrongError(
            call=answer.call, expected=self.raises, type=answer.type, message=answer.message, frames=()
        )
        return Seen((found,), yours, Word(self.raises))

    # --- spelling -------------------------------------------------------------

    def source(self, trouble: Trouble) -> str:
        """As in `Case`."""
        if trouble.code == "exception" or trouble.claim in ("value", "refusal"):
            return self._spelled({}) + _tail(trouble)
        name = self._name_in_question(trouble)
        made = source_of(self._named()[name])
        if trouble.claim == "arguments":
            return f"{name} = {made}\n{self._spelled({name: name})}\n{name}"
        leaf = f"{name} = {made}.requires_grad_()"
        upstream = "" if self.cotangent is None else source_of(self.cotangent)
        total = ".sum()" if self.cotangent is None else ""
        backward = f"{self._spelled({name: name})}{total}.backward({upstream})"
        return f"{leaf}\n{backward}\n{name}.grad{_tail(replace(trouble, leaf=''))}"

    def _spelled(self, instead: Mapping[str, str]) -> str:
        named = {name: instead.get(name) or source_of(value) for name, value in self._named().items()}
        by_position = list(named.values())[: len(self.args)]
        return call_source(self.name, by_position, {name: named[name] for name in self.kwargs})

    def _name_in_question(self, trouble: Trouble) -> str:
        names = list(self._named())
        if trouble.claim == "gradients":
            return names[self._chosen(trouble.leaf)]
        tensors = [name for name, value in zip(names, self.args, strict=False) if _is_tensor(value)]
        return tensors[int(trouble.leaf.removeprefix("argument ")) - 1]


def _line(finding: ExceptionRaised) -> str:
    """The last line shown: another line is another thing to mend."""
    return f"{finding.frames[-1].file}:{finding.frames[-1].line}" if finding.frames else ""


def part(value: object, leaf: str) -> object:
    """The item of a tuple that a leaf such as '[1]' means; the whole for ''."""
    number = leaf[1:-1]
    if leaf.startswith("[") and number.isdigit() and isinstance(value, tuple | list):
        return value[int(number)] if int(number) < len(value) else None
    return value


def _tail(trouble: Trouble) -> str:
    """What is asked of the result: an item of it, its shape, its dtype."""
    attribute = {"shape-differs": ".shape", "dtype-differs": ".dtype"}.get(trouble.code, "")
    return (trouble.leaf if trouble.claim == "value" else "") + attribute


def _in_question(
    code: str, yours: object, expected: object, dtype: torch.dtype | None
) -> tuple[object, object]:
    """The values, or what a finding of this code is about instead."""
    if isinstance(yours, TensorValue) and isinstance(expected, torch.Tensor):
        if code == "shape-differs":
            return list(yours.data.shape), list(expected.shape)
        if code == "dtype-differs":
            wanted = (dtype or torch.float32) if expected.is_floating_point() else expected.dtype
            return Word(yours.data.dtype), Word(wanted)
    if code == "length-differs" and isinstance(yours, list | tuple) and isinstance(expected, tuple | list):
        return Word(f"{len(yours)} items"), Word(f"{len(expected)} items")
    return yours, expected


def _selected(kept: torch.Tensor, tensor: torch.Tensor, dim: int) -> torch.Tensor:
    return tensor.index_select(dim, kept)


def _is_tensor(value: object) -> bool:
    return isinstance(value, torch.Tensor)


def _identical(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(((a == b) | (a.isnan() & b.isnan())).all())
