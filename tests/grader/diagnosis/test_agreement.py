"""Wrong in the same way: nearer to each other than to what was expected, at every claim."""

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.agreement import Record, agree, same
from grader.findings import CheckFailed, ExceptionRaised
from grader.student.calls import Answer, Refusal
from grader.wire.values import TensorValue

TERMS = Terms(dtype=torch.float32)


def far(data, device="cpu"):
    return TensorValue(data, device, False)


def sample(value, expected, claim="value", allowance=Allowance()):  # noqa: B008
    found = compare(value, expected, allowance, TERMS)
    return Sample(claim, "f", (), {}, value, expected, allowance, TERMS, tuple(found))


def record(*samples, passed=False):
    return Record(passed, samples, samples[-1].findings if samples else ())


def of(value, expected, **options):
    return record(sample(value, expected, **options))


def numbers(seed=0, n=50):
    return torch.randn(n, generator=torch.Generator().manual_seed(seed))


def test_the_same_wrong_numbers_up_to_rounding():
    x = numbers()
    expected, wrong = x.double(), x * 3
    assert agree(of(far(wrong), expected), of(far(wrong * (1 + 1e-6)), expected))


def test_other_wrong_numbers():
    x = numbers()
    assert not agree(of(far(x * 3), x.double()), of(far(x * 3.2), x.double()))


def test_one_other_number_is_enough():
    x = numbers()
    wrong = x * 3
    other = wrong.clone()
    other[7] += 0.5
    assert not agree(of(far(wrong), x.double()), of(far(other), x.double()))


def test_small_errors_are_compared_on_their_own_scale():
    x = numbers()
    one, other = x + 1e-4, x - 1e-4
    assert agree(of(far(one), x.double()), of(far(one + 1e-7), x.double()))
    assert not agree(of(far(one), x.double()), of(far(other), x.double()))


def test_nan_must_stand_at_the_same_places():
    x = numbers()
    one, other = x.clone(), x.clone()
    one[3] = other[3] = float("nan")
    assert agree(of(far(one), x.double()), of(far(other), x.double()))
    other[4] = float("nan")
    assert not agree(of(far(one), x.double()), of(far(other), x.double()))


def test_how_an_overflow_ends_depends_on_what_is_computed_first():
    x = numbers()
    one, other = x.clone(), x.clone()
    one[3], other[3] = float("inf"), float("nan")
    assert agree(of(far(one), x.double()), of(far(other), x.double()))
    other[3] = 5.0
    assert not agree(of(far(one), x.double()), of(far(other), x.double()))


def test_where_infinity_is_right_its_sign_counts():
    x = numbers()
    expected = x.double()
    expected[3] = float("inf")
    one, other = x.clone(), x.clone()
    one[3], other[3] = float("nan"), float("-inf")
    assert not agree(of(far(one), expected), of(far(other), expected))


def test_who_passes_agrees_with_nobody():
    x = numbers()
    right, wrong = of(far(x), x.double()), of(far(x * 3), x.double())
    assert not agree(Record(True, right.samples, ()), wrong)
    assert not agree(wrong, Record(True, right.samples, ()))


def test_shape_dtype_and_type_count():
    x = numbers(n=6)
    expected = x.double()
    wrong = far(x.reshape(2, 3))
    assert agree(of(wrong, expected), of(far(x.reshape(2, 3).clone()), expected))
    assert not agree(of(wrong, expected), of(far(x.reshape(3, 2)), expected))
    assert not agree(of(far(x.double()), expected), of(far(x * 2), expected))
    assert not agree(of(wrong, expected), of(None, expected))
    assert agree(of(None, expected), of(None, expected))


def test_values_of_another_shape_are_compared_too():
    x = numbers(n=6)
    assert not agree(of(far(x[None]), x.double()), of(far(x[None] * 2), x.double()))


def test_parts_of_tuples_and_dicts():
    x = numbers()
    expected = (x.double(), {"a": 1.0})
    right = (far(x * 2), {"a": 2.0})
    assert agree(of(right, expected), of((far(x * 2), {"a": 2.0 + 1e-9}), expected))
    assert not agree(of(right, expected), of((far(x * 2), {"a": 3.0}), expected))
    assert not agree(of(right, expected), of((far(x * 2),), expected))
    assert not agree(of((far(x), {"b": 1.0}), expected), of((far(x), {"c": 1.0}), expected))


def of_part(values, expected, part):
    found = compare(values, expected, Allowance(), TERMS, part=part)
    return record(
        Sample("value", "f", (), {}, values, expected, terms=TERMS, findings=tuple(found), part=part)
    )


def test_only_the_part_that_was_compared_counts():
    x = numbers()
    expected = (x.double(), x.double())
    one, other = (far(x * 3), far(x)), (far(x * 3), far(x * 5))
    assert agree(of_part(one, expected, 0), of_part(other, expected, 0))
    assert not agree(of(one, expected), of(other, expected))
    assert not agree(of_part((far(x * 2), far(x)), expected, 0), of_part(other, expected, 0))


def test_without_the_part_the_whole_is_compared():
    x = numbers()
    expected = (x.double(), x.double())
    whole, short = of_part(far(x), expected, 1), of_part((far(x),), expected, 1)
    assert agree(whole, of_part(far(x), expected, 1))
    assert not agree(whole, of_part(far(x * 2), expected, 1))
    assert not agree(short, of_part((far(x), far(x), far(x)), expected, 1))
    assert agree(short, of_part((far(x),), expected, 1))
    assert not agree(short, of_part((far(x * 2),), expected, 1))


def test_each_part_has_its_own_allowance():
    x = numbers()
    expected = (x.double(), x.double())
    loose = (Allowance(magnitude=1.0), Allowance(magnitude=1e6))
    one = (far(x * 2), far(x))
    other = (far(x * 2), far(x + 0.01))
    assert agree(of(one, expected, allowance=loose), of(other, expected, allowance=loose))
    assert not agree(of(one, expected), of(other, expected))


def test_the_number_of_claims_counts():
    x = numbers()
    right, wrong = sample(far(x), x.double()), sample(far(x * 3), x.double())
    assert not agree(record(right, wrong), record(wrong))


def test_claims_of_another_kind_or_with_other_findings():
    x = numbers()
    wrong = of(far(x * 3), x.double())
    assert not agree(wrong, of(far(x * 3), x.double(), claim="gradients"))
    assert not agree(wrong, of(far(x * float("nan")), x.double()))


def statement(detail, holds=False):
    found = () if holds else (CheckFailed(statement="Each batch is seen once.", detail=detail),)
    return Record(
        False,
        (Sample("statement", value=("Each batch is seen once.", holds, detail), findings=found),),
        found,
    )


def test_a_statement_is_the_same_in_its_detail_too():
    assert agree(statement("seen twice"), statement("seen twice"))
    assert not agree(statement("seen twice"), statement("seen three times"))


def test_numbers_in_what_was_seen_may_differ_a_little():
    assert agree(statement("moved by 1.30e-01"), statement("moved by 1.31e-01"))
    assert not agree(statement("moved by 1.3e-01"), statement("moved by 2.6e-01"))
    assert not agree(statement("3 batches"), statement("6 batches"))


def test_what_was_seen_of_a_statement_that_holds_says_nothing():
    wrong = sample(far(numbers() * 3), numbers().double())
    one, other = (
        record(statement(detail, holds=True).samples[0], wrong) for detail in ("moved by 1", "by 9")
    )
    assert agree(one, other)


def test_shapes_that_do_not_fit_are_one_thing_however_they_are_said():
    said = {"matmul-shapes": "mat1 and mat2 shapes", "einsum": "einsum(): operands", "one-number": "only one"}
    one, two, other = (
        Record(False, (), (ExceptionRaised(type="RuntimeError", message=text, frames=(), kind=kind),))
        for kind, text in said.items()
    )
    assert agree(one, two)
    assert not agree(one, other)


def raised(message, kind="RuntimeError"):
    return Record(False, (), (ExceptionRaised(type=kind, message=message, frames=()),))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("size of tensor a (5) must match b (7)", "size of tensor a (3) must match b (2)", True),
        ("name 'x' is not defined", "name 'logits' is not defined", True),
        ("size of tensor a (5) must match b (7)", "view size is not compatible", False),
    ],
)
def test_exceptions_agree_by_type_and_by_what_they_say_apart_from_numbers_and_names(one, other, alike):
    assert agree(raised(one), raised(other)) is alike
    assert not agree(raised(one), raised(other, "ValueError"))


def test_another_ending_is_another_mistake():
    assert not agree(raised("a"), statement("a"))


def refusal(value):
    return Record(False, (Sample("refusal", "f", (), {}, value, "ValueError"),), ())


def test_refusals_agree_by_type_and_answers_by_value():
    said, other = (Refusal("f()", kind, (kind,), "m", ()) for kind in ("KeyError", "TypeError"))
    x = numbers()
    one, two = (Answer("f()", far(x * k), dtype=torch.float32) for k in (1, 2))
    assert same(refusal(said), refusal(Refusal("f()", "KeyError", (), "other", ())))
    assert not same(refusal(said), refusal(other))
    assert not same(refusal(said), refusal(one))
    assert same(refusal(one), refusal(Answer("f()", far(x + 1e-8), dtype=torch.float32)))
    assert not same(refusal(one), refusal(two))
