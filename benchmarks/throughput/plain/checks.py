"""`expect`, `check`, `points` and `cites` as plain assertions."""

import torch

from grader.compare.tolerance import Allowance
from grader.student.proxy import Answer
from grader.wire.values import TensorValue

RELATIVE = {torch.float32: 1e-3, torch.float64: 1e-7}


def points(value, *, numeric=True):
    """What a test is worth is not counted here."""
    return lambda test: test


def cites(*sentences):
    """Which sentences of the handout a test is about is not looked at here."""
    return lambda test: test


def check(condition, statement, detail="", names=()):
    """A claim in words."""
    assert condition, f"{statement} {detail}"


def expect(answer):
    """Begin a claim."""
    return Expectation(answer)


def close(found, expected, allowance=None, dtype=None, leaf=""):
    """Assert that a value is the expected one, part by part."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), f"{leaf}: {set(found)} instead of {set(expected)}"
        for name, value in expected.items():
            part = allowance[name] if isinstance(allowance, dict) else allowance
            close(found[name], value, part, dtype, f"{leaf}.{name}")
    elif isinstance(expected, tuple | list):
        assert len(found) == len(expected), f"{leaf}: {len(found)} parts instead of {len(expected)}"
        for i, value in enumerate(expected):
            part = allowance[i] if isinstance(allowance, tuple) else allowance
            close(found[i], value, part, dtype, f"{leaf}[{i}]")
    elif isinstance(expected, torch.Tensor):
        yours = found.data if isinstance(found, TensorValue) else found
        assert isinstance(yours, torch.Tensor), f"{leaf}: a {type(yours).__name__} instead of a tensor"
        assert dtype is None or yours.dtype == dtype, f"{leaf}: {yours.dtype} instead of {dtype}"
        assert yours.shape == expected.shape, f"{leaf}: shape {yours.shape} instead of {expected.shape}"
        _numbers(yours.detach().double(), expected.double(), allowance, yours.dtype)
    else:
        yours = found.data.item() if isinstance(found, TensorValue) else found
        assert abs(yours - expected) <= 1e-4 * max(1.0, abs(expected)), f"{leaf}: {yours}, not {expected}"


def _numbers(yours, expected, allowance, dtype):
    if not dtype.is_floating_point:
        assert torch.equal(yours, expected)
    elif isinstance(allowance, Allowance) and allowance.magnitude is not None:
        assert bool(((yours - expected).abs() <= allowance.limit(expected, dtype)).all())
    elif expected.numel():
        relative = RELATIVE.get(dtype, 1e-3)
        absolute = relative * float(expected.abs().max())
        torch.testing.assert_close(yours, expected, rtol=relative, atol=absolute)


class Expectation:
    """Claims about one answer."""

    def __init__(self, answer):
        self._answer = answer

    def matches(self, expected, *, allowance=None, dtype=None, part=None):
        """The value is the expected one."""
        value = self._answer.value if isinstance(self._answer, Answer) else self._answer
        if part is None:
            close(value, expected, allowance, dtype)
        else:
            assert len(value) == len(expected)
            close(value[part], expected[part], allowance, dtype)
        return self

    def gradients_match(self, expected, *, names=()):
        """The gradients are the expected ones."""
        close(self._answer.gradients, expected)
        return self

    def leaves_arguments_alone(self, *originals):
        """The arguments are bit for bit as they were before the call."""
        for after, original in zip(self._answer.arguments, originals, strict=True):
            assert torch.equal(after, original)
        return self

    def leaves_state_alone(self):
        """A plain test does not look at torch's settings."""
        return self

    def raises(self, error):
        """The call raised this."""
        assert isinstance(self._answer, error), f"{self._answer!r} instead of a {error.__name__}"
        return self
