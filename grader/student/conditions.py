"""The conditions that a far side is started with, where they are not the usual ones.

Plain data, without torch. Submissions are judged under the usual conditions. A
course's own programs must be right under all of them, because a student's
machine, or another version of torch, may have others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Conditions:
    """What a far side is started with, where it is not the usual.

    Attributes:
        threads: How many threads torch uses within one operation, in workers.
        deterministic: Whether torch refuses there what is not deterministic, as under
            `torch.use_deterministic_algorithms(True)`.
        strict_warnings: Whether each warning of student code is an error, as under `python -W error`.
        dtype: torch's default dtype there, 'float32' or 'float64'; inputs are drawn in it, too.
    """

    threads: int = 1
    deterministic: bool = False
    strict_warnings: bool = False
    dtype: str = "float32"

    def options(self) -> list[str]:
        """The same on the command line of the zygote."""
        flags = ["--deterministic"] * self.deterministic + ["--strict-warnings"] * self.strict_warnings
        return ["--threads", str(self.threads), "--dtype", self.dtype, *flags]


USUAL = Conditions()
"""What submissions are judged under."""
