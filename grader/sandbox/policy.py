"""The policy: what a process on the far side gets, as plain data.

Nothing here touches the machine, so every rule can be tested by looking at
it. `limits` enforces a `Policy`; numbers that depend on the exercise come
from the judge with the order to fork.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MB = 1 << 20

PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "SYSTEMROOT")
"""Variables that the zygote keeps: without them Python or the CUDA driver may not start."""

FIXED: Mapping[str, str] = MappingProxyType(
    {
        "LANG": "C.UTF-8",
        # One thread each: workers share the cores, and timings stay comparable.
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Ask the driver's library whether there is a GPU, do not start CUDA: it does not survive a fork.
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        # torch.compile gives the function back as it is: no compiler runs, and what runs can be observed.
        "TORCH_COMPILE_DISABLE": "1",
        # Same numbers from the same cuBLAS call, so that a replay means something.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    }
)


@dataclass(frozen=True)
class Limit:
    """One resource limit of a process.

    Attributes:
        resource: As in `resource.RLIMIT_...`, lower case.
        amount: Bytes or a count.
        above_present: Whether `amount` comes on top of what the process uses when it is confined.
        reason: Why there is such a limit, and why this much.
    """

    resource: str
    amount: int
    reason: str
    above_present: bool = False


@dataclass(frozen=True)
class Policy:
    """What one worker gets.

    Attributes:
        scratch: An empty folder of its own: its home, its working directory.
        environment: All of its environment variables.
        limits: Its resource limits.
    """

    scratch: str
    environment: Mapping[str, str]
    limits: tuple[Limit, ...]


def zygote_environment(present: Mapping[str, str]) -> dict[str, str]:
    """The environment of the zygote, out of the one that its starter has."""
    return {**{name: present[name] for name in PASSED_ON if name in present}, **FIXED}


def worker_policy(
    scratch: str,
    present: Mapping[str, str],
    *,
    memory_mb: int,
    file_mb: int,
    processes: int | None,
    device: str = "cpu",
) -> Policy:
    """The policy of one worker.

    Args:
        scratch: Its folder.
        present: The zygote's environment.
        memory_mb: How much it may allocate, on top of what torch takes. Not
            enforced for CUDA: the driver maps address space by the gigabyte.
        file_mb: The largest file that it may write.
        processes: How many processes and threads the user may have in all while
            it runs; None for no limit.
        device: Where its tensors will be.
    """
    limits = [
        Limit("core", 0, "A crash must not fill the disk with a core file."),
        Limit("nofile", 256, "Enough for any exercise, too few to exhaust the machine."),
        Limit("fsize", file_mb * MB, "No file may grow without end."),
    ]
    if not device.startswith("cuda"):
        reason = "Too much memory ends in a Python exception before it ends in swapping."
        limits.append(Limit("data", memory_mb * MB, reason, above_present=True))
    if processes is not None:
        limits.append(Limit("nproc", processes, "Processes that multiply must end somewhere."))
    home = {"HOME": scratch, "TMPDIR": scratch, "USER": "student", "LOGNAME": "student"}
    caches = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": scratch, "XDG_CACHE_HOME": scratch}
    return Policy(scratch, zygote_environment(present) | home | caches, tuple(limits))
