"""The running interpreter: which folders it needs, and how it forgets where it came from.

A worker inherits the zygote's Python with all that it has imported. What it may
still import later must be in sight; the folder that the grader itself runs from
must not be: in a checkout it holds the references and the hidden tests.
"""

import os
import pwd
import signal
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/cuda",
    "/usr/local/nvidia",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/nix/store",
)
"""Where shared libraries and time zones lie, as far as these are there."""


CUDA = ("/sys/bus/pci", "/sys/devices", "/sys/module/nvidia")
"""What the driver's library reads about devices, as far as it is there."""


def needed_folders(environment: Mapping[str, str], *, cuda: bool = False) -> tuple[str, ...]:
    """The folders that Python, torch and the libraries load from; some may be in others, or missing."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    own = [sysconfig.get_path(name) for name in names]
    own.append(sysconfig.get_config_var("LIBDIR") or "")
    named = [*importable(tuple(sys.path)), *environment.get("LD_LIBRARY_PATH", "").split(":")]
    own += [path for path in named if not _is_too_much(path)]
    return tuple(path for path in (*SYSTEM, *own, *(CUDA if cuda else ())) if os.path.isabs(path))


def _is_too_much(path: str) -> bool:
    """Whether a folder that a setting names is somebody's home or the grader's folder, or around them."""
    private = [Path(__file__).resolve().parents[2]]
    with suppress(KeyError):  # a user without a name, as in some containers
        private.append(Path(pwd.getpwuid(os.getuid()).pw_dir).resolve())
    installed = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    real = os.path.realpath(path)
    return real not in installed and any(place.is_relative_to(real) for place in private)


@cache
def importable(paths: tuple[str, ...]) -> tuple[str, ...]:
    """`paths` without the folder that the grader runs from or one that it lies in.

    The folder that packages are installed in stays, whatever lies in it.
    """
    checkout = Path(__file__).resolve().parents[2]
    installed = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    hidden = {str(folder) for folder in (checkout, *checkout.parents)} - installed
    return tuple(path for path in paths if path and os.path.realpath(path) not in hidden)


def forget(home: str) -> None:
    """Make Python forget where the grader lives and whom it was started by; `home` is imported from first."""
    tempfile.tempdir = None
    sys.argv[:] = [""]
    sys.path[:] = [home, *importable(tuple(sys.path))]
    sys.dont_write_bytecode = True
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
