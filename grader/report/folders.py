"""A folder for what a command writes: made and tried before the work begins, gone again if nothing came.

Somebody else's files are never mixed with ours; what an earlier run wrote is fine.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import OutputError

Foreign = Callable[[Sequence[str]], str | None]
"""Of the names in a folder, sorted, one for which it is refused; None if it may be written to."""


@contextmanager
def prepared(out: Path, *, beside: Path, what: str, foreign: Foreign) -> Iterator[None]:
    """As `prepare`, for a `with`: if it ends early and nothing was written, the folder goes again.

    Raises:
        OutputError: As `prepare`.
    """
    absent = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        prepare(out, beside=beside, what=what, foreign=foreign)
        yield
    except BaseException:
        with suppress(OSError):  # one that holds something stays, and so do those above it
            for folder in absent:
                folder.rmdir()
        raise


def prepare(out: Path, *, beside: Path, what: str, foreign: Foreign) -> None:
    """Make sure that `out` can be written to, before hours are spent on what goes there.

    Args:
        out: The folder; made if it is not there.
        beside: The submissions, which must not hold it.
        what: What goes there, such as 'reports'.
        foreign: Says whether it holds something else.

    Raises:
        OutputError: It is a file, holds something else, lies among the submissions, or cannot be written.
    """
    among = OutputError(
        f"'{out}' lies among the submissions, where the next run would take it for a student; "
        "name another folder with --out."
    )
    if beside.resolve() in out.resolve().parents:
        raise among
    try:
        out.mkdir(parents=True, exist_ok=True)
        name = foreign(sorted(entry.name for entry in out.iterdir()))
        if name is not None:
            raise OutputError(
                f"'{out}' holds other things, such as '{name}'; "
                f"name an empty or new folder with --out, or one with an earlier run's {what}."
            )
        if out.resolve() == beside.resolve():  # empty, or else it holds other things
            raise among
        # The one test of writing that tells the truth on every file system is to write.
        with tempfile.TemporaryFile(dir=out):
            pass
    except FileExistsError:
        raise OutputError(f"'{out}' is a file; name a folder with --out.") from None
    except OSError as error:
        raise OutputError(
            f"{what.capitalize()} cannot be written to '{out}' ({error.strerror}); "
            "name another folder with --out."
        ) from None
