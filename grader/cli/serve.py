"""`grader serve`: the pages of a run in a browser, live while it grades; for staff."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="The folder that `grader grade --out` writes to.")
]
Port = Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Where; 0 for any that is free.")]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")]

_NEEDED = ("fastapi", "uvicorn")


def serve(run: RunFolder = Path("reports"), port: Port = 8765, show: Open = False) -> None:
    """Show the pages of a run in a browser, live while it grades; for staff.

    RUN is what `grade --out` writes to. It may be written to now, later, or no more; nothing is
    changed in it. The server answers on this machine only, and only to whoever has the link that
    it prints. Ctrl-C ends it.

    \b
    Examples:
      grader serve
      grader serve reports --open
      grader serve reports --port 0
    """
    _refuse(run)
    try:
        from grader.serve import server
    except ModuleNotFoundError as error:
        from grader.errors import UsageError

        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise UsageError(
            f"`grader serve` needs {error.name}, which is not installed; type: "
            "python -m pip install 'grader[serve]'"
        ) from None

    def say(link: str) -> None:
        # With the link on a line of its own, terminals make it one to click on.
        print(f"Showing '{run}' to whoever has this link, on this machine; Ctrl-C ends it.", flush=True)
        print(link, flush=True)

    server.serve(run, port, say, show=show)


def _refuse(run: Path) -> None:
    """Say what is wrong with a folder that is no folder of reports.

    Raises:
        UsageError: It is a file, or holds something else.
    """
    from grader.cli import outputs
    from grader.errors import UsageError

    if run.exists() and not run.is_dir():
        raise UsageError(f"'{run}' is a file; name the folder that `grader grade --out` writes to.")
    try:
        other = outputs.something_else(run)
    except OSError as error:
        raise UsageError(f"'{run}' cannot be read ({error.strerror}).") from None
    if other is not None:
        raise UsageError(
            f"'{run}' holds no reports but other things, such as '{other}'; "
            "name the folder that `grader grade --out` writes to."
        )
