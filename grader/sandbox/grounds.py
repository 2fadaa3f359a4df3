"""The grounds: what one zygote prepares once, so that walling off a worker takes milliseconds.

Root makes namespaces as it is; an ordinary user first enters a user namespace,
and does so before torch is imported, while the process has one thread. What
workers need of the machine is opened before the zygote leaves the machine's
files. What cannot be had is remembered with its reason.
"""

import glob
import os
import sys
from collections.abc import Callable, Mapping

from grader.sandbox import cgroups, identity, interpreter, landlock, namespaces, root, seccomp
from grader.sandbox.confine import Seat
from grader.sandbox.limits import tasks_of_this_user
from grader.sandbox.policy import MB, Policy
from grader.verdicts import Layer

SPACES = frozenset({Layer.PID, Layer.NETWORK, Layer.IPC, Layer.UTS, Layer.PRIVATE_ROOT})
"""The layers that need the right to make namespaces."""

NODES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
CUDA_NODES = ("/dev/nvidia*", "/dev/nvidia-caps/*")

SEATS = 16
"""User ids that one zygote takes in turn: more workers than it ever has at once."""

OVERDRAFT = 128 * MB
"""A control group kills; memory that Python can refuse is refused first, as an exception.

What a worker changes of the pages that it shares with the zygote is counted too: some tens of MiB.
"""

OTHERS = 8
"""The zygote and the workers that it keeps ready or has not ended yet, where these are counted too."""

COUNTS_BY_NAMESPACE = (5, 14)
"""From this Linux on, the processes of a user are counted for each user namespace."""


class Grounds:
    """What a zygote prepares for its workers.

    Args:
        wanted: The layers to put up.
        cuda: Whether workers may use CUDA devices.

    Attributes:
        layers: The layers to put up that nothing speaks against so far.
        missing: The others, each with the reason.
    """

    def __init__(self, wanted: frozenset[Layer], *, cuda: bool = False) -> None:
        self.layers = wanted
        self.missing: dict[Layer, str] = {}
        self._nodes = [*NODES, *(node for each in CUDA_NODES if cuda for node in sorted(glob.glob(each)))]
        self._cuda = cuda
        self._tasks = tasks_of_this_user()
        self._id = os.getpid()  # as the machine numbers it
        self._owns_user = False
        self._zygote: int | None = None
        self._pids: namespaces.ProcessIds | None = None
        self._groups: cgroups.Parents | None = None
        self._shown: root.Layout | None = None
        self._grants: tuple[landlock.Grant, ...] = ()
        self._forked = 0
        if not sys.platform.startswith("linux"):
            for layer in wanted - {Layer.RLIMITS}:
                self.lack(layer, f"not on {sys.platform}")

    def lack(self, layer: Layer, reason: str) -> None:
        """Do without a layer."""
        self.missing[layer] = reason
        self.layers -= {layer}

    # --- once ---------------------------------------------------------------------

    def prepare(self, go_behind: Callable[[Callable[[], None]], bool]) -> None:
        """Get the right to make namespaces; call it while the process has one thread.

        Args:
            go_behind: Goes on as a child of the process that called, and calls what it is
                given just before; says whether it has.
        """
        self._attempt(
            Layer.CGROUP, self._prepare_groups
        )  # while /sys and the machine's process ids are in sight
        if self.layers & SPACES and not namespaces.may_make_namespaces():
            try:
                namespaces.own_user()
                self._owns_user = True
            except OSError as error:
                for layer in self.layers & SPACES:
                    self.lack(layer, f"user namespaces: {error.strerror or error}")
        # Coming back to a namespace of process ids takes privileges in it, which makes it our own.
        if not go_behind(lambda: self._attempt(Layer.PID, self._be_first)) and Layer.PID in self.layers:
            self.lack(Layer.PID, "the system does not tell when a process ends")
        self._attempt(Layer.PID, self._prepare_pids)

    def close(self, environment: Mapping[str, str]) -> None:
        """Leave the machine's files; call it when everything is imported."""
        if hasattr(os, "pidfd_open"):
            self._zygote = os.pidfd_open(os.getpid())
        if Layer.UID in self.layers and (self._owns_user or os.geteuid() != 0):
            self.lack(Layer.UID, "only root can give each worker a user id of its own")
        self._shown = root.layout(interpreter.needed_folders(environment, cuda=self._cuda), self._nodes)
        self._attempt(Layer.CAPABILITIES, identity.drop_bounding)
        self._attempt(Layer.SECCOMP, self._prepare_filter)
        self._attempt(Layer.PRIVATE_ROOT, self._enter_root)
        self._attempt(Layer.LANDLOCK, self._prepare_grants)

    def _attempt(self, layer: Layer, prepare: Callable[[], None]) -> None:
        if layer in self.layers:
            try:
                prepare()
            except OSError as error:
                self.lack(layer, error.strerror or str(error))

    def _prepare_groups(self) -> None:
        self._groups = cgroups.parents()
        if self._groups is None:
            raise OSError("no control group can be made here")
        self._groups.sweep()

    def _be_first(self) -> None:
        namespaces.unshare(namespaces.NEWPID)  # for the next child

    def _prepare_pids(self) -> None:
        self._pids = namespaces.ProcessIds()

    def _prepare_filter(self) -> None:
        self._filter()

    def _filter(self) -> bytes:
        """The filter of a worker: without a private root, the files of others are in sight."""
        return seccomp.program(os.uname().machine, secluded=Layer.PRIVATE_ROOT in self.layers)

    def _enter_root(self) -> None:
        shown = self._shown
        assert shown is not None, "laid out before"
        # Half way in there is no way back, so somebody else goes first.
        own = Layer.PID in self.layers

        def go_in() -> None:
            root.enter(shown)
            root.furnish(shown, 1, (os.getuid(), os.getgid()), own_processes=own)

        problem = tried(go_in, self._fork)
        if problem:
            raise OSError(problem)
        root.enter(shown)

    def _prepare_grants(self) -> None:
        assert self._shown is not None, "laid out before"
        flags = os.O_PATH | os.O_CLOEXEC
        folders = [landlock.Grant(os.open(path, flags), "read") for path in self._shown.folders]
        nodes = [landlock.Grant(os.open(path, flags), "device") for path in self._shown.nodes]
        self._grants = (*folders, *nodes)

    # --- for every worker ---------------------------------------------------------

    @property
    def home(self) -> str | None:
        """The home of every worker where each mounts its own; None where it is a folder of the machine."""
        return root.HOME if Layer.PRIVATE_ROOT in self.layers else None

    @property
    def counts_memory(self) -> bool:
        """Whether the kernel counts a worker's memory together with that of all that it starts."""
        return (
            Layer.CGROUP in self.layers and self._groups is not None and "memory" in self._groups.controllers
        )

    def uid(self) -> int | None:
        """A user id for the next worker, if it can have one of its own."""
        if Layer.UID not in self.layers:
            return None
        return identity.free_uid(self._id * SEATS + self._forked % SEATS)

    def tasks(self, processes: int) -> int | None:
        """The limit under which a worker can have so many processes and threads; None for no limit."""
        if Layer.UID in self.layers:
            return processes
        if self._owns_user and _linux() >= COUNTS_BY_NAMESPACE:
            return processes + OTHERS
        return None if self._tasks is None else self._tasks + processes + OTHERS

    def fork(self, policy: Policy, channel: int, output: int) -> tuple[int, Seat]:
        """Fork a worker: 0 and its seat in the child, its process id and the same seat in the zygote.

        Raises:
            OSError: No process, namespace or group can be had.
        """
        self._forked += 1
        group = None
        if Layer.CGROUP in self.layers and self._groups is not None:
            memory = policy.memory_mb * MB + OVERDRAFT
            group = self._groups.make(cgroups.group_name(self._forked, self._id), memory, policy.processes)
        seat = Seat(
            policy,
            self.layers,
            self._zygote,
            channel,
            output,
            group,
            self._groups.detail if self._groups is not None else "",
            self._shown if Layer.PRIVATE_ROOT in self.layers else None,
            self._grants,
            self._filter() if Layer.SECCOMP in self.layers else b"",
        )
        try:
            pid = self._fork()
        except OSError:
            if group is not None:
                group.remove()
            raise
        return pid, seat

    def _fork(self) -> int:
        return self._pids.fork() if Layer.PID in self.layers and self._pids is not None else os.fork()


def tried(step: Callable[[], None], fork: Callable[[], int]) -> str:
    """Why `step` fails in a child that `fork` makes of this process; '' if it does not."""
    reading, writing = os.pipe()
    pid = fork()
    if pid == 0:
        try:
            step()
            os.write(writing, b"+")
        except BaseException as error:  # noqa: BLE001 - the parent says what it was
            os.write(writing, (getattr(error, "strerror", None) or str(error) or "failed").encode()[:500])
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return "" if said == b"+" else said.decode("utf-8", "replace") or "the process that tried it ended"


def _linux() -> tuple[int, ...]:
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2] if part.isdigit())
