"""The worker that runs student code: one request, exactly one answer, until the judge hangs up.

It is confined before it reads its first request, so student code never runs
unconfined. Whatever student code raises comes back as data, SystemExit
and KeyboardInterrupt included; what it prints goes to the output pipe. The
worker decides nothing: it has no verdicts and no expected values.
"""

import random
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy
import torch

from grader.counting import Counter
from grader.sandbox import probes
from grader.sandbox.confine import Seat
from grader.wire.caps import REQUEST_CAPS, Caps, ValueTooLarge
from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import (
    SIMULATED,
    Answer,
    Build,
    Call,
    Counted,
    EntryPoint,
    ExceptionInfo,
    ForbiddenUse,
    Load,
    Loaded,
    LoadFailed,
    Packed,
    Probe,
    Probed,
    Raised,
    Refused,
    Request,
    Returned,
    Simulated,
    clipped,
)
from grader.wire.packing import pack
from grader.wire.unpacking import unpack
from grader.wire.values import HandleValue, TensorValue
from grader.worker import devices, instruments, state
from grader.worker.answering import Reply, serve, settle
from grader.worker.conditions import Conditions
from grader.worker.handles import Handles, method
from grader.worker.loading import NotLoaded, load
from grader.worker.observe import Observer
from grader.worker.simulation import DEVICE, Simulation, devices_of
from grader.worker.tracebacks import Sources, described

SKIPPED = ExceptionInfo("Skipped", (), "the request before it failed", ())

SEED = 0
"""Every load and every call of an entry point starts from the same random numbers: a replay repeats it."""


def run(seat: Seat, caps: Caps, device: str, device_memory_mb: int, conditions: Conditions) -> None:
    """Be a worker: confine the process, say so, and serve until the judge hangs up.

    Args:
        seat: What this worker is given.
        caps: What the judge accepts in an answer.
        device: The device that its calls will use.
        device_memory_mb: How much of a CUDA device's memory they may have.
        conditions: What is asked for besides the usual.
    """
    layers = settle(seat)
    worker = Worker(Path(seat.policy.scratch), caps, Simulation() if device == SIMULATED else None)
    devices.prepare(device, device_memory_mb)
    conditions.set_for_one()
    serve(layers, caps, worker)


class Worker:
    """The state of a worker between requests: what was loaded, and what is kept alive."""

    def __init__(self, scratch: Path, caps: Caps, simulation: Simulation | None = None):
        self._simulation = simulation
        self._scratch = scratch
        self._caps = caps
        self._sources = Sources()
        self._observer = Observer(self._sources)
        self._handles = Handles()
        self._clock = instruments.Clock()
        self._failed = False
        self._rules: dict[str, EntryPoint] = {}
        self._entries: dict[str, Callable[..., Any]] = {}

    def reply(self, request: Request, payload: PayloadCursor) -> Reply:
        """The answer to a request, whatever student code does."""
        if isinstance(request, Call):
            self._handles.release(request.release)
        if isinstance(request, Call | Build) and request.chained and self._failed:
            return Raised(request.number, SKIPPED, ()), []
        reply = self._reply(request, payload)
        self._failed = isinstance(reply[0], Raised | Refused | LoadFailed) or (
            isinstance(reply[0], Returned) and bool(reply[0].forbidden)
        )
        return reply

    def _reply(self, request: Request, payload: PayloadCursor) -> Reply:
        try:
            match request:
                case Load():
                    return self._load(request), []
                case Call() if self._simulation is not None:
                    with self._simulation:
                        return self._simulated(request, payload), []
                case Call():
                    return self._call(request, payload)
                case Build():
                    with self._simulation or nullcontext():
                        return self._build(request, payload)
                case Probe(number=number, name=name, arguments=arguments):
                    held, detail = probes.run(name, arguments)
                    return Probed(number, held, clipped(detail)), []
                case _:
                    raise ValueError("this worker is for something else")
        except ValueTooLarge as error:
            return Refused(request.number, error.what, error.limit), []
        except BaseException as error:  # noqa: BLE001 - a student's object may raise anything while it is packed
            return Raised(request.number, described(error, self._sources), ()), []

    # --- load ---

    def _load(self, request: Load) -> Answer:
        self._observer.prepare(request.entry_points)
        before = state.snapshot()
        seed()
        try:
            program = load(request, self._scratch, self._sources)
        except NotLoaded as error:
            exception = described(error.cause, self._sources) if error.cause else None
            return LoadFailed(request.number, error.reason, error.file, error.detail[:1000], exception)
        except MemoryError as error:  # a notebook that grows when it is read
            return LoadFailed(request.number, "exception", "", "", described(error, self._sources))
        finally:
            # What a file switches at import must not change what its functions are asked.
            state.put_back(before)
        self._rules |= {entry.name: entry for entry in request.entry_points}
        self._entries |= program.found
        wanted = [entry.name for entry in request.entry_points]
        return Loaded(
            number=request.number,
            file=program.file,
            found=tuple(name for name in wanted if name in program.found),
            missing=tuple(name for name in wanted if name not in program.found),
            names=program.names,
            notebook=program.notebook,
        )

    # --- call ---

    def _call(self, request: Call, payload: PayloadCursor) -> Reply:
        args = list(self._unpack(request.args, payload, request.device))
        kwargs = self._unpack(request.kwargs, payload, request.device)
        leaves: list[torch.Tensor] = []
        cotangent = None
        if request.gradient is not None:
            cotangent = self._unpack(request.gradient.cotangent, payload, request.device)
            for position in request.gradient.wrt:
                leaves.append(_leaf(args, kwargs, position))
        function, rule = self._target(request)
        before = state.snapshot()
        gradients: list[Any] | None = None
        counter = Counter() if request.count else None
        with self._observer.watching(rule) as uses:
            try:
                with counter or nullcontext():
                    value = function(*args, **kwargs)
                if request.gradient is not None:
                    with self._observer.going_backward():
                        gradients = _gradients(value, leaves, cotangent)
                devices.settle(request.device)
            except BaseException as error:  # noqa: BLE001 - SystemExit is as much the student's as any
                state.put_back(before)
                return self._raised(request, devices.graver(error, request.device), uses)
            finally:
                changed = state.put_back(before)
        counted = Counted(counter.operators, counter.bytes) if counter is not None else None
        return self._returned(request, rule, value, args, gradients, changed, tuple(uses), counted)

    def _simulated(self, request: Call, payload: PayloadCursor) -> Answer:
        """A call on the device that is not there: what matters is where things are."""
        args = self._unpack(request.args, payload, request.device)
        kwargs = self._unpack(request.kwargs, payload, request.device)
        function, rule = self._target(request)
        before = state.snapshot()
        try:
            value = function(*args, **kwargs)
        finally:
            state.put_back(before)
        if request.keep:
            kept = Packed((self._handles.keep(request.number, value, rule),))
            return Returned(request.number, kept, None, None, (), ())
        return Simulated(request.number, devices_of(value))

    def _target(self, request: Call) -> tuple[Callable[..., Any], EntryPoint | None]:
        """What is to be called, and the rule that holds meanwhile."""
        if request.handle is not None:
            live = self._handles.live(request.handle)
            return method(live, request.name), live.entry
        if request.name not in self._entries:
            raise AttributeError(f"there is no '{request.name}' to call")
        seed()
        return self._entries[request.name], self._rules[request.name]

    def _raised(self, request: Call, error: BaseException, uses: list[ForbiddenUse]) -> Reply:
        reply = Raised(request.number, described(error, self._sources), tuple(uses))
        error.__traceback__ = None  # its frames hold the arguments
        return reply, []

    def _returned(
        self,
        request: Call,
        rule: EntryPoint | None,
        value: Any,
        args: list[Any],
        gradients: list[Any] | None,
        changed: tuple[str, ...],
        uses: tuple[ForbiddenUse, ...],
        counted: Counted | None = None,
    ) -> Reply:
        payload: list[Buffer] = []

        def packed(value: Any, keep: Callable[[object], Any] | None = None) -> Packed:
            nodes, data = pack(value, self._caps, keep=keep)
            payload.extend(data)
            return nodes

        result = Packed((self._handles.keep(request.number, value, rule),)) if request.keep else packed(value)
        answer = Returned(
            number=request.number,
            value=result,
            arguments=packed(tuple(args), self._handles.known) if request.report_arguments else None,
            gradients=packed(gradients) if gradients is not None else None,
            changed=changed,
            forbidden=uses,
            counted=counted,
        )
        return answer, payload

    # --- build ---

    def _build(self, request: Build, payload: PayloadCursor) -> Reply:
        arguments = self._unpack(request.arguments, payload, "cpu")
        value, recorder = instruments.make(
            request.kind, arguments, _place(request.device), self._clock, self._handles
        )
        node = self._handles.keep(request.number, value, recorder=recorder)
        answer = Returned(request.number, Packed((node,)), None, None, (), ())
        return answer, []

    def _unpack(self, packed: Packed, payload: PayloadCursor, device: str) -> Any:
        def tensor(value: TensorValue) -> torch.Tensor:
            data = value.data.to(_place(device))
            return data.requires_grad_() if value.requires_grad else data

        def live(value: HandleValue) -> Any:
            return self._handles.live(value.handle).value

        return unpack(packed, payload, REQUEST_CAPS, layouts=True, tensor=tensor, handle=live)


def _place(device: str) -> str:
    """What torch calls a device."""
    return DEVICE if device == SIMULATED else device


def _leaf(args: list[Any], kwargs: dict[str, Any], position: int) -> torch.Tensor:
    """Put a leaf of the graph in the place of an argument; those by name follow those by position."""
    name = None if position < len(args) else list(kwargs)[position - len(args)]
    leaf: torch.Tensor = (args[position] if name is None else kwargs[name]).detach().requires_grad_()
    if name is None:
        args[position] = leaf
    else:
        kwargs[name] = leaf
    return leaf


def _gradients(
    value: Any, leaves: list[torch.Tensor], cotangent: torch.Tensor | None
) -> list[torch.Tensor | None] | None:
    """The product of `cotangent` with the Jacobian of `value`, for each leaf.

    Returns:
        None where a leaf is not connected, and None in all if there is no such
        product: what came back is no tensor of the cotangent's shape.
    """
    if not isinstance(value, torch.Tensor) or cotangent is None or value.shape != cotangent.shape:
        return None
    if not value.requires_grad:
        return [None] * len(leaves)
    cotangent = cotangent.to(dtype=value.dtype, device=value.device)
    with torch.enable_grad():
        # The same as passing `cotangent` on, which makes torch import sympy: 0.2 s for each worker.
        return list(torch.autograd.grad((value * cotangent).sum(), leaves, allow_unused=True))


def seed() -> None:
    """Start all random number generators from `SEED`."""
    random.seed(SEED)
    numpy.random.seed(SEED)
    torch.default_generator.manual_seed(SEED)
    cuda: Any = torch.cuda
    if cuda.is_initialized():
        cuda.manual_seed_all(SEED)
