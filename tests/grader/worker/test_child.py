"""The worker: one request, one answer, whatever student code does."""

import pytest
import torch

from grader.wire.messages import HandleNode, Raised, Refused, Returned
from grader.wire.values import HandleValue, OpaqueValue


def test_a_call_returns_what_the_function_returns(worker):
    worker.load(
        "import torch\ndef f(x, *, power=2): return {'y': x ** power, 'n': [1, (2.5, None, 'a')]}\n", "f"
    )
    x = torch.arange(3.0)
    value = worker.value("f", x, power=3)
    assert torch.equal(value["y"], x**3)
    assert value["n"] == [1, (2.5, None, "a")]


@pytest.mark.parametrize(
    ("statement", "kind", "message"),
    [
        ("raise SystemExit(0)", "SystemExit", "0"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("raise GeneratorExit('bye')", "GeneratorExit", "bye"),
        ("f()", "RecursionError", "maximum recursion depth exceeded"),
        ("import torch; torch.ones(2) @ torch.ones(3)", "RuntimeError", "inconsistent tensor size"),
        ("{}['a']", "KeyError", "'a'"),
    ],
)
def test_whatever_is_raised_comes_back(worker, statement, kind, message):
    worker.load(f"def f(): {statement}\n", "f")
    answer = worker.call("f")
    assert isinstance(answer, Raised)
    assert answer.exception.type == kind
    assert answer.exception.bases[0] == kind
    assert answer.exception.bases[-1] == "BaseException"
    assert message in answer.exception.message
    assert answer.exception.frames[0].file == "task.py"
    assert worker.call("f").exception.type == kind, "the worker goes on"


def test_memory_beyond_the_limit_is_an_exception(start):
    worker = start(memory_mb=64)
    worker.load("def f(mb): return len(bytearray(mb << 20))\n", "f")
    assert worker.value("f", 16) == 16 << 20
    answer = worker.call("f", 256)
    assert answer.exception.type == "MemoryError"
    assert worker.value("f", 16) == 16 << 20


FRAMES = """
import torch

def inner(x):
    return torch.linalg.inv(x)   # line 5

def f(x):
    return inner(x)
"""


def test_only_the_student_s_lines_are_reported(worker):
    worker.load(FRAMES, "f")
    exception = worker.call("f", torch.ones(2, 3)).exception
    lines = [(frame.file, frame.line, frame.function, frame.text) for frame in exception.frames]
    assert lines == [
        ("task.py", 8, "f", "return inner(x)"),
        ("task.py", 5, "inner", "return torch.linalg.inv(x)   # line 5"),
    ]


def test_a_deep_traceback_keeps_its_ends(worker):
    worker.load("def f(n):\n    if n == 0: raise ValueError('bottom')\n    f(n - 1)\n", "f")
    frames = worker.call("f", 500).exception.frames
    assert len(frames) == 20
    assert frames[-1].line == 2
    assert frames[0].line == 3


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("def __str__(self): raise ValueError", "(the exception's own __str__ failed)"),
        ("def __str__(self): return 3", "(the exception's own __str__ failed)"),
        ("def __str__(self): return 'x' * 10**7", "x" * 3997 + "..."),
        ("def __str__(self): return chr(0xD800)", "?"),
    ],
)
def test_an_exception_s_text_may_be_anything(worker, definition, message):
    worker.load(f"class Odd(Exception):\n    {definition}\ndef f(): raise Odd\n", "f")
    exception = worker.call("f").exception
    assert exception.type == "Odd"
    assert exception.bases == ("Odd", "Exception", "BaseException")
    assert exception.message == message


def test_a_metaclass_cannot_name_an_exception(worker):
    source = """
class Meta(type):
    @property
    def __name__(cls): raise SystemExit
    @property
    def __mro__(cls): return ()
class Odd(Exception, metaclass=Meta): pass
def f(): raise Odd('x')
"""
    worker.load(source, "f")
    assert worker.call("f").exception.bases == ("Odd", "Exception", "BaseException")


def test_arguments_come_back_as_they_are_afterwards(worker):
    worker.load("def f(x, y):\n    x.add_(1)\n    return y\n", "f")
    x, y = torch.zeros(2), torch.ones(2)
    value, arguments, gradients = worker.values(worker.call("f", x, y, watch=True))
    assert torch.equal(value, y)
    assert torch.equal(arguments[0], torch.ones(2))
    assert torch.equal(arguments[1], y)
    assert gradients is None


def test_strides_arrive(worker):
    worker.load("def f(x): return [list(x.stride()), x.is_contiguous(), x]\n", "f")
    x = torch.arange(6.0).reshape(2, 3).T
    stride, contiguous, back = worker.value("f", x)
    assert stride == [1, 3]
    assert contiguous is False
    assert torch.equal(back, x)


def test_gradients_are_the_vector_jacobian_product(worker):
    worker.load("def f(x, y, z): return x.exp() * y\n", "f")
    x, y, v = torch.randn(3), torch.randn(3), torch.randn(3)
    answer = worker.call("f", x, y, torch.ones(3), wrt=(0, 1, 2), cotangent=v)
    _, _, gradients = worker.values(answer)
    torch.testing.assert_close(gradients[0], v * x.exp() * y)
    torch.testing.assert_close(gradients[1], v * x.exp())
    assert gradients[2] is None


@pytest.mark.parametrize("body", ["x.detach() * 2", "torch.from_numpy(x.detach().numpy() * 2)"])
def test_a_result_cut_off_has_no_gradients(worker, body):
    worker.load(f"import torch\ndef f(x): return {body}\n", "f")
    answer = worker.call("f", torch.ones(2), wrt=(0,), cotangent=torch.ones(2))
    assert worker.values(answer)[2] == [None]


def test_a_result_of_another_shape_has_no_product(worker):
    worker.load("def f(x): return x.sum()\n", "f")
    answer = worker.call("f", torch.ones(2), wrt=(0,), cotangent=torch.ones(2))
    value, _, gradients = worker.values(answer)
    assert value.item() == 2
    assert gradients is None


def test_a_backward_pass_that_fails_is_raised(worker):
    worker.load("def f(x):\n    y = x.exp()\n    y.add_(1)\n    return y\n", "f")
    answer = worker.call("f", torch.ones(2), wrt=(0,), cotangent=torch.ones(2))
    assert isinstance(answer, Raised)
    assert "inplace operation" in answer.exception.message


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("torch.set_default_dtype(torch.float64)", "default dtype"),
        ("torch.set_default_device('meta')", "default device"),
        ("torch.set_grad_enabled(False)", "grad mode"),
        ("torch.set_deterministic_debug_mode('error')", "deterministic algorithms"),
        (
            "torch.set_deterministic_debug_mode('warn')",
            "deterministic algorithms",
        ),
        ("torch.set_num_threads(3)", "number of threads"),
        ("torch.autograd.set_detect_anomaly(True)", "anomaly mode"),
        ("torch.backends.cudnn.benchmark = True", "cudnn.benchmark"),
        ("torch.backends.cudnn.deterministic = True", "cudnn.deterministic"),
        ("keep.append(torch.inference_mode()); keep[-1].__enter__()", "inference mode"),
    ],
)
def test_global_state_is_reported_and_put_back(worker, statement, name):
    worker.load(
        f"import torch\nkeep = []\ndef f(): {statement}\n"
        "def fails():\n    f()\n    raise ValueError\n"
        "def state(): return [str(torch.get_default_dtype()), str(torch.ones(1).device),"
        " torch.is_grad_enabled(), torch.is_inference_mode_enabled(),"
        " torch.get_num_threads(), torch.is_anomaly_enabled(),"
        " torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark,"
        " torch.backends.cudnn.deterministic]\n",
        "f", "fails", "state",
    )  # fmt: skip
    before = worker.value("state")
    assert worker.call("f").changed == (name,)
    assert worker.value("state") == before
    assert worker.call("f").changed == (name,), "it is seen again"
    assert isinstance(worker.call("fails"), Raised)
    assert worker.value("state") == before


def test_what_an_import_switches_is_put_back(worker):
    worker.load("import torch\ntorch.set_default_dtype(torch.float64)\ndef f(): return torch.ones(1)\n", "f")
    answer = worker.call("f")
    assert answer.changed == ()
    assert worker.values(answer)[0].dtype is torch.float32


def test_random_numbers_are_the_same_in_every_replay(start):
    source = (
        "import random, numpy, torch\n"
        "def f(): return [torch.rand(2).tolist(), random.random(), numpy.random.rand()]\n"
    )
    first, second = start(), start()
    for worker in (first, second):
        worker.load(source, "f")
    first.call("f")
    assert first.value("f") == second.value("f")


@pytest.mark.parametrize(
    ("expression", "what"),
    [("torch.ones(20_000_000)", "bytes"), ("[0] * 20_000", "items"), ("nested(30)", "depth")],
)
def test_too_much_is_refused_and_the_worker_goes_on(worker, expression, what):
    source = "import torch\ndef nested(n): return [nested(n - 1)] if n else 0\ndef g(): return 1\n"
    worker.load(f"{source}def f(): return {expression}\n", "f", "g")
    answer = worker.call("f")
    assert isinstance(answer, Refused)
    assert answer.what == what
    assert worker.value("g") == 1


def test_what_cannot_cross_goes_as_its_name(worker):
    worker.load("import numpy\nclass Odd: pass\ndef f(): return [Odd(), numpy.ones((2, 3)), 2**70]\n", "f")
    odd, array, big = worker.value("f")
    assert odd == OpaqueValue("task.Odd", ())
    assert array == OpaqueValue("numpy.ndarray", (2, 3))
    assert big == OpaqueValue("int", ())


def test_a_result_that_cannot_be_read_goes_as_its_name(worker):
    source = (
        "import torch\ndef f():\n    x = torch.ones(3)\n    x.untyped_storage().resize_(0)\n    return x\n"
    )
    worker.load(f"{source}def g(): return 1\n", "f", "g")
    assert worker.value("f").type_name.startswith("tensor whose elements")
    assert worker.value("g") == 1


@pytest.mark.parametrize(
    "trick",
    [
        "sys.stdout.close()",
        "sys.stdout = None",
        "sys.stdout = sys.stderr = object()",
        "del sys.stdout",
        "os.close(1)",
    ],
)
def test_closed_or_replaced_streams_do_no_harm(worker, trick):
    worker.load(
        f"import os, sys\ndef f():\n    print('before', flush=True)\n    {trick}\n    return 1\n", "f"
    )
    assert worker.value("f") == 1
    assert worker.output() == "before\n"


def test_output_is_there_after_each_call(worker):
    worker.load("import sys\ndef f():\n    print('out', end='')\n    sys.stderr.write('err')\n", "f")
    worker.call("f")
    assert sorted([worker.output()]) in (["outerr"], ["errout"])


def test_a_missing_entry_point_is_no_crash(worker):
    worker.load("def f(): return 1\n", "f")
    assert worker.call("g").exception.type == "AttributeError"
    assert worker.value("f") == 1


def test_two_submissions_can_be_loaded_side_by_side(worker):
    worker.load({"task.py": "def f(): return 1\n"}, "f")
    worker.load({"other.py": "def g(): return 2\n"}, "g", main=("other.py",))
    assert (worker.value("f"), worker.value("g")) == (1, 2)


# --- live objects ---------------------------------------------------------------

MODEL = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.layer = nn.Linear(n, 2)
        self.norm = nn.BatchNorm1d(2)
    def forward(self, x):
        return self.norm(self.layer(x))

def norm(model): return sum(p.square().sum() for p in model.parameters())
def total(x): return x.sum()
def make(): return object()
"""


@pytest.fixture
def net(worker) -> HandleValue:
    worker.load(MODEL, "Net", "norm", "total", "make")
    return worker.value("Net", 4, keep=True)


def test_a_model_stays_on_the_far_side(worker, net):
    assert (net.kind, net.type_name) == ("module", "task.Net")
    x = torch.randn(5, 4)
    out = worker.value("__call__", x, handle=net.handle)
    state = worker.value("state_dict", handle=net.handle)
    assert list(state) == [
        "layer.weight", "layer.bias", "norm.weight", "norm.bias",
        "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
    ]  # fmt: skip
    y = torch.nn.functional.linear(x, state["layer.weight"], state["layer.bias"])
    torch.testing.assert_close(out, torch.nn.functional.batch_norm(y, None, None, training=True))


def test_a_model_can_be_driven_and_read(worker, net):
    def on(name, *args):
        return worker.value(name, *args, handle=net.handle)

    assert on("modes") == {"": True, "layer": True, "norm": True}
    on("eval")
    assert on("modes") == {"": False, "layer": False, "norm": False}
    on("train")
    assert on("modes")[""] is True
    assert list(on("named_parameters")) == ["layer.weight", "layer.bias", "norm.weight", "norm.bias"]
    assert list(on("buffers")) == ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"]
    assert on("gradients") == {}
    on("load_state_dict", on("state_dict") | {"norm.bias": torch.tensor([1.0, 2.0])})
    assert on("named_parameters")["norm.bias"].tolist() == [1.0, 2.0]
    on("set_parameters", {"layer.bias": torch.tensor([7.0, 8.0])})
    assert on("named_parameters")["layer.bias"].tolist() == [7.0, 8.0]


@pytest.mark.parametrize("values", [{"nothing": torch.ones(2)}, {"layer.bias": torch.ones(3)}])
def test_parameters_that_do_not_fit_are_refused(worker, net, values):
    answer = worker.call("set_parameters", values, handle=net.handle)
    assert answer.exception.type == "ValueError"


def test_a_live_object_is_an_argument(worker, net):
    parameters = worker.value("named_parameters", handle=net.handle)
    expected = sum(p.square().sum() for p in parameters.values())
    torch.testing.assert_close(worker.value("norm", net), expected)


def test_arguments_that_are_live_come_back_as_their_handles(worker, net):
    _, arguments, _ = worker.values(worker.call("norm", net, watch=True))
    assert arguments == (net,)


def test_a_loss_goes_backward_on_the_far_side(worker, net):
    worker.call("eval", handle=net.handle)
    out = worker.value("__call__", torch.ones(1, 4), handle=net.handle, keep=True)
    assert out.kind == "tensor"
    assert worker.value("value", handle=out.handle).shape == (1, 2)
    loss = worker.value("total", out, keep=True)
    worker.call("backward", handle=loss.handle)
    gradients = worker.value("gradients", handle=net.handle)
    torch.testing.assert_close(gradients["norm.bias"], torch.ones(2))
    worker.call("zero_grad", handle=net.handle)
    assert worker.value("gradients", handle=net.handle) == {}


def test_an_object_that_is_kept_twice_is_there_until_both_handles_are_released(worker):
    worker.load("import torch\nthing = torch.nn.Linear(1, 1)\ndef f(): return thing\n", "f")
    first, second = worker.value("f", keep=True), worker.value("f", keep=True)
    assert first.handle != second.handle
    worker.call("train", handle=second.handle, release=(first.handle,))
    assert worker.value("modes", handle=second.handle) == {"": True}
    assert worker.call("modes", handle=first.handle).exception.type == "UnknownHandle"


@pytest.mark.parametrize("name", ["__class__", "forward", "register_buffer", "trace", "parameters"])
def test_other_methods_cannot_be_called(worker, net, name):
    answer = worker.call(name, handle=net.handle)
    assert answer.exception.type == "AttributeError"


def test_a_released_handle_is_gone(worker, net):
    worker.call("norm", net, release=())
    answer = worker.call("make", release=(net.handle,))
    assert isinstance(answer, Returned)
    assert worker.call("modes", handle=net.handle).exception.type == "UnknownHandle"


def test_any_object_can_be_kept(worker, net):
    answer = worker.call("make", keep=True)
    assert isinstance(answer.value.nodes[0], HandleNode)
    assert answer.value.nodes[0].kind == "object"
