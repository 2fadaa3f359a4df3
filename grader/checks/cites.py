"""Which sentences of the handout a hidden test tests.

The handout is the contract: what it doesn't say can't be asked for. So each hidden
test quotes what it stands on, and `grader verify` reads the quotations (from the
text of the tests, without running it) and looks for them in the handout. The judge
shows them where a check fails that has no numbers. A decorated function is the
function itself, for pytest and the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

_CITED = "cited_sentences"
"""The attribute of a test function that holds them."""


def cites(*sentences: str) -> Callable[[Test], Test]:
    """Say what in the handout a test tests.

    Args:
        sentences: Sentences or clauses of `exercises/<exercise>/README.md`, word for
            word; line breaks, emphasis and backticks don't count. Written out, so
            that they can be read without running anything.

    Raises:
        TypeError: There is none, or one is not a text.
    """
    if not sentences or not all(isinstance(sentence, str) for sentence in sentences):
        raise TypeError('cites takes sentences of the handout, such as @cites("The input is not changed.")')

    def remembered(test: Test) -> Test:
        vars(test)[_CITED] = sentences
        return test

    return remembered


def cited_by(test: object) -> tuple[str, ...]:
    """The sentences that a test cites; none if it is not decorated."""
    return tuple(getattr(test, _CITED, ()))
