"""Environments for the others: made once, with the versions that were measured.

Each has its own packages, and torch from the project's environment, by a path that
stands behind them; so torch is not installed again, and all run the same one.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from benchmarks.throughput.course import ROOT

PLACE = ROOT / ".venv" / "throughput"
"""Beside what `make clean` removes."""

WANTED: Mapping[str, tuple[str, ...]] = {
    "pytest": ("pytest==9.2.0", "pytest-xdist==3.8.0"),
    "otter": ("otter-grader==7.0.0", "ipykernel==7.4.0"),
    "nbgrader": ("nbgrader==0.9.6",),
    "mutmut": ("mutmut==3.8.1", "pytest==9.2.0"),
}


def python(name: str) -> Path:
    """The interpreter of an environment, which is made if it is not there.

    Raises:
        SystemExit: Its packages cannot be installed.
    """
    place = PLACE / name
    stamp = place / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(WANTED[name]):
        print(f"Installing {' '.join(WANTED[name])} into {place} ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        install: list[str | Path] = [
            place / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
        ]
        # Not from the project's folder, whose own package pip would count as installed.
        if subprocess.run([*install, *WANTED[name]], cwd=place, check=False).returncode:
            raise SystemExit(f"{name} cannot be installed; leave it out with --only.")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        behind = place / "lib" / version / "site-packages" / "zz-torch.pth"
        behind.write_text(sysconfig.get_path("purelib") + "\n")
        stamp.write_text(" ".join(WANTED[name]))
    return place / "bin" / "python"
