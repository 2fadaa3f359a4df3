"""Claims for the tests of relations: a right value beside a wrong one, as `expect` records them.

Wrong values are made from right ones by a function, so that what a relation must
be is known; numbers are drawn anew for each seed.
"""

import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.relations import relations
from grader.wire.values import TensorValue

SEEDS = range(30)
DIMS = {"f": [("N", "C"), ("N",)], "conv": [("N", "C_in", "H", "W")]}
SHAPES = ((5, 4), (6, 3), (2, 7), (1, 5), (8, 8))


def drawn(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def far(value):
    if isinstance(value, torch.Tensor):
        return TensorValue(value.detach().clone(), "cpu", value.requires_grad)
    if isinstance(value, tuple | list):
        return type(value)(far(each) for each in value)
    if isinstance(value, dict):
        return {key: far(each) for key, each in value.items()}
    return value


def sample(value, expected, *args, name="f", dtype=torch.float32, allowance=None, **kwargs):
    """A claim as `expect` records it; tensors of `value` are rounded to `dtype`, unless they are whole."""
    seen = far(_rounded(value, dtype))
    allowance = allowance or Allowance()
    terms = Terms(dtype=dtype)
    found = tuple(compare(seen, expected, allowance, terms))
    return Sample("value", name, args, kwargs, seen, expected, allowance, terms, found)


def _rounded(value, dtype):
    if isinstance(value, torch.Tensor):
        return value.to(dtype) if value.dtype == torch.float64 and dtype == torch.float32 else value
    if isinstance(value, tuple | list):
        return type(value)(_rounded(each, dtype) for each in value)
    return value


def calls(wrong, seed=0, shapes=SHAPES, right=lambda x: x.softmax(-1), **kwargs):
    """One call for each shape: `wrong(expected, x)` comes back where `right(x)` should."""
    made = []
    for i, shape in enumerate(shapes):
        x = drawn(100 * seed + i, *shape)
        made.append(sample(wrong(right(x), x), right(x), x.float(), **kwargs))
    return made


def found(samples, leaf="", dims=DIMS):
    """The relations of all samples that fail, which must be the same one; None if there is none."""
    all_found = relations(samples, dims)
    assert len(all_found) == len(samples)
    mine = [each.get(leaf) for each, claim in zip(all_found, samples, strict=True) if claim.findings]
    assert not any(each for each, claim in zip(all_found, samples, strict=True) if not claim.findings)
    assert mine, "nothing failed"
    assert all(each == mine[0] for each in mine), mine
    return mine[0]


def said(relation):
    """Kind, name, dims and value, without what is not set."""
    return None if relation is None else (relation.kind, relation.named, relation.dims, relation.value)


def hurt(y):
    """Wrong in a way that no relation describes."""
    return y + y.roll(1, -1) * 0.37 + y * y
