"""Claims about an answer; each that does not hold raises with all its findings.

`expect(answer)` wraps what came back over the wire. The expected value is
computed after the answer has arrived (the call stands to the left), lives in
the judge only, and is compared by `grader.compare`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Claim, Sample, record
from grader.compare.tolerance import Allowance, AllowanceTree, item
from grader.findings import (
    ArgumentModified,
    Finding,
    NoError,
    NoGradient,
    StateChanged,
    WrongError,
)
from grader.findings import (
    CheckFailed as CheckFinding,
)
from grader.student.calls import Answer, Asked, Refusal
from grader.wire.values import TensorValue


class CheckFailed(Exception):
    """A claim of a test does not hold; the student's answer is wrong."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.code for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Expected:
    """What the reference computed.

    Attributes:
        value: Float64 tensors, numbers, tuples and dicts of them.
        allowance: How far a right answer may be from it.
        dtype: Dtype of the first floating tensor among the arguments, which
            the contract asks back; None if there was none.
    """

    value: object
    allowance: AllowanceTree
    dtype: torch.dtype | None


def check(condition: object, statement: str, detail: str = "", names: Iterable[str] = ()) -> None:
    """Claim something that no other claim covers.

    Args:
        condition: What must be true.
        statement: What should hold, in words for the student.
        detail: What was seen instead, in words and numbers for the student; never
            with text that came from student code, which could hold the test's inputs.
        names: Texts that did come from there, such as names of parameters: a hidden
            test's are shown to students only where the course reveals messages.

    Raises:
        CheckFailed: `condition` is false.
    """
    found = [] if condition else [CheckFinding(statement=statement, detail=detail, names=tuple(names))]
    record(Sample("statement", value=(statement, bool(condition), detail), findings=tuple(found)))
    _raise(found)


def expect(answer: Answer | Refusal | object) -> Expectation:
    """Begin a claim about `answer`: what a student's function returned, or a part of it."""
    return Expectation(answer)


class Expectation:
    """Claims about one answer; each returns itself, so that claims can be chained."""

    def __init__(self, answer: Answer | Refusal | object) -> None:
        self._answer = answer

    @property
    def _call(self) -> str | None:
        return self._answer.call if isinstance(self._answer, Answer | Refusal) else None

    def _terms(self, dtype: torch.dtype | None) -> Terms:
        if isinstance(self._answer, Answer):
            return Terms(
                device=self._answer.device, dtype=dtype or self._answer.dtype, call=self._answer.call
            )
        return Terms(dtype=dtype)

    def matches(
        self,
        expected: object,
        *,
        allowance: AllowanceTree | None = None,
        dtype: torch.dtype | None = None,
        part: int | None = None,
    ) -> Expectation:
        """The value is the expected one: type, shape, dtype, device, numbers.

        Args:
            expected: An `Expected` of the reference fixture, or tensors,
                numbers, tuples, lists and dicts.
            allowance: Overrides the allowance that comes with `expected`.
            dtype: Dtype that must come back; by default that of the call's
                first floating argument.
            part: Compare only this item of a tuple (its length must still be right).

        Raises:
            CheckFailed: with a finding for each part that differs.
        """
        self._must_have_returned()
        value = self._answer.value if isinstance(self._answer, Answer) else self._answer
        if isinstance(expected, Expected):
            allowance = expected.allowance if allowance is None else allowance
            dtype = dtype or expected.dtype
            expected = expected.value
        allowance = Allowance() if allowance is None else allowance
        found = compare(value, expected, allowance, self._terms(dtype), part=part)
        return self._claim("value", found, value, expected, allowance, dtype, part)

    def gradients_match(self, expected: object, *, names: Sequence[str] = ()) -> Expectation:
        """The gradients that `with_gradient` brought are the expected ones.

        Args:
            expected: An `Expected` whose value is a tuple of tensors, one for each
                differentiated argument, or such a tuple.
            names: What to call the arguments in a finding.
        """
        self._must_have_returned()
        if not isinstance(self._answer, Answer) or self._answer.gradients is None:
            raise TypeError("gradients_match() needs an answer of with_gradient()")
        allowance: AllowanceTree = Allowance()
        wanted, dtype = expected, self._answer.dtype
        if isinstance(expected, Expected):
            wanted, allowance, dtype = expected.value, expected.allowance, expected.dtype
        if not isinstance(wanted, tuple) or len(wanted) != len(self._answer.gradients):
            raise TypeError("gradients_match() needs a tuple with one expected gradient for each argument")
        found: list[Finding] = []
        for i, (gradient, right) in enumerate(zip(self._answer.gradients, wanted, strict=True)):
            label = names[i] if i < len(names) else f"argument {i + 1}"
            if gradient is None:
                found.append(NoGradient(call=self._call, argument=label))
            else:
                leaf = f"the gradient of {label}"
                found += compare(gradient, right, item(allowance, i), self._terms(dtype), leaf=leaf)
        return self._claim("gradients", found, self._answer.gradients, wanted, allowance, dtype)

    def leaves_arguments_alone(self, *originals: torch.Tensor) -> Expectation:
        """The arguments sent by `watched` are bit for bit `originals` after the call."""
        self._must_have_returned()
        if not isinstance(self._answer, Answer) or self._answer.arguments is None:
            raise TypeError("leaves_arguments_alone() needs an answer of watched()")
        after = [value for value in self._answer.arguments if isinstance(value, TensorValue)]
        found = [
            ArgumentModified(call=self._call, argument=f"argument {i + 1}")
            for i, original in enumerate(originals)
            if i >= len(after) or not _identical(after[i].data, original)
        ]
        return self._claim("arguments", found, self._answer.arguments, originals)

    def leaves_state_alone(self) -> Expectation:
        """No global state of torch is changed after the call."""
        self._must_have_returned()
        changed = self._answer.changed if isinstance(self._answer, Answer) else ()
        found = [StateChanged(call=self._call, names=changed)] if changed else []
        return self._claim("state", found, changed, ())

    def raises(self, error: type[Exception]) -> Expectation:
        """The call that `attempt` made raised `error`, or a subclass of it."""
        found: list[Finding] = []
        if not isinstance(self._answer, Refusal):
            found.append(NoError(call=self._call, expected=error.__name__))
        elif error.__name__ not in self._answer.bases:
            refusal = self._answer
            found.append(
                WrongError(
                    call=refusal.call,
                    expected=error.__name__,
                    type=refusal.type,
                    message=refusal.message,
                    frames=refusal.frames,
                )
            )
        return self._claim("refusal", found, self._answer, error.__name__)

    def _claim(
        self,
        claim: Claim,
        found: Sequence[Finding],
        value: object,
        expected: object,
        allowance: AllowanceTree = Allowance(),  # noqa: B008 - frozen
        dtype: torch.dtype | None = None,
        part: int | None = None,
    ) -> Expectation:
        """Record a claim, and raise if it does not hold."""
        asked = self._answer.asked if isinstance(self._answer, Answer | Refusal) else Asked()
        terms = self._terms(dtype)
        found = tuple(found)
        record(
            Sample(
                claim, asked.name, asked.args, asked.kwargs, value, expected, allowance, terms, found, part
            )
        )
        _raise(found)
        return self

    def _must_have_returned(self) -> None:
        if isinstance(self._answer, Refusal):
            raise TypeError("this claim needs a call that returned; attempt() goes with raises()")


def _identical(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(((a == b) | (a.isnan() & b.isnan())).all())


def _raise(findings: Sequence[Finding]) -> None:
    if findings:
        raise CheckFailed(findings)
