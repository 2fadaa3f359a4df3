"""What a wrong number is: each kind where it is true, and no claim where it is not."""

import math

import pytest
import torch

from grader.compare.tolerance import Allowance
from grader.diagnosis.relations import relations
from tests.grader.diagnosis.relations.claims import DIMS, SEEDS, SHAPES, calls, drawn, found, said, sample

# --- factors, signs, offsets ---------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("factor", "named"),
    [
        (lambda n, c: n, "N"),
        (lambda n, c: 1 / n, "1/N"),
        (lambda n, c: c, "C"),
        (lambda n, c: n * c, "N*C"),
        (lambda n, c: 1 / (n * c), "1/(N*C)"),
        (lambda n, c: 2 / n, "2/N"),
        (lambda n, c: math.sqrt(c), "sqrt(C)"),
        (lambda n, c: c / n, "C/N"),
        (lambda n, c: -n, "-N"),
        (lambda n, c: 2, "2"),
        (lambda n, c: math.log(2), "ln 2"),
        (lambda n, c: 1 / math.log(2), "log2 e"),
    ],
)
def test_a_factor_is_named(seed, factor, named):
    relation = found(calls(lambda y, x: y * factor(*x.shape), seed, right=torch.tanh))
    assert (relation.kind, relation.named, relation.value) == ("factor", named, None)


def test_a_factor_without_a_name_is_a_number():
    relation = found(calls(lambda y, x: 3.7 * y))
    assert relation.kind == "factor"
    assert relation.value == pytest.approx(3.7, rel=1e-5)
    assert relation.named == ""
    assert relation.calls == len(SHAPES)


def test_a_factor_that_changes_with_nothing_has_neither_name_nor_number():
    factors = iter([3.17, 0.613, 7.77, 2.348, 0.119])
    relation = found(calls(lambda y, x: y * next(factors)))
    assert said(relation) == ("factor", "", (), None)


def test_right_calls_decide_between_two_names():
    """2 in a batch of two is N where a batch of one is right, and 2 where that is doubled as well."""
    pair, single = ((2, 5), (2, 3), (2, 6)), ((1, 4), (1, 7))
    by_n = calls(lambda y, x: y * x.shape[0], shapes=pair + single)
    assert found(by_n).named == "N"
    assert found(calls(lambda y, x: y * 2, shapes=pair + single)).named == "2"


def test_a_factor_of_a_scalar_needs_a_name_or_calls():
    def mean(x):
        return x.square().mean()

    assert found(calls(lambda y, x: y * x.shape[0], shapes=SHAPES[:3], right=mean)).named == "N"
    assert found(calls(lambda y, x: y * 3.7123, shapes=SHAPES[:1], right=mean)) is None
    assert found(calls(lambda y, x: y * 3.7123, shapes=SHAPES[:3], right=mean)).value == pytest.approx(3.7123)


def test_what_is_clear_in_one_call_may_be_vague_in_another():
    """An allowance as large as the error fits much; it fits what the other calls show, too."""
    made = calls(lambda y, x: -y)
    x = drawn(77, 4, 3)
    wide = Allowance(magnitude=2e5)
    made.append(sample(-x.softmax(-1), x.softmax(-1), x.float(), allowance=wide))
    assert made[-1].findings
    assert found(made).kind == "sign"
    assert found(made[-1:]) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_sign_zero_and_offsets(seed):
    assert said(found(calls(lambda y, x: -y, seed))) == ("sign", "", (), None)
    assert said(found(calls(lambda y, x: 0 * y, seed))) == ("zero", "", (), None)
    assert found(calls(lambda y, x: y + 0.731, seed)).value == pytest.approx(0.731, rel=1e-5)
    by_size = found(calls(lambda y, x: y + 1 / x.shape[0], seed, shapes=SHAPES[:3]))
    assert (by_size.kind, by_size.named) == ("offset", "1/N")


@pytest.mark.parametrize("seed", SEEDS)
def test_constants_and_means(seed):
    constant = found(calls(lambda y, x: torch.full_like(y, 0.25), seed))
    assert said(constant) == ("constant", "", (), 0.25)
    by_size = found(calls(lambda y, x: torch.full_like(y, x.shape[0]), seed))
    assert (by_size.kind, by_size.named) == ("constant", "N")
    mean = found(calls(lambda y, x: y.mean(0, keepdim=True).expand(y.shape), seed, right=torch.tanh))
    assert (mean.kind, mean.dims) == ("mean", (0,))


# --- functions of the expected -----------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (torch.log, "log"),
        (torch.log2, "log2"),
        (torch.exp, "exp"),
        (torch.square, "square"),
        (torch.sqrt, "root"),
        (torch.reciprocal, "reciprocal"),
        (lambda y: 1 - y, "complement"),
    ],
)
def test_a_function_of_the_expected(seed, change, kind):
    assert found(calls(lambda y, x: change(y), seed, shapes=SHAPES[:3])).kind == kind


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_done_to_the_numbers_in_the_end(seed):
    def right(x):
        return 3 * x

    assert found(calls(lambda y, x: y.abs(), seed, right=right)).kind == "absolute"
    assert found(calls(lambda y, x: y.relu(), seed, right=right)).kind == "clipped"
    assert found(calls(lambda y, x: y.trunc(), seed, right=right)).kind == "truncated"
    rounded = found(calls(lambda y, x: y.round(decimals=2), seed, right=right))
    assert (rounded.kind, rounded.value) == ("rounded", 2)


# --- slices --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_of_one_along_another_dimension(seed):
    made = calls(lambda y, x: x.softmax(0), seed, shapes=((3, 4, 5), (2, 6), (4, 4)))
    assert said(found(made)) == ("normalised", "", (0,), None)
    whole = calls(lambda y, x: x.flatten().softmax(0).reshape(x.shape), seed, shapes=((3, 4), (2, 6), (4, 4)))
    assert said(found(whole)) == ("normalised", "", (), None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_factor_for_each_slice(seed):
    made = calls(lambda y, x: y * x.exp().sum(-1, keepdim=True), seed, shapes=((4, 5), (3, 7)))
    assert (found(made).kind, found(made).dims) == ("slice-factor", (1,))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_amount_for_each_slice(seed):
    made = calls(lambda y, x: y - x.amax(1, keepdim=True), seed, shapes=((4, 5), (3, 7)), right=torch.tanh)
    assert (found(made).kind, found(made).dims) == ("slice-offset", (1,))


@pytest.mark.parametrize("seed", SEEDS)
def test_wrong_numbers_alone(seed):
    def half(y, x):
        y = y.clone()
        y[-1] = 0
        return y

    relation = found(calls(half, seed, shapes=((4, 5), (3, 7))))
    assert (relation.kind, relation.wrong_only) == ("zero", True)


# --- nothing to say --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_out_of_the_blue_are_nothing(seed):
    noise = iter(range(1_000_000 + 50 * seed, 1_000_050 + 50 * seed))
    made = calls(lambda y, x: drawn(next(noise), *y.shape), seed)
    assert relations(made, DIMS) == [{} for _ in made]


@pytest.mark.parametrize("seed", SEEDS)
def test_nearly_a_factor_is_no_factor(seed):
    made = calls(lambda y, x: 2 * y + 0.01 * drawn(seed, *y.shape), seed)
    assert relations(made, DIMS) == [{} for _ in made]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_number_that_is_wrong_by_accident_says_nothing(seed):
    made = calls(
        lambda y, x: y + drawn(seed, 1)[0].abs() * 0.3, seed, shapes=((5, 4),), right=lambda x: x.sum()
    )
    assert found(made) is None


def test_right_answers_have_no_relation():
    assert relations(calls(lambda y, x: y), DIMS) == [{} for _ in SHAPES]
    assert relations([], DIMS) == []


def test_large_tensors_are_left_alone():
    x = drawn(0, 400, 300)
    assert relations([sample(-x, x, x.float())], DIMS) == [{}]
