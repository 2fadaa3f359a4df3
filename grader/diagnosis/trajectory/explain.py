"""From the calls of a failing test to what is known of its training loop, or of the loop that measured.

Only a loop over what blueprints describe is explained, and only where the test
itself did nothing to the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

import torch

from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.trajectory.loops import Problem, problem_of, run_reference
from grader.diagnosis.trajectory.measuring import of_measuring
from grader.diagnosis.trajectory.training import of_training
from grader.findings.trajectory import Trajectory
from grader.student.calls import Witness
from grader.student.failures import StudentFailed

DRIFT = {
    torch.float64: Allowance(terms=10_000, magnitude=1_000.0),
    torch.float32: Allowance(terms=64, magnitude=10.0),
}
"""How far parameters of right loops may drift apart, where a test does not say."""

TOUCHING = ("load_state_dict", "set_parameters", "step", "to")
"""Methods with which a test changes a model by itself."""


def explain_training(
    witnesses: Sequence[Witness], samples: Sequence[Sample], solution: ModuleType
) -> Trajectory | None:
    """Where the last loop of a failing test left the reference's way, and what was seen there.

    Args:
        witnesses: The calls of that test, made while they were witnessed; its worker
            still lives, so that what it built can be asked.
        samples: What the test claimed, for how far numbers may differ.
        solution: The reference's module.

    Returns:
        None if the test has no loop over what blueprints describe, the reference has
        no function of that name, or nothing is known of what went wrong.
    """
    loops = [(each, found) for each in witnesses if (found := problem_of(each))]
    if not loops:
        return None
    witness, problem = loops[-1]
    function = getattr(solution, witness.asked.name, None)
    met_before = any(other.far is problem.far for _, other in loops[:-1])
    if function is None or met_before or not problem.far.alive or _touched(problem, witnesses):
        return None
    with torch.random.fork_rng(devices=[]):
        right = run_reference(problem, witness, function)
        try:
            if problem.optimizer is not None:
                return of_training(problem, witness, right, _allowance(problem, witness, samples))
            return of_measuring(problem, witness, right)
        except StudentFailed:  # the worker ended, or does not answer: then nothing is known
            return None


def _touched(problem: Problem, witnesses: Sequence[Witness]) -> bool:
    """Whether the test itself changed the model, before the loop or after it."""
    names = (*TOUCHING, "__call__") if any("running" in name for name in problem.model.state) else TOUCHING
    return any(witness.asked.name in names for witness in witnesses)


def _allowance(problem: Problem, witness: Witness, samples: Sequence[Sample]) -> Allowance | None:
    """How far parameters may differ; None where rounding alone can lead another way."""
    if problem.dtype not in DRIFT or problem.optimizer is None:
        return None
    if problem.dtype != torch.float64 and problem.optimizer.name != "sgd":
        return None
    for sample in samples:
        claims_state = sample.name == witness.asked.name and isinstance(sample.expected, Mapping)
        if claims_state and isinstance(sample.allowance, Allowance):
            return sample.allowance
    return DRIFT[problem.dtype]
