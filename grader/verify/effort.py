"""How much `verify` does: three efforts, as data.

- Quick is for a teaching assistant between two edits, a minute for six exercises on
  two cores: everything that is only read, and each program that costs no explanation
  with one seed. Mistakes are left out, because recognising one is as much work as
  twenty references; of their variants there may be a hundred.
- Normal is for each change that is pushed: every program, each mistake with its
  variants once, and right programs with enough seeds that a test which refuses one
  right answer in ten is found nine times in ten (20 seeds, several programs).
- Full is for the night and for a release, ten minutes: the same with mutants, every
  condition by itself, and a machine that is busy with something else.

Seeds of references and accepted programs are what finds a tolerance that is too
tight. Stubs never look at their input, so that they need few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.student.conditions import Conditions
from grader.verify.report import Claim

ALONE = (
    Conditions(threads=2),
    Conditions(deterministic=True),
    Conditions(strict_warnings=True),
    Conditions(dtype="float64"),
)
"""Each by itself, so that a failure says which one it is. Each needs judges of its own, 5 s or so."""

TOGETHER = (Conditions(threads=2, deterministic=True, strict_warnings=True), Conditions(dtype="float64"))
"""In half as many starts; what fails here fails alone with `--full`."""


@dataclass(frozen=True)
class Effort:
    """What is tried, and how often.

    Attributes:
        name: What people call it.
        references: Seeds of references; likewise for the other programs. With 0 they are not judged.
        stubs: Seeds of stubs.
        accepted: Seeds of accepted programs.
        null_answers: Seeds of null answers.
        mistakes: Seeds of mistakes.
        conditions: What references are judged under besides the usual.
        under_conditions: Seeds for each of these.
        disturbed: Whether programs are judged again in other orders and again.
        beside_others: Whether also with another number of slots, and on a busy machine.
        mutants: Whether mutants of the references are judged.
        devices: Whether what differs between devices is looked for.
        sample: Whether the sample class is graded.
    """

    name: str
    references: int = 0
    stubs: int = 0
    accepted: int = 0
    null_answers: int = 0
    mistakes: int = 0
    conditions: tuple[Conditions, ...] = ()
    under_conditions: int = 1
    disturbed: bool = True
    beside_others: bool = False
    mutants: bool = False
    devices: bool = True
    sample: bool = True

    def seeds_of(self, claim: Claim) -> int:
        """How many seeds a program is judged with of which this is claimed."""
        seeds = {
            Claim.REFERENCE: self.references,
            Claim.STUB: self.stubs,
            Claim.ACCEPTED: self.accepted,
            Claim.NULL_ANSWER: self.null_answers,
            Claim.MISTAKE: self.mistakes,
        }
        return seeds.get(claim, 0)

    def with_seeds(self, seeds: int) -> Effort:
        """The same with so many seeds for all that is judged, but for null answers."""
        return replace(
            self,
            references=seeds,
            stubs=seeds,
            accepted=seeds if self.accepted else 0,
            mistakes=seeds if self.mistakes else 0,
        )

    def left_out(self) -> tuple[Claim, ...]:
        """The claims that are not tried."""
        tried = {
            Claim.NULL_ANSWER: self.null_answers > 0,
            Claim.ACCEPTED: self.accepted > 0,
            Claim.MISTAKE: self.mistakes > 0,
            Claim.MUTANT: self.mutants,
            Claim.STEADINESS: self.disturbed,
            Claim.DEVICE: self.devices,
        }
        return tuple(claim for claim in Claim if not tried.get(claim, True))


QUICK = Effort(
    "quick",
    references=1,
    stubs=1,
    accepted=1,
    null_answers=1,
    mistakes=0,
    disturbed=False,
    devices=False,
    sample=False,
)
NORMAL = Effort(
    "normal",
    references=20,
    stubs=2,
    accepted=5,
    null_answers=1,
    mistakes=1,
    conditions=TOGETHER,
)
FULL = Effort(
    "full",
    references=50,
    stubs=3,
    accepted=20,
    null_answers=2,
    mistakes=1,
    conditions=ALONE,
    under_conditions=3,
    beside_others=True,
    mutants=True,
)
