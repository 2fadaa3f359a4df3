"""Right numbers in the wrong place: arguments, earlier calls, orders, shapes; each where it is true."""

import pytest
import torch

from grader.compare.tolerance import Allowance
from tests.grader.diagnosis.relations.claims import SEEDS, SHAPES, calls, drawn, found, hurt, said, sample

# --- arguments -------------------------------------------------------------------------


def test_an_argument_returned():
    made = [sample(x, x.tanh(), x.float()) for x in (drawn(i, 3, 4) for i in range(3))]
    assert said(found(made)) == ("argument", "argument 1", (), None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_missing_bias_is_named(seed):
    made = []
    for i, shape in enumerate(((2, 3, 4, 4), (1, 3, 2, 5))):
        x, bias = drawn(9 * seed + i, *shape), drawn(seed + 50 + i, 3)
        right = x.tanh() + bias.float().double()[:, None, None]
        made.append(sample(x.tanh(), right, x.float(), name="conv", bias=bias.float()))
        made.append(sample(x.tanh(), x.tanh(), x.float(), name="conv"))
    relation = found(made)
    assert said(relation) == ("missing", "bias", (), None)
    assert relation.when is None  # that it is missing where it is given says nothing more


def test_an_argument_added_twice_multiplied_and_divided():
    a, b = drawn(1, 4, 3), drawn(2, 4, 3)
    a, b = a.float().double(), b.float().double()
    for wrong, right, kind in (
        (a.tanh() + 2 * b, a.tanh() + b, "added"),
        (a.tanh() * b, a.tanh(), "extra-factor"),
        (a.tanh(), a.tanh() * b, "missing-factor"),
    ):
        relation = found([sample(wrong, right, a.float(), b.float())])
        assert (relation.kind, relation.named) == (kind, "argument 2")


def test_the_result_of_an_earlier_call():
    inputs = [drawn(i, 4, 3) for i in range(4)]
    made = [sample(inputs[max(i - 1, 0)].softmax(-1), x.softmax(-1), x.float()) for i, x in enumerate(inputs)]
    assert found(made).kind == "earlier"


def test_a_result_that_comes_from_no_argument_is_the_same_in_every_call():
    always = torch.tensor([4.0, 2.0])
    same = [sample(always, drawn(i, 2), drawn(i, 3, 2).float()) for i in range(3)]
    assert (found(same).kind, found(same).calls) == ("earlier", 3)
    shapes = [sample(always, drawn(i, 3 + i), drawn(i, 3, 3 + i).float()) for i in range(3)]
    assert (found(shapes).kind, found(shapes).calls) == ("earlier", 3)


def test_the_same_inputs_may_give_the_same_again():
    """An option that is ignored is no cache: the inputs are the same ones."""
    x = drawn(1, 4, 5)
    made = [
        sample(x.softmax(-1), x.softmax(-1), x.float(), dim=-1),
        sample(x.softmax(-1), x.softmax(0), x.float(), dim=0),
    ]
    assert found(made).kind == "normalised"


def test_infinite_results_are_nobodys_cache():
    made = [sample(torch.tensor(torch.nan), x.sum(), x.float()) for x in (drawn(i, 4, 3) for i in range(4))]
    assert found(made) is None


def test_an_infinite_result_is_not_exp_of_a_large_one():
    made = [
        sample(torch.tensor(torch.inf), x.sum() + 5000, x.float()) for x in (drawn(i, 4, 3) for i in range(4))
    ]
    assert found(made) is None


def test_parts_in_another_order():
    made = []
    for i in range(3):
        x, w = drawn(i, 4, 3), drawn(i + 9, 2, 5)
        made.append(sample((w, x), (x, w), x.float()))
    assert found(made, "[0]").named == "[1]"
    assert found(made, "[1]").named == "[0]"


# --- order -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("change", "kind", "dims"),
    [
        (lambda y: y.t(), "transposed", (0, 1)),
        (lambda y: y.flip(0), "flipped", (0,)),
        (lambda y: y.flip(-1), "flipped", (1,)),
        (lambda y: y.flip(0, 1), "flipped", (0, 1)),
        (lambda y: y.roll(1, 0), "rolled", (0,)),
        (lambda y: y.roll(-1, 1), "rolled", (1,)),
    ],
)
def test_square_matrices_in_another_order(seed, change, kind, dims):
    relation = found(calls(lambda y, x: change(y), seed, shapes=((5, 5), (4, 4))))
    assert (relation.kind, relation.dims) == (kind, dims)


def test_a_reshape_in_place_of_a_transpose():
    made = calls(lambda y, x: y.t().reshape(y.shape), shapes=((5, 4), (3, 4)))
    assert said(found(made)) == ("viewed", "", (1, 0), None)


def test_moved_by_one():
    made = calls(
        lambda y, x: torch.cat([y[:, 1:], torch.full((len(y), 1), 7.0)], 1), 0, SHAPES[:3], torch.tanh
    )
    relation = found(made)
    assert (relation.kind, relation.dims, relation.value) == ("shifted", (1,), -1)


def test_some_other_order():
    order = torch.tensor([3, 0, 4, 1, 2])
    made = calls(lambda y, x: y[order], shapes=((5, 6), (5, 3)), right=torch.tanh)
    assert (found(made).kind, found(made).dims) == ("reordered", (0,))
    made = calls(lambda y, x: y[:, order], shapes=((6, 5), (3, 5)), right=torch.tanh)
    assert (found(made).kind, found(made).dims) == ("reordered", (1,))


def test_symmetric_matrices_are_not_transposed():
    """What is the same either way is right, and what is wrong in another way is not a transpose."""
    made = calls(lambda y, x: y + 0.1 * x.abs(), shapes=((4, 4),), right=lambda x: x @ x.t())
    assert found(made) is None


# --- another shape ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("change", "kind", "dims", "named"),
    [
        (lambda y: y[None], "unsqueezed", (), ""),
        (lambda y: y.flatten(), "reshaped", (), ""),
        (lambda y: y.transpose(1, 2), "transposed", (1, 2), ""),
        (lambda y: y.permute(2, 0, 1), "transposed", (2, 0, 1), ""),
        (lambda y: y.expand(2, *y.shape), "expanded", (), ""),
        (lambda y: y.sum(1), "reduced", (1,), "sum"),
        (lambda y: y.mean((0, 1, 2)), "reduced", (), "mean"),
        (lambda y: y[:, 1:-1, 1:-1], "cropped", (), ""),
        (lambda y: torch.nn.functional.pad(y, (1, 1, 1, 1)), "padded", (), ""),
        (lambda y: y[:-1], "leading", (), ""),
        (lambda y: torch.cat([y, y[:1] * 2]), "longer", (), ""),
        (lambda y: y.repeat_interleave(2, 1).repeat_interleave(2, 2), "steps", (2, 2), ""),
    ],
)
def test_another_shape(seed, change, kind, dims, named):
    made = calls(lambda y, x: change(y), seed, ((3, 4, 5), (2, 5, 6)), torch.tanh)
    relation = found(made)
    assert (relation.kind, relation.dims, relation.named) == (kind, dims, named)


def test_a_dimension_of_one_is_gone():
    made = calls(lambda y, x: y.squeeze(), shapes=((1, 5), (4, 1)), right=torch.tanh)
    assert found(made).kind == "squeezed"


@pytest.mark.parametrize("seed", SEEDS)
def test_not_summed(seed):
    made = calls(lambda y, x: x.tanh(), seed, ((3, 4), (6, 5)), lambda x: x.tanh().sum(0))
    assert said(found(made)) == ("not-reduced", "sum", (0,), None)
    made = calls(lambda y, x: x.tanh(), seed, ((3, 4), (6, 5)), lambda x: x.tanh().mean())
    assert said(found(made)) == ("not-reduced", "mean", (0, 1), None)


def test_another_shape_with_other_numbers_is_nothing():
    made = calls(lambda y, x: hurt(y)[None], shapes=((3, 4), (5, 6)), right=torch.tanh)
    assert found(made) is None


def test_another_shape_is_not_explained_where_anything_would_fit():
    x = drawn(1, 3, 4)
    wide = Allowance(magnitude=1e7)
    assert found([sample(x[None], x, x.float(), allowance=wide)]) is None
