"""From what ran during a call to the finding that it was forbidden.

The worker says which operators ran; the exercise's rules say, in the handout's
words, what was broken. Of what the worker says only names that torch has are
kept, and lines that stand in the student's files.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Protocol

import torch

from grader.findings import ForbiddenUsed
from grader.student.session import Session
from grader.wire.messages import ForbiddenUse

USES = 20
"""Uses of something forbidden that are looked at; one is enough."""

AUTOGRAD = "autograd"
"""What a worker calls any way of going backward."""


class Rule(Protocol):
    """What an exercise forbids; `grader.course.ForbiddenRule` is one."""

    @property
    def say(self) -> str:
        """What is forbidden, in the handout's words."""

    @property
    def operators(self) -> tuple[str, ...]:
        """Glob patterns of dispatcher names."""

    @property
    def autograd(self) -> bool:
        """Whether going backward is forbidden."""


def forbidden_used(session: Session, name: str, uses: Sequence[ForbiddenUse], call: str) -> ForbiddenUsed:
    """One finding for all uses; the lines are those of the first. Only names that torch has are kept."""
    rules: Sequence[Rule] = session.rules(name)
    uses = uses[:USES]
    what = tuple(dict.fromkeys(use.what for use in uses if _is_of_torch(use.what)))
    broken = [rule for rule in rules if any(_matches(rule, use.what) for use in uses)] or rules
    return ForbiddenUsed(
        call=call,
        what=what,
        forbidden=", ".join(dict.fromkeys(rule.say for rule in broken)),
        frames=session.evidence.frames(uses[0].frames),
    )


def _is_of_torch(what: str) -> bool:
    """Whether this is the name of an operator; a worker could say anything."""
    return what == AUTOGRAD or what in _operators()


@cache
def _operators() -> frozenset[str]:
    """All operators of torch, without their overloads."""
    return frozenset(name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names())


def _matches(rule: Rule, what: str) -> bool:
    name = what.rpartition("::")[2].partition(".")[0]
    if any(fnmatchcase(name, pattern) for pattern in rule.operators):
        return True
    return rule.autograd and "autograd" in what
