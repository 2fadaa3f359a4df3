"""What a far side may be asked to be besides the usual: its options become settings of torch and Python.

The judge's end has the same fields, with what they mean. What a fork inherits
unharmed is set once, in the zygote when it has warmed up, so that
`grader.worker.state` takes it for how a student's code found things. Threads would
not survive a fork, and warnings concern student code alone: both are set in each
worker. The command line is read before torch may be imported, so it is
imported late here.
"""

import argparse
import warnings
from dataclasses import dataclass
from typing import Self

DTYPES = ("float32", "float64")

OURS = r"grader\.(?!worker\.observe$|counting$)"
"""Modules whose warnings are not the student's: our own, but not those that hand a student's operations
on to torch, which takes a line of ours for the one that it warns about."""


@dataclass(frozen=True)
class Conditions:
    """As `grader.student.conditions` has them."""

    threads: int = 1
    deterministic: bool = False
    strict_warnings: bool = False
    dtype: str = "float32"

    @staticmethod
    def declare(parser: argparse.ArgumentParser) -> None:
        """Add the options of the command line."""
        parser.add_argument("--threads", type=int, default=1, help="threads of one operation in a worker")
        parser.add_argument("--deterministic", action="store_true", help="refuse what is not deterministic")
        parser.add_argument("--strict-warnings", action="store_true", help="warnings of students are errors")
        parser.add_argument("--dtype", choices=DTYPES, default="float32", help="torch's default dtype")

    @classmethod
    def of(cls, options: argparse.Namespace) -> Self:
        """What the command line says."""
        return cls(options.threads, options.deterministic, options.strict_warnings, options.dtype)

    def set_for_all(self) -> None:
        """Set, in the zygote, what its workers inherit."""
        if self == Conditions():
            return
        import torch

        torch.set_default_dtype(getattr(torch, self.dtype))
        # As use_deterministic_algorithms(True), which imports inductor for seconds.
        torch.set_deterministic_debug_mode("error" if self.deterministic else "default")
        # Else those that come once are used up: whatever warmed up the zygote has had them.
        torch.set_warn_always(self.strict_warnings)

    def set_for_one(self) -> None:
        """Set, in a worker that waits for its first request, what it cannot inherit."""
        if self.threads != 1:  # the zygote has one already
            import torch

            torch.set_num_threads(self.threads)
        if self.strict_warnings:
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", module=OURS)
