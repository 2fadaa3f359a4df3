"""What a wrong value is: each kind where it is true, and no claim where it is not."""

import math

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.relations import leaf_of, relations
from grader.findings import ArgumentModified, NoGradient
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


# --- when ---------------------------------------------------------------------------------------


def hurt(y):
    return y + y.roll(1, -1) * 0.37 + y * y


@pytest.mark.parametrize("seed", SEEDS)
def test_right_only_for(seed):
    def only(condition, shapes, **kwargs):
        made = calls(lambda y, x: y if condition(x) else hurt(y), seed, shapes, torch.tanh, **kwargs)
        relation = found(made)
        assert relation.kind == "when"
        return relation.when.kind, relation.when.name

    assert only(lambda x: x.shape[0] == 1, ((1, 5), (1, 4), (3, 4), (5, 5))) == ("size-more", "N")
    assert only(lambda x: x.shape[0] > 1, ((1, 5), (1, 4), (3, 4), (5, 5))) == ("size-one", "N")
    squares = ((4, 4), (3, 3), (3, 4), (5, 2))
    assert only(lambda x: x.shape[0] == x.shape[1], squares) == ("not-square", "")
    assert only(lambda x: x.ndim == 2, ((3, 4), (4, 5), (4, 5, 6), (3, 3, 4))) == ("rank", "")


def test_right_only_without_an_option():
    made = calls(lambda y, x: y, 1, SHAPES[:3]) + calls(lambda y, x: y, 2, SHAPES[:2], stride=1)
    made += calls(lambda y, x: hurt(y), 3, SHAPES[:3], stride=(1, 2))
    assert (found(made).when.kind, found(made).when.name) == ("option", "stride")


def test_wrong_only_for_large_inputs():
    made = [sample(x, x, x.float()) for x in (drawn(i, 3, 4) for i in range(4))]
    for i in range(3):
        x = 1000 * drawn(i, 3, 4)
        seen = x.clone()
        seen[0] = torch.nan
        made.append(sample(seen, x, x.float()))
    relation = found(made)
    assert relation.kind == "finite"
    assert relation.when.kind == "large"
    assert 100 < relation.when.value < 3000


def test_float64_alone():
    made = calls(lambda y, x: y, 1)
    for i in range(2):
        x = drawn(i, 3, 4)
        made.append(sample(x.softmax(-1).float().double(), x.softmax(-1), x, dtype=torch.float64))
    assert (found(made).when.kind, found(made).when.name) == ("dtype", "float64")


def test_two_calls_are_too_few_to_tell_when():
    made = calls(lambda y, x: y if len(x) == 1 else hurt(y), shapes=((1, 5), (3, 4)), right=torch.tanh)
    assert found(made) is None


def test_trivial_right_answers_tell_nothing():
    """A softmax over one class is right in any program."""
    made = calls(lambda y, x: y, 1, ((4, 1), (3, 1), (5, 1)))
    made += calls(lambda y, x: hurt(y), 2, ((4, 3), (3, 5)))
    assert found(made) is None


# --- place -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_place_in_all_calls(seed):
    def last_wrong(y, x):
        return torch.cat([y[:-1], hurt(y[-1:])])

    def only_first_right(y, x):
        return torch.cat([y[:1], hurt(y[1:])])

    shapes = ((4, 5), (6, 3))
    last = found(calls(last_wrong, seed, shapes, torch.tanh))
    assert (last.kind, last.named, last.dims) == ("place", "last", (0,))
    first = found(calls(only_first_right, seed, shapes, torch.tanh))
    assert (first.kind, first.named, first.dims) == ("place", "not-first", (0,))


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


# --- what is right though something else is not -----------------------------------------------------------


def test_values_right_and_dtype_wrong():
    made = [sample(x.softmax(-1).float().double() + 0, x.softmax(-1), x.float()) for x in (drawn(1, 3, 4),)]
    made[0] = _with_value(made[0], far(made[0].expected))
    assert found(made).kind == "values-right"
    wrong = _with_value(made[0], far(made[0].expected * 2))
    assert found([wrong]).named == "2"
    nothing = _with_value(made[0], far(hurt(made[0].expected)))
    assert found([nothing]) is None


def _with_value(claim, value):
    findings = tuple(compare(value, claim.expected, claim.allowance, claim.terms))
    return Sample(
        "value",
        claim.name,
        claim.args,
        claim.kwargs,
        value,
        claim.expected,
        claim.allowance,
        claim.terms,
        findings,
    )


def test_the_device_alone():
    x = drawn(1, 3, 4)
    claim = sample(x, x, x.float())
    assert found([_with_value(claim, TensorValue(x.float(), "cuda:0", False))]).kind == "values-right"


def with_gradients(seed, value, gradients, expected, *, follows=True):
    """A claim about a value and one about its gradient, of one call."""
    x = drawn(seed, 3, 4).float()
    args = (x,)
    right = x.double().tanh()
    terms = Terms(dtype=torch.float32)
    data = TensorValue(value(right).float(), "cpu", follows)
    first = Sample(
        "value",
        "f",
        args,
        {},
        data,
        right,
        terms=terms,
        findings=tuple(compare(data, right, Allowance(), terms)),
    )
    leaf = "the gradient of x"
    if gradients is None:
        seen, findings = (None,), (NoGradient(argument="x"),)
    else:
        seen = (far(gradients(expected).float()),)
        findings = tuple(compare(seen[0], expected, Allowance(), terms, leaf=leaf))
    return [
        first,
        Sample("gradients", "f", args, {}, seen, (expected,), terms=terms, findings=findings),
    ]


def test_a_graph_lost():
    leaf = "the gradient of x"
    for follows, named in ((False, "graph"), (True, "")):
        made = with_gradients(1, lambda y: y, None, drawn(2, 3, 4), follows=follows)
        assert leaf_of(made[1].findings[0]) == leaf
        relation = relations(made, DIMS)[1][leaf]
        assert (relation.kind, relation.named) == ("detached", named)
    assert relations(with_gradients(1, hurt, None, drawn(2, 3, 4)), DIMS)[1] == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_too(seed):
    leaf = "the gradient of x"
    for change, kind in ((lambda g: -g, "sign"), (lambda g: 0 * g, "zero"), (lambda g: 3 * g, "factor")):
        made = with_gradients(seed, lambda y: y, change, drawn(seed + 40, 3, 4))
        assert relations(made, DIMS)[1][leaf].kind == kind


def test_an_argument_that_holds_the_result():
    x = drawn(1, 3, 4).float()
    result = x.double().softmax(-1).float()
    args = (x,)
    made = [
        Sample("value", "f", args, {}, far(result), result.double(), terms=Terms(dtype=torch.float32)),
        Sample(
            "arguments",
            "f",
            args,
            {},
            (far(result),),
            (x,),
            terms=Terms(dtype=torch.float32),
            findings=(ArgumentModified(argument="argument 1"),),
        ),
    ]
    assert relations(made, DIMS)[1]["argument 1"].kind == "result"
    assert leaf_of(made[1].findings[0]) == "argument 1"
    made[1] = Sample(
        "arguments",
        "f",
        args,
        {},
        (far(hurt(x)),),
        (x,),
        terms=Terms(dtype=torch.float32),
        findings=(ArgumentModified(argument="argument 1"),),
    )
    assert relations(made, DIMS)[1] == {}


# --- several ways to be wrong, and several parts ---------------------------------------------------------


def test_two_ways_to_be_wrong_are_told_apart():
    made = calls(lambda y, x: -y, 1, SHAPES[:3]) + calls(lambda y, x: 3.7 * y, 2, SHAPES[:2])
    kinds = [next(iter(each.values())).kind for each in relations(made, DIMS)]
    assert kinds == ["sign"] * 3 + ["factor"] * 2


def test_lists_of_floats_and_dicts():
    made = [sample([0.5 * n, 0.25 * n], [0.5, 0.25], drawn(n, n, 3).float()) for n in (2, 3, 5)]
    assert found(made, "[0]").named == "N"
    key = "a name that '; student code chose"
    x = drawn(1, 3, 4)
    claim = sample({key: -x.float()}, {key: x}, x.float())
    relation = relations([claim], DIMS)[0][f"[{key!r}]"]
    assert relation.kind == "sign"
    assert relation.leaf == ""
    assert "student" not in relation.model_dump_json()


def test_statements_and_other_things_are_passed_over():
    made = [Sample("statement", value=False), Sample("state", "f", value=("grad mode",))]
    made += [sample(None, torch.ones(2), name="f"), sample((1,), (torch.ones(2),))]
    assert relations(made, DIMS) == [{}] * 4
