"""The reference solution as an oracle: float64, on the CPU, in the judge only.

`reference.softmax(x)` is what the staff's solution gives for the arguments cast
to float64, with the allowance that `reference/<exercise>/allowance.py` derives
for them. It is computed when a claim first asks for it: then the student's
answer has arrived, wherever in the test the call stands. Nothing here is ever
sent to a worker.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType

import torch

from grader.checks.expect import Expected
from grader.compare.tolerance import Allowance, AllowanceTree
from grader.errors import CourseError


def load_module(path: Path, name: str) -> ModuleType:
    """Import a trusted file of the course under a private name.

    Raises:
        CourseError: The file is missing or cannot be imported.
    """
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(f"{path} is missing; every exercise needs its reference there.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module


class Reference:
    """The staff's solution of one exercise.

    Attributes:
        module: The plain module, for tests that drive it themselves.
    """

    def __init__(self, folder: Path) -> None:
        self.module = load_module(folder / "solution.py", f"reference_{folder.name}_solution")
        allowances = folder / "allowance.py"
        self._allowances = (
            load_module(allowances, f"reference_{folder.name}_allowance") if allowances.is_file() else None
        )

    def __getattr__(self, name: str) -> Oracle:
        function = getattr(self.module, name)
        return Oracle(
            function,
            getattr(self._allowances, name, None),
            getattr(self._allowances, f"{name}_gradient", None),
        )


class Later(Expected):
    """An expected value that is computed when it is first looked at.

    Args:
        compute: Gives the value and its allowance, from arguments that nobody else has.
        dtype: As in `Expected`.
    """

    def __init__(
        self, compute: Callable[[], tuple[object, AllowanceTree]], dtype: torch.dtype | None
    ) -> None:
        vars(self).update(_compute=compute, dtype=dtype)  # past the freezing of its base

    @property
    def value(self) -> object:
        """As in `Expected`."""
        return self._computed[0]

    @property
    def allowance(self) -> AllowanceTree:
        """As in `Expected`."""
        return self._computed[1]

    @cached_property
    def _computed(self) -> tuple[object, AllowanceTree]:
        compute: Callable[[], tuple[object, AllowanceTree]] = vars(self)["_compute"]
        return compute()


class Oracle:
    """One function of the reference, computed in float64."""

    def __init__(
        self,
        function: Callable[..., object],
        allowance: Callable[..., AllowanceTree] | None,
        gradient_allowance: Callable[..., AllowanceTree] | None,
    ) -> None:
        self._function = function
        self._allowance = allowance
        self._gradient_allowance = gradient_allowance

    def __call__(self, *args: object, **kwargs: object) -> Expected:
        """The expected value of a call with these arguments, and its allowance."""
        exact = [_double(arg) for arg in args]
        options = {key: _double(value) for key, value in kwargs.items()}

        def compute() -> tuple[object, AllowanceTree]:
            with torch.no_grad():
                value = self._function(*exact, **options)
                return value, self._allowance(*exact, **options) if self._allowance else Allowance()

        return Later(compute, _floating_dtype(args))

    def gradient(
        self, *args: object, wrt: Sequence[int] = (0,), cotangent: torch.Tensor, **kwargs: object
    ) -> Expected:
        """The expected vector-Jacobian products with `cotangent`.

        Args:
            args: The call's positional arguments.
            wrt: Which of them to differentiate with respect to; the arguments by
                name follow those by position.
            cotangent: Of the result's shape.
            kwargs: The call's optional arguments.

        Returns:
            An `Expected` whose value is a tuple of tensors, one for each of `wrt`.
        """
        exact = [_double(arg) for arg in args]
        options = {key: _double(value) for key, value in kwargs.items()}
        upstream = cotangent.detach().to(torch.float64, copy=True)

        def compute() -> tuple[object, AllowanceTree]:
            return self._gradient(exact, options, tuple(wrt), upstream)

        return Later(compute, _floating_dtype(args))

    def _gradient(
        self, exact: list[object], options: dict[str, object], wrt: tuple[int, ...], cotangent: torch.Tensor
    ) -> tuple[object, AllowanceTree]:
        arguments = [*exact, *options.values()]
        leaves = [arguments[i].requires_grad_() for i in wrt]  # type: ignore[attr-defined]
        result = self._function(*exact, **options)
        if not isinstance(result, torch.Tensor):
            raise TypeError("gradient() needs a reference that returns one tensor")
        gradients = torch.autograd.grad(result, leaves, cotangent)
        if not self._gradient_allowance:
            return gradients, Allowance()
        with torch.no_grad():
            plain = [arg.detach() if isinstance(arg, torch.Tensor) else arg for arg in exact]
            return gradients, self._gradient_allowance(*plain, wrt=wrt, cotangent=cotangent, **options)


def _double(value: object) -> object:
    """A detached copy of a tensor, in float64 if it is a floating one; anything else as it is."""
    if not isinstance(value, torch.Tensor):
        return value
    dtype = torch.float64 if value.dtype.is_floating_point else value.dtype
    return value.detach().to(dtype, copy=True)


def _floating_dtype(args: Sequence[object]) -> torch.dtype | None:
    for arg in args:
        if isinstance(arg, torch.Tensor) and arg.dtype.is_floating_point:
            return arg.dtype
    return None
