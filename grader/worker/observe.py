"""Sees forbidden built-ins when they run, whatever they were called by.

While a guarded entry point runs, the kernels of the operators that its rule
names are replaced in torch's dispatcher by ones that write down who called and
raise. That covers aliases, `getattr`, modules, TorchScript, `vmap` and other
threads alike, and costs other operators nothing. Going backward is seen at the
engine, at the tensors that the graph saved, and at forward-mode's dual numbers.
Nothing is replaced while an entry point without a rule runs.
"""

import fnmatch
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

import torch
from torch.autograd import Variable

from grader.wire.messages import NAME_LENGTH, EntryPoint, ForbiddenUse, clipped
from grader.worker.tracebacks import Sources

KEYS = {"aten": ("CPU", "SparseCPU"), "quantized": ("QuantizedCPU", "CPU")}
"""Dispatch keys to override, by namespace. Kernels for other keys call these, or cannot be replaced."""

MOST_USES = 10
"""A loop may try a thousand times; the first few say it all."""

BACKWARD = "autograd"
"""What `ForbiddenUse.what` says for going backward (or forward-mode) by any route."""


class NotAllowedHere(RuntimeError):
    """Raised in the student's code where a forbidden built-in runs."""


@cache
def operators() -> Mapping[str, tuple[str, ...]]:
    """What the dispatcher knows: operators and their overloads, 'aten::softmax' with 'aten::softmax.int'."""
    found: dict[str, list[str]] = {}
    for name in torch._C._dispatch_get_all_op_names():
        found.setdefault(name.partition(".")[0], []).append(name)
    return {name: tuple(overloads) for name, overloads in found.items()}


@cache
def matching(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The dispatcher names that match any of `patterns`.

    Args:
        patterns: Globs of names without overload; without a namespace they mean aten.
    """
    if not patterns:
        return ()
    globs = (glob if "::" in glob else f"aten::{glob}" for glob in patterns)
    wanted = re.compile("|".join(fnmatch.translate(glob) for glob in globs))
    return tuple(
        overload for name, overloads in operators().items() if wanted.match(name) for overload in overloads
    )


@cache
def dispatch_keys(namespace: str) -> tuple[str, ...]:
    """The keys to override for operators of a namespace on this machine."""
    keys: tuple[str, ...] = KEYS.get(namespace, ("CPU",))
    if torch.cuda.is_available():
        keys += tuple(key.replace("CPU", "CUDA") for key in keys)
    return keys


class Observer:
    """Watches the entry points of one submission."""

    def __init__(self, sources: Sources):
        self._sources = sources
        self._overrides = _Overrides(self._refuse)
        self._autograd = _AutogradWatch(self._refuse)
        self._watching = False
        self._uses: list[ForbiddenUse] = []
        self._lock = threading.Lock()

    def prepare(self, entry_points: Sequence[EntryPoint]) -> None:
        """Get ready for rules, before any student code is loaded that could look behind them."""
        if any(entry.autograd for entry in entry_points):
            self._autograd.install()

    @contextmanager
    def watching(self, entry: EntryPoint | None) -> Iterator[list[ForbiddenUse]]:
        """While the block runs, refuse what `entry` must not use.

        Yields:
            The list of what was seen, which grows while the block runs.
        """
        autograd = entry is not None and entry.autograd
        patterns = entry.operators if entry is not None else ()
        self._overrides.activate(patterns, autograd)
        self._uses = []
        self._watching = bool(patterns) or autograd
        try:
            with self._autograd.on() if autograd else _nothing():
                yield self._uses
        finally:
            self._watching = False

    @contextmanager
    def going_backward(self) -> Iterator[None]:
        """While the block runs, the grader itself goes backward: that is no offence."""
        with self._autograd.off():
            yield

    def _refuse(self, what: str) -> NoReturn:
        if self._watching:
            use = ForbiddenUse(clipped(what, NAME_LENGTH), self._sources.frames_here())
            with self._lock:
                if len(self._uses) < MOST_USES:
                    self._uses.append(use)
        raise NotAllowedHere(f"{what} is not allowed in this exercise")


@contextmanager
def _nothing() -> Iterator[None]:
    yield


Refuse = Callable[[str], NoReturn]


class _Overrides:
    """The kernels that stand in for those of forbidden operators, one set at a time."""

    def __init__(self, refuse: Refuse):
        self._refuse = refuse
        self._active: tuple[tuple[str, ...], bool] = ((), False)
        self._libraries: list[Any] = []  # torch.library.Library, which has no types

    def activate(self, patterns: tuple[str, ...], autograd: bool) -> None:
        """Make `patterns` the ones that are overridden; costs nothing if they are already."""
        if self._active == (patterns, autograd):
            return
        for library in self._libraries:
            library._destroy()
        self._libraries.clear()
        self._active = (patterns, autograd)
        libraries: dict[str, Any] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns once that a kernel is overridden
            for name in matching(patterns):
                namespace, _, operator = name.partition("::")
                self._override(libraries, namespace, operator, dispatch_keys(namespace), name)
            if autograd:
                # Everything of forward mode makes a dual number; its kernel sits at this key.
                self._override(libraries, "aten", "_make_dual", ("Autograd",), BACKWARD)
                self._override(libraries, "aten", "_backward", dispatch_keys("aten"), BACKWARD)
        self._libraries.extend(libraries.values())

    def _override(
        self,
        libraries: dict[str, Any],
        namespace: str,
        operator: str,
        keys: Sequence[str],
        name: str,
    ) -> None:
        if namespace not in libraries:
            make: Any = torch.library.Library
            libraries[namespace] = make(namespace, "IMPL")
        what = name.partition(".")[0]

        def kernel(*_args: Any, **_kwargs: Any) -> NoReturn:
            self._refuse(what)

        for key in keys:
            libraries[namespace].impl(operator, kernel, key)


class _AutogradWatch:
    """Sees anybody go backward, except the grader.

    The engine is the front door: `backward`, `torch.autograd.grad` and
    everything of torch.func in reverse. TorchScript and nodes called by hand
    pass it by, but have to ask for the tensors that the forward pass saved.
    """

    def __init__(self, refuse: Refuse):
        self._refuse = refuse
        self._on = False
        self._installed = False

    def install(self) -> None:
        """Put the watch in torch's way, once."""
        if self._installed:
            return
        self._installed = True
        variable: Any = Variable
        variable._execution_engine = _Engine(variable._execution_engine, self._seen)
        disable = torch._C._autograd._saved_tensors_hooks_disable

        def disable_hooks(*args: Any, **kwargs: Any) -> Any:
            # Every reverse transform of torch.func comes by here first.
            if args and "torch.func" in str(args[0]):
                self._seen()
            return disable(*args, **kwargs)

        torch._C._autograd._saved_tensors_hooks_disable = disable_hooks

    @contextmanager
    def on(self) -> Iterator[None]:
        """Refuse while the block runs, in every thread."""
        torch._C._autograd._push_saved_tensors_default_hooks(self._packed, self._unpacked)
        self._on = True
        try:
            yield
        finally:
            self._on = False
            torch._C._autograd._pop_saved_tensors_default_hooks()

    @contextmanager
    def off(self) -> Iterator[None]:
        """Let through what the block does."""
        before, self._on = self._on, False
        try:
            yield
        finally:
            self._on = before

    def _seen(self) -> None:
        if self._on:
            self._refuse(BACKWARD)

    def _packed(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    def _unpacked(self, tensor: torch.Tensor) -> torch.Tensor:
        self._seen()
        return tensor


class _Engine:
    """Stands in for autograd's engine: everything goes through, except what is refused."""

    def __init__(self, engine: Any, seen: Callable[[], None]):
        self._engine = engine
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def run_backward(self, *args: Any, **kwargs: Any) -> Any:
        """Go backward through a graph, unless that is forbidden now."""
        self._seen()
        return self._engine.run_backward(*args, **kwargs)
