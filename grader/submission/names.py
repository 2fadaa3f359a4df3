"""The names of files: which are expected, which are nearly right, how notes list them.

A file under the wrong name is not graded, but its author is told which name
was nearly right: `Softmax.py`, `sofmax.py`, `softmax (1).py` as browsers save a
second download, `softmax.py.txt` as some editors do. Guesses are for words
only; no mark ever hangs on one.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

SUBMITTED = "submitted.csv"
"""Says when each student handed in; lies in a folder of submissions."""
NBGRADER = "timestamp.txt"
"""Lies beside a submission that nbgrader collected, and holds one line."""
GRADESCOPE = "submission_metadata.json"
"""Lies beside a submission in Gradescope's container; `created_at` is when it was handed in."""
GRADESCOPE_EXPORT = "submission_metadata.yml"
"""Lies in an export from Gradescope, and says of each submission whose it is and when it came."""
TIMES = frozenset((SUBMITTED, NBGRADER, GRADESCOPE, GRADESCOPE_EXPORT))

# What browsers, file managers and people append: ' (1)', ' - Copy', '_v2', '-final', ' copy 3'.
_APPENDED = re.compile(r"[ _-]*(?:\(\d+\)|copy|kopie|final|new|old|v?\d+|solution)$")
_NEARLY = 0.75
"""Similarity from which a name counts as a misspelling: two letters of seven may be wrong."""

_LONGEST = 80
"""Characters of a name that is looked at for likeness: 'softmax - Copy (2) final.py.txt' has 31."""

_NAMED = 5
"""How many names a note lists before it only counts."""


def expected(exercise: str) -> tuple[str, ...]:
    """The file names under which an exercise may be handed in, the preferred one first."""
    return (f"{exercise}.py", f"{exercise}.ipynb")


def near(exercise: str, names: Iterable[str], taken: Iterable[str]) -> str | None:
    """The name that was most likely meant for `exercise`, if any is near.

    Args:
        exercise: The exercise whose file is missing.
        names: The names that are there.
        taken: Names of other exercises; a file of exactly that name is theirs.
    """
    theirs = {name for other in taken if other != exercise for name in expected(other)}
    scored = [(_likeness(exercise, name), name) for name in names if name not in theirs]
    best = max(scored, default=(0.0, ""), key=lambda each: each[0])
    return best[1] if best[0] >= _NEARLY else None


def listed(names: Sequence[str], whole: int = _NAMED) -> str:
    """All names for a note if they are no more than `whole`, else some, and how many more there are."""
    shown = len(names) if len(names) <= whole else _NAMED
    some = ", ".join(name if len(name) <= 60 else name[:57] + "..." for name in names[:shown])
    return some if len(names) == shown else f"{some} and {len(names) - shown} more"


def _likeness(exercise: str, name: str) -> float:
    """From 0 to 1, how much `name` looks like the file of `exercise`."""
    if len(name) > _LONGEST:
        return 0.0
    stem = name.lower()
    for ending in (".txt", ".py", ".ipynb"):
        stem = stem.removesuffix(ending)
    # One ending after another: a repetition within the expression would try every split of a long number.
    shorter, bare = stem, _APPENDED.sub("", stem)
    while bare != shorter:
        shorter, bare = bare, _APPENDED.sub("", bare)
    plain = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    if plain == exercise or re.sub(r"[^a-z0-9]+", "_", stem).strip("_") == exercise:
        return 1.0
    if f"_{exercise}_" in f"_{plain}_":
        return 0.9
    return SequenceMatcher(None, exercise, plain).ratio()
