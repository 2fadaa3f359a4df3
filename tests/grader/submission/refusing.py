"""Why the archive of a student is not read, though that of an honest neighbour is.

Bombs are read in a process of their own whose address space and processor time
the kernel bounds, so that a reader which swallows one dies there and the test says so.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from grader.findings import UnreadableFile
from tests.grader.submission.packing import files_of, put, read

ROOT = Path(__file__).parents[3]
ADDRESS_SPACE = 320 << 20
"""Bytes for the interpreter, pydantic (150 MiB together), and the reading; the bombs hold more."""
SECONDS = 20
"""Processor time; the slowest takes 3 s on an idle machine."""

_READER = f"""
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_SPACE}, {ADDRESS_SPACE}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from grader.submission import read_folder
found = read_folder(Path(sys.argv[1]), ["softmax", "conv2d"], {{}}).submissions
print(json.dumps({{each.student: [b.problem and [b.problem.code, getattr(b.problem, "detail", "")]
    for b in each.bundles] for each in found}}))
"""


def refusal(tmp_path: Path, content: bytes, name: str = "eve.zip") -> str:
    """Why the archive of a student is not read; an honest neighbour must be."""
    put(tmp_path / name, content)
    put(tmp_path / "ada" / "softmax.py")
    submissions = read(tmp_path)
    assert files_of(submissions["ada"])[0] == ["softmax.py"]
    found: Any = submissions["eve"].bundles[0].problem
    assert isinstance(found, UnreadableFile), found
    assert (found.file, found.reason) == (name, "archive")
    assert submissions["eve"].bundles[1].problem == found
    return found.detail


def bounded(tmp_path: Path, content: bytes | None, name: str = "eve.zip") -> str:
    """As `refusal`, in a process whose memory and time are bounded; without `content` it is there already."""
    if content is not None:
        put(tmp_path / name, content)
    put(tmp_path / "ada" / "softmax.py")
    done = subprocess.run(
        [sys.executable, "-c", _READER, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["ada"][0] is None
    return "" if found["eve"][0] is None else ": ".join(found["eve"][0])
