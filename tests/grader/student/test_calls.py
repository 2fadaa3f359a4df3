"""Calls of honest code: what goes in arrives as it was, what comes back is plain data."""

import pytest
import torch

from grader.findings import MissingEntryPoint, ReturnTooLarge
from grader.student.calls import Answer, Refusal
from grader.student.failures import StudentFailed
from grader.verdicts import Blame, Verdict
from grader.wire.values import OpaqueValue, TensorValue


def failure_of(call, *args, **kwargs):
    with pytest.raises(StudentFailed) as caught:
        call(*args, **kwargs)
    assert caught.value.blame is Blame.STUDENT
    return caught.value


def test_a_call_comes_back_with_its_value(make):
    student = make("def f(x, y=1):\n    return x + y")
    answer = student.f(torch.ones(2, 3), y=2)
    assert isinstance(answer, Answer)
    assert torch.equal(answer.value.data, torch.full((2, 3), 3.0))
    assert (answer.value.device, answer.device, answer.dtype) == ("cpu", "cpu", torch.float32)
    assert answer.call == "f(tensor[2, 3] float32, y=2)"
    assert (answer.arguments, answer.gradients, answer.changed) == (None, None, ())


def test_plain_data_goes_in_and_comes_out(make):
    student = make("def f(*args, **kwargs):\n    return [list(args), kwargs]")
    value = [None, True, -3, 2.5, "text", (1, [2]), {"a": (1,)}]
    assert student.f(*value, key={"b": None}).value == [value, {"key": {"b": None}}]


def test_answers_can_be_sent_again(make):
    student = make("def f(*args):\n    return sum(x.sum() for x in args[0])")
    first = student.f([torch.ones(2)])
    assert student.f([first, first.value, torch.ones(3)]).value.data.item() == 7


def test_the_layout_and_the_dtype_of_arguments_arrive(make):
    student = make(
        "def f(x):\n    return x.stride(), x.is_contiguous(), str(x.dtype), x.requires_grad, x + 0"
    )
    x = torch.arange(12.0, dtype=torch.float64).view(3, 4).t()
    stride, contiguous, dtype, requires_grad, same = student.f(x).value
    assert (stride, contiguous, dtype, requires_grad) == ((1, 4), False, "torch.float64", False)
    assert torch.equal(same.data, x)


def test_no_memory_beside_an_argument_goes_along(make):
    student = make(
        "def f(x):\n    return x.as_strided((x.untyped_storage().nbytes() // 4,), (1,), 0).abs().sum().item()"
    )
    column = torch.full((10, 10), 7.0)[:, 3]
    assert student.f(column).value == 70.0


def test_arguments_are_copies_and_watched_shows_what_became_of_them(make):
    student = make("def f(x, y):\n    x.add_(1)\n    return y")
    x = torch.zeros(2)
    assert student.f(x, 3).arguments is None
    answer = student.f.watched(x, 3)
    assert [answer.arguments[0].data.tolist(), answer.arguments[1]] == [[1.0, 1.0], 3]
    assert x.tolist() == [0.0, 0.0]


def test_gradients_come_back_for_the_arguments_asked_for(make):
    student = make("def f(x, w, c):\n    return (x @ w) * 2")
    x, w, v = torch.rand(2, 3), torch.rand(3, 4), torch.rand(2, 4)
    answer = student.f.with_gradient(x, w, torch.ones(1), wrt=(1, 0, 2), cotangent=v)
    grad_w, grad_x, none = answer.gradients
    assert none is None
    torch.testing.assert_close(grad_w.data, 2 * x.t() @ v)
    torch.testing.assert_close(grad_x.data, 2 * v @ w.t())
    assert isinstance(answer.value, TensorValue)


def test_operators_are_counted_where_that_is_asked_for(make):
    student = make(
        """
        import torch
        def f(x, w):
            rows = [row @ w for row in x]
            return torch.stack(rows)
        """
    )
    x, w = torch.rand(5, 3), torch.rand(3, 4)
    assert student.f(x, w).counted is None
    counted = student.f.counted(x, w).counted
    # unbind once, stack once; for each row: a view as a matrix, mm, a view as a row.
    assert 5 < counted.operators < 40
    assert 2 * 5 * 4 * 4 <= counted.bytes < 400
    assert student.f.counted(x[:1], w).counted.operators < counted.operators
    assert student.f.counted(x, w).counted == counted


COUNTED = """
import os, time
from grader.wire import frames, messages as m
def f():
    counted = {counted}
    answer = m.Returned(2, m.Packed((m.NoneNode(),)), None, None, (), (), counted)
    os.write(3, b"".join(frames.frame(answer)))
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        (False, "m.Counted(1, 1)"),
        (True, "None"),
        (True, "m.Counted(-1, 1)"),
        (True, "m.Counted(1, 2**53 + 1)"),
        (True, "m.Counted(1.0, 1)"),
        (True, "m.NoneNode()"),
    ],
)
def test_counts_come_where_they_are_asked_for_and_are_numbers(make, asked, counted):
    student = make(COUNTED.format(counted=counted))
    failure = failure_of(student.f.counted if asked else student.f)
    assert failure.verdict is Verdict.CRASHED
    assert failure.finding.code == "broke-protocol"


def test_arguments_by_name_are_counted_after_those_by_position(make):
    student = make("def f(x, *, factor=1, bias=None):\n    return factor * x + bias")
    x, v = torch.rand(2, 3), torch.rand(2, 3)
    answer = student.f.with_gradient(x, bias=torch.zeros(3), factor=2, wrt=(1, 0), cotangent=v)
    grad_bias, grad_x = answer.gradients
    torch.testing.assert_close(grad_bias.data, v.sum(0))
    torch.testing.assert_close(grad_x.data, 2 * v)


@pytest.mark.parametrize("result", ["x.detach()", "x.sum()", "None", "[x]"])
def test_a_result_that_autograd_cannot_go_back_from_has_no_gradient(make, result):
    student = make(f"def f(x):\n    return {result}")
    assert student.f.with_gradient(torch.ones(3), cotangent=torch.ones(3)).gradients == (None,)


def test_state_that_is_left_changed_is_named_and_put_back(make):
    student = make(
        """
        import torch
        def f():
            torch.set_grad_enabled(False)
        def g():
            return torch.is_grad_enabled()
        """,
        "f",
        "g",
    )
    assert student.f().changed
    answer = student.g()
    assert (answer.value, answer.changed) == (True, ())


def test_what_is_no_plain_data_comes_back_as_its_name(make):
    student = make(
        """
        import numpy, torch
        class Sub(torch.Tensor):
            def __eq__(self, other): return True
        class Equal:
            def __eq__(self, other): return True
            def __repr__(self): raise SystemExit
        def f(which):
            return {
                "array": numpy.ones((2, 3)),
                "sub": torch.ones(4).as_subclass(Sub),
                "equal": Equal(),
                "generator": (i for i in range(3)),
                "none": None,
                "sparse": torch.eye(2).to_sparse(),
            }[which]
        """
    )
    assert student.f("array").value == OpaqueValue("numpy.ndarray", (2, 3))
    assert student.f("generator").value == OpaqueValue("generator", ())
    assert student.f("none").value is None
    assert student.f("sub").value.type_name.endswith("Sub")
    assert student.f("equal").value.type_name.endswith("Equal")
    assert student.f("sparse").value.shape == (2, 2)


def test_an_exception_is_a_refusal_where_one_is_asked_for(make):
    student = make(
        """
        class Mine(ValueError):
            pass
        def f(x):
            raise Mine(f"not {x}")
        """
    )
    refusal = student.f.attempt(3)
    assert isinstance(refusal, Refusal)
    assert (refusal.type, refusal.message, refusal.call) == ("Mine", "not 3", "f(3)")
    assert "ValueError" in refusal.bases
    assert (refusal.frames[-1].file, refusal.frames[-1].function) == ("work.py", "f")
    assert refusal.frames[-1].text == 'raise Mine(f"not {x}")'


def test_an_exception_is_a_failure_otherwise(make):
    failure = failure_of(make("def f():\n    return 1 / 0").f)
    assert failure.verdict is Verdict.ERROR
    assert (failure.finding.type, failure.finding.call) == ("ZeroDivisionError", "f()")
    assert [frame.line for frame in failure.finding.frames] == [2]


@pytest.mark.parametrize(
    "ending", ["raise SystemExit(0)", "import sys; sys.exit()", "raise KeyboardInterrupt"]
)
def test_leaving_is_an_exception_like_others(make, ending):
    student = make(f"def f():\n    {ending}")
    failure = failure_of(student.f)
    assert failure.verdict is Verdict.ERROR
    assert failure.finding.type in ("SystemExit", "KeyboardInterrupt")


@pytest.mark.parametrize("call", ["__call__", "attempt", "watched"])
def test_a_stub_is_not_implemented_yet(make, call):
    student = make("def f(x):\n    raise NotImplementedError('write me')")
    failure = failure_of(getattr(student.f, call), 1)
    assert failure.verdict is Verdict.NOT_IMPLEMENTED
    assert failure.finding.name == "f"


def test_not_implemented_by_torch_is_an_error(make):
    student = make("import torch\nclass f(torch.nn.Module):\n    pass\nf = f()")
    assert failure_of(student.f, 1).verdict is Verdict.ERROR


SOFTMAX = {"say": "the built-in softmax", "operators": ("*softmax*",)}


@pytest.mark.parametrize("ending", ["return y", "raise ValueError"])
def test_what_is_forbidden_counts_however_the_call_ended(make, ending):
    student = make(
        f"import torch\ndef f(x):\n    y = torch.softmax(x, -1)\n    {ending}",
        forbidden=[{"say": "convolution", "operators": ("conv*",)}, SOFTMAX],
    )
    for call in (student.f, student.f.attempt):
        failure = failure_of(call, torch.ones(2))
        assert failure.verdict is Verdict.FORBIDDEN
        assert failure.finding.forbidden == "the built-in softmax"
        assert any("softmax" in what for what in failure.finding.what)
        assert failure.finding.frames[-1].line == 3


def test_going_backward_is_forbidden_by_its_own_rule(make):
    student = make(
        "def f(x):\n    x.requires_grad_()\n    x.sum().backward()\n    return x.grad",
        forbidden=[SOFTMAX, {"say": "autograd", "autograd": True}],
    )
    assert failure_of(student.f, torch.ones(2)).finding.forbidden == "autograd"


@pytest.mark.parametrize(
    ("result", "what", "limit"),
    [
        ("torch.zeros(1 << 20)", "bytes", 1 << 20),
        ("torch.zeros(1).expand(1 << 50)", "bytes", 1 << 20),
        ("list(range(1000))", "items", 500),
        ("deep(50)", "depth", 10),
        ("['x' * 4000] * 400", "bytes", 1 << 20),
    ],
)
def test_a_result_over_the_limits_is_not_taken(make, result, what, limit):
    source = (
        f"import torch\ndef deep(n):\n    return [deep(n - 1)] if n else 0\ndef f():\n    return {result}"
    )
    student = make(source, return_mb=1, return_items=500, return_depth=10)
    failure = failure_of(student.f)
    assert isinstance(failure.finding, ReturnTooLarge)
    assert (failure.finding.what, failure.finding.limit) == (what, limit)


def test_an_entry_point_that_is_missing_fails_alone_and_its_near_name_is_found(make):
    student = make("def f():\n    return 1\ndef cross_entropy_gard():\n    pass", "f", "cross_entropy_grad")
    assert student.f().value == 1
    failure = failure_of(student.cross_entropy_grad)
    assert failure.finding == MissingEntryPoint(
        name="cross_entropy_grad", file="work.py", near="cross_entropy_gard"
    )
    assert student.f().value == 1


def test_the_test_itself_is_wrong_when_it_asks_for_what_is_not_there(make):
    student = make("def f(x):\n    return x")
    with pytest.raises(AttributeError, match="no entry point 'g'"):
        _ = student.g
    with pytest.raises(TypeError, match="a set cannot be sent"):
        student.f({1, 2})
    assert student.f(1).value == 1


# --- output -------------------------------------------------------------------------


def test_output_is_kept_for_each_test_and_costs_nothing(make):
    student = make(
        """
        import sys, warnings
        print("at import")
        def f(n):
            for i in range(n):
                print("line", i)
            print("to stderr", file=sys.stderr)
            warnings.warn("careful")
            return n
        """,
        output_kb=1,
    )
    assert student.f(2).value == 2
    output = student.end_test()
    assert output.startswith("line 0\nline 1\nto stderr\n")
    assert "work.py:8: UserWarning: careful" in output
    assert "/" not in output
    student.begin_test("cpu", "another")
    assert student.end_test() == ""
    student.begin_test("cpu", "a third")
    assert student.f(10_000).value == 10_000
    output = student.end_test()
    assert output.startswith("line 0\n")
    assert output.endswith(" more characters\n")
    assert len(output) < 1100


def test_output_before_a_death_is_kept(make):
    student = make(
        "import os\ndef f():\n    print('so far')\n    os._exit(3)\ndef g():\n    print('again')", "f", "g"
    )
    failure_of(student.f)
    student.g()
    assert student.end_test() == "so far\nagain\n"
