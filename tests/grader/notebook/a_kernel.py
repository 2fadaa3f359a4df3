"""A real kernel that a test runs cells in, one after the other, without an installed kernelspec."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

SECONDS = 120
"""For one cell: the first check waits for torch, on a busy machine."""


class _ThisPython(KernelSpecManager):
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="this", language="python")


class Ran:
    """What a cell came to."""

    def __init__(self, outputs: list[Any], number: int) -> None:
        self.number = number
        self.shown = [each.data for each in outputs if each.output_type in ("display_data", "execute_result")]
        self.printed = "".join(each.text for each in outputs if each.output_type == "stream")
        errors = [each for each in outputs if each.output_type == "error"]
        self.error = errors[0].ename if errors else ""
        self.traceback = "\n".join(errors[0].traceback) if errors else ""

    @property
    def html(self) -> str:
        """The one report that is shown."""
        (shown,) = self.shown
        return shown["text/html"]

    @property
    def text(self) -> str:
        """The same where a front end shows no HTML."""
        (shown,) = self.shown
        return " ".join(shown["text/plain"].split())


class Kernel:
    """A kernel and the notebook that it runs."""

    def __init__(self, manager: KernelManager, client: NotebookClient) -> None:
        self._manager = manager
        self._client = client

    @property
    def pid(self) -> int:
        return self._manager.provisioner.pid

    def run(self, source: str, *, interrupted_after: float | None = None) -> Ran:
        """Run a cell; the kernel may be interrupted, as from the menu, so many seconds later."""
        cells = self._client.nb.cells
        cells.append(new_code_cell(source))
        # What the menu's Interrupt does; the manager's own method would need an event loop in that thread.
        timer = threading.Timer(interrupted_after or 0, os.killpg, (os.getpgid(self.pid), signal.SIGINT))
        if interrupted_after is not None:
            timer.start()
        self._client.execute_cell(cells[-1], len(cells) - 1)
        timer.cancel()
        return Ran(cells[-1].outputs, cells[-1].execution_count)

    def value(self, expression: str) -> str:
        """What an expression is in the kernel, as text."""
        (shown,) = self.run(expression).shown
        return shown["text/plain"]


@contextmanager
def a_kernel(folder: Path, runtime: Path) -> Iterator[Kernel]:
    """A kernel that begins in `folder`; its sockets are in `runtime`."""
    manager = KernelManager(
        kernel_spec_manager=_ThisPython(), transport="ipc", connection_file=str(runtime / "kernel.json")
    )
    client = NotebookClient(
        new_notebook(),
        km=manager,
        timeout=SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        with client.setup_kernel(cleanup_kc=True):
            yield Kernel(manager, client)
    finally:
        ensure_event_loop().close()  # what it waited with, which nobody else closes
