"""Which of a student's parameters plays which part: names and storage order are up to the student.

The contract fixes what an MLP computes from its parameters, not what they are
called, in which order they are registered, or which way round a weight lies. So
the judge gives all parameters new values and asks: is there a way to see the
student's parameters as the reference's, in which both give the same logits? This
module lists the ways. It knows shapes only, and nothing of the network.

It stands beside the hidden tests because only they need it, and is no part of the
grader: another exercise has other freedoms.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """Where one of the reference's parameters lies among the student's.

    Attributes:
        name: The student's name for it; None for a bias that is not there (it counts as zeros).
        shape: The reference's shape.
        transposed: Whether the student stores it the other way round.
    """

    name: str | None
    shape: Shape
    transposed: bool = False

    def read(self, parameters: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The student's parameter as the reference has it, in float64."""
        if self.name is None:
            return torch.zeros(self.shape, dtype=torch.float64)
        stored = parameters[self.name].detach().double()
        return stored.squeeze().T.reshape(self.shape) if self.transposed else stored.reshape(self.shape)

    def back(self, value: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        """A tensor of the reference's shape as the student would store it, shaped as `like`."""
        return (value.T if self.transposed else value).reshape(like.shape)


Places = dict[str, Place]
"""A place for each of the reference's parameters, by the reference's name."""


def places(wanted: Sequence[tuple[str, Shape]], given: Mapping[str, Shape]) -> Iterator[Places]:
    """All ways to see the parameters `given` as those `wanted`.

    Shapes count without dimensions of one: a bias (1, 256) is as good as (256,).
    Every given parameter must have its place. Biases may be missing, so that a
    network without one is still compared with the formula. What is given comes
    from student code: however many parameters of one shape there are, the search
    stays small, because it ends where there are more of them than places.

    Args:
        wanted: Names and shapes of the reference's parameters.
        given: Names and shapes of the student's, in the order of registration.
    """
    if len(given) > len(wanted):
        return
    if not wanted:
        yield {}
        return
    (role, shape), *rest = wanted
    for place in _candidates(shape, given, missing=len(wanted) - len(given)):
        others = {name: other for name, other in given.items() if name != place.name}
        for tail in places(rest, others):
            yield {role: place, **tail}


def _candidates(shape: Shape, given: Mapping[str, Shape], missing: int) -> Iterator[Place]:
    for name, other in given.items():
        bare = _bare(other)
        if bare == _bare(shape):
            yield Place(name, shape)
        if len(shape) == 2 and bare == _bare(shape)[::-1]:
            yield Place(name, shape, transposed=True)
    if len(shape) == 1 and missing > 0:
        yield Place(None, shape)


def _bare(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
