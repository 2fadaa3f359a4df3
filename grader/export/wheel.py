"""The grader that runs here, as a wheel: for a machine that must grade as this one does.

Made from the package's own files, so that no registry has to have this version. The
same files give the same bytes.
"""

import base64
import hashlib
import re
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import grader
from grader.release.writing import zipped

_LEFT_OUT = ("__pycache__", ".pyc")


def wheel() -> tuple[str, bytes]:
    """The wheel's name and its bytes."""
    name = f"grader-{grader.__version__}"
    info = f"{name}.dist-info"
    files = {
        **_package(Path(grader.__file__).parent),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: grader\nVersion: {grader.__version__}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\ngrader = grader.cli:main\n",
    }
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in sorted(files.items())]
    files[f"{info}/RECORD"] = "".join(f"{line}\n" for line in [*lines, f"{info}/RECORD,,"]).encode()
    return f"{name}-py3-none-any.whl", zipped(files.items())


def requirements() -> str:
    """What it needs, in the versions that are here: marks are those that this machine would give."""
    names = sorted(re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in _needed())
    # The build, such as +cpu, is the other machine's own business.
    return "".join(f"{name}=={version(name).partition('+')[0]}\n" for name in names)


def python_version() -> str:
    """The version of Python that is here, such as `3.12`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}\n"


def _needed() -> list[str]:
    # In a checkout, what was written when it was installed may be out of date.
    checkout = Path(grader.__file__).parents[1] / "pyproject.toml"
    if checkout.is_file():
        project = tomllib.loads(checkout.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "grader":
            return list(project["dependencies"])
    return [each for each in requires("grader") or [] if "extra ==" not in each]


def _package(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in paths
        if not any(path.match(f"*{left}") or left in path.parts for left in _LEFT_OUT)
    }


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
