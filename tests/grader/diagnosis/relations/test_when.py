"""When a value is wrong, where, and what is right though something else is not."""

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.relations import leaf_of, relations
from grader.findings import ArgumentModified, NoGradient
from grader.wire.values import TensorValue
from tests.grader.diagnosis.relations.claims import (
    DIMS,
    SEEDS,
    SHAPES,
    calls,
    drawn,
    far,
    found,
    hurt,
    sample,
)

# --- when ---------------------------------------------------------------------------------------


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
