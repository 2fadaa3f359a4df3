"""Claims hold or raise with every finding; a claim that makes no sense is the author's mistake."""

import pytest
import torch

from grader.checks import CheckFailed, check, expect
from grader.checks.expect import Expected
from grader.compare.tolerance import Allowance
from grader.findings import Frame
from grader.student.proxy import Answer, Refusal
from grader.wire.values import TensorValue


def far(values, dtype=torch.float32):
    return TensorValue(torch.tensor(values, dtype=dtype), "cpu", False)


def answer(value=None, **fields):
    known = {"arguments": None, "gradients": None, "changed": (), "device": "cpu", "dtype": torch.float32}
    return Answer(call="f(x)", value=value, **(known | fields))


def findings(claim, *args, **kwargs):
    with pytest.raises(CheckFailed) as failed:
        claim(*args, **kwargs)
    return failed.value.findings


REFUSED = Refusal(
    "f(x)", "KeyError", ("KeyError", "LookupError"), "no 'x'", (Frame(file="f.py", line=1, function="f"),)
)


def test_matches_holds_and_chains():
    right = Expected(torch.tensor([1.0], dtype=torch.float64), Allowance(), torch.float32)
    expect(answer(far([1.0]))).matches(right).leaves_state_alone()


def test_matches_takes_the_dtype_of_the_arguments():
    wanted = torch.tensor([1.0], dtype=torch.float64)
    (finding,) = findings(expect(answer(far([1.0], torch.float64))).matches, wanted)
    assert (finding.code, finding.call) == ("dtype-differs", "f(x)")
    expect(answer(far([1.0], torch.float64))).matches(wanted, dtype=torch.float64)


def test_an_allowance_can_be_overridden():
    wanted = Expected(torch.tensor([1.0], dtype=torch.float64), Allowance(), torch.float32)
    assert findings(expect(answer(far([1.1]))).matches, wanted)[0].code == "values-differ"
    expect(answer(far([1.1]))).matches(wanted, allowance=Allowance(magnitude=1e6))


def test_part_compares_one_item_but_the_length_all_the_same():
    wanted = (torch.tensor([1.0]).double(), torch.tensor([2.0]).double())
    both = answer((far([9.0]), far([2.0])))
    expect(both).matches(wanted, part=1)
    assert [f.leaf for f in findings(expect(both).matches, wanted, part=0)] == ["[0]"]
    assert findings(expect(answer((far([1.0]),))).matches, wanted, part=0)[0].code == "length-differs"


def test_part_ten_is_not_part_one():
    wanted = tuple(torch.tensor([float(i)]).double() for i in range(12))
    values = tuple(far([99.0 if i == 10 else float(i)]) for i in range(12))
    expect(answer(values)).matches(wanted, part=1)


def test_gradients():
    right = (torch.tensor([2.0]).double(), torch.tensor([3.0]).double())
    expect(answer(gradients=(far([2.0]), far([3.0])))).gradients_match(right)
    cut, wrong = findings(
        expect(answer(gradients=(None, far([4.0])))).gradients_match, right, names=("x", "weight")
    )
    assert (cut.code, cut.argument) == ("no-gradient", "x")
    assert (wrong.code, wrong.leaf) == ("values-differ", "the gradient of weight")


def test_gradient_allowances_for_each_argument():
    wide, narrow = Allowance(magnitude=1e6), Allowance()
    wanted = Expected((torch.tensor([2.0]).double(),) * 2, (wide, narrow), torch.float32)
    (finding,) = findings(expect(answer(gradients=(far([2.1]), far([2.1])))).gradients_match, wanted)
    assert finding.leaf == "the gradient of argument 2"


def test_arguments_left_alone():
    x, y = torch.tensor([1.0, float("nan")]), torch.tensor([2.0])
    same = (far([1.0, float("nan")]), 3, far([2.0]))
    expect(answer(arguments=same)).leaves_arguments_alone(x, y)
    (finding,) = findings(expect(answer(arguments=(same[0], 3, far([0.0])))).leaves_arguments_alone, x, y)
    assert finding.argument == "argument 2"
    (gone,) = findings(expect(answer(arguments=(same[0],))).leaves_arguments_alone, x, y)
    assert gone.argument == "argument 2"


@pytest.mark.parametrize(("before", "after"), [(0.0, float("nan")), (float("inf"), 3.4028235e38)])
def test_an_argument_in_which_a_number_became_no_number_is_changed(before, after):
    for one, other in ((before, after), (after, before)):
        x = torch.tensor([1.0, one])
        changed = answer(arguments=(far([1.0, other]),))
        assert findings(expect(changed).leaves_arguments_alone, x)[0].argument == "argument 1"


def test_state_changed():
    (finding,) = findings(expect(answer(changed=("grad mode",))).leaves_state_alone)
    assert finding.names == ("grad mode",)


def test_raises():
    expect(REFUSED).raises(KeyError)
    expect(REFUSED).raises(LookupError)
    assert findings(expect(REFUSED).raises, ValueError)[0].code == "wrong-error"
    assert findings(expect(answer(far([1.0]))).raises, ValueError)[0].code == "no-error"


def test_check_says_what_should_hold_and_what_was_seen():
    check([1], "There is one.")
    (finding,) = findings(check, [], "There is one.", "none")
    assert (finding.statement, finding.detail, finding.names) == ("There is one.", "none", ())


def test_what_student_code_has_chosen_stands_apart_in_a_check():
    (finding,) = findings(check, False, "All are there.", "Two are not.", names=["fc1", "fc2"])
    assert (finding.detail, finding.names) == ("Two are not.", ("fc1", "fc2"))


def test_claims_that_make_no_sense_blame_nobody_but_the_author():
    with pytest.raises(TypeError, match="attempt"):
        expect(REFUSED).matches(1.0)
    with pytest.raises(TypeError, match="with_gradient"):
        expect(answer()).gradients_match(())
    with pytest.raises(TypeError, match="one expected gradient for each"):
        expect(answer(gradients=(None,))).gradients_match(())
    with pytest.raises(TypeError, match="watched"):
        expect(answer()).leaves_arguments_alone()
