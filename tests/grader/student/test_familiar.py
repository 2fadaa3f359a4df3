"""Common mistakes are raised for real, and the judge knows each by its kind."""

import math
import textwrap
import typing

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from grader.blueprints import Batches
from grader.findings import ErrorKind, ExceptionRaised, NotImplementedYet
from grader.student.evidence import Evidence
from grader.student.failures import StudentFailed, raised
from grader.student.familiar import SEARCHED, kind_of
from grader.submission import SubmittedFile
from grader.wire.messages import ExceptionInfo
from grader.worker.tracebacks import Sources, described
from tests.grader.student.test_failures import LIMITS

KINDS = typing.get_args(ErrorKind)

NAMES = {
    "Batches": Batches,
    "F": F,
    "FakeTensorMode": FakeTensorMode,
    "math": math,
    "nn": nn,
    "np": np,
    "torch": torch,
}
"""What the functions below may use."""

REAL = {
    "none": [
        "y = helper(x)\nreturn y.sum()",
        "return x - helper(x)",
        "return torch.exp(helper(x))",
        "a, b = helper(x)",
        "return helper(x)[0]",
        "return -helper(x)",
        "return torch.stack([helper(x)])",
        "return math.exp(helper(x))",
        "for row in helper(x): pass",
        "return torch.tensor([helper(x)])",
        "x[0] = helper(x)",
    ],
    "no-grad-yet": ["w.grad.zero_()", "with torch.no_grad():\n    w -= 0.1 * w.grad"],
    "pair": [
        "return x - x.max(dim=1, keepdim=True)",
        "return torch.exp(x.max(1))",
        "return x.max(1).shape",
        "return x.sort(1) / 2",
        "return x.min(1) + 1",
    ],
    "loader-only-iterates": [
        "return len(Batches([]))",
        "return len(Batches([]).dataset)",
        "return Batches([])[0]",
        "return next(Batches([]))",
    ],
    "not-called": [
        "return x / x.size",
        "return x.size[0]",
        "return x.t.shape",
        "return range(x.numel)",
        "return torch.optim.SGD(nn.Linear(1, 1).parameters)",
        "return 2 * x.mean",
        "return helper.shape",
    ],
    "not-callable": ["return x.shape()", "return x(0)", "return 3(x)"],
    "number-not-tensor": ["return x.sum().item().item()", "loss = 0\nloss.backward()"],
    "list-not-tensor": [
        "return [1.0, 2.0] - x",
        "return [1.0].shape",
        "return [x] / 2",
        "return [1.0] * 2.5",
        "return x.shape / 2",
    ],
    "tuple-not-number": [
        "return 7 // (1, 2)",
        "return (1, 2) - 1",
        "return (1, 2) + 1",
        "if (1, 2) > 0: pass",
        "return F.pad(x, ((1, 2), (1, 2)))",
        "return range((1, 2))",
    ],
    "no-such-method": ["return x.astype(float)", "return x.concat", "return np.ones(3).unsqueeze(0)"],
    "no-such-function": ["return torch.array([1])", "return F.sofmax(x)", "return math.exponent(1)"],
    "not-a-tensor": [
        "return torch.exp(1.0)",
        "return torch.log([1.0])",
        "return torch.cat([np.ones(3)])",
        "return x @ 2",
        "return torch.maximum(x, 0)",
    ],
    "signature": [],
    "arguments": [
        "return helper()",
        "return helper(1, 2, 3)",
        "return helper(x, dim=1)",
        "return helper(x, x=1)",
        "return nn.Linear(3)",
        "return torch.sqrt(x, 2)",
    ],
    "torch-arguments": ["return x.sum(dim='rows')", "return torch.max(3, 4)", "return F.pad(x, 1)"],
    "index-type": [
        "return x[torch.tensor([0.0])]",
        "return x[0.5]",
        "return x.gather(1, torch.zeros(2, 1))",
        "return F.one_hot(torch.tensor([0.0]))",
        "return [1, 2][torch.tensor([0, 1])]",
        "return [1, 2][0.5]",
        "return range(x.shape[1] / 2)",
        "return torch.zeros(x.shape[1] / 2)",
        "return x[0 : x.shape[1] / 2]",
        "return x.index_select(0, torch.tensor([0.0]))",
        "return F.embedding(torch.tensor([0.0]), x)",
        "return np.ones(3)[0.5]",
    ],
    "unpack-count": ["a, b, c = x.shape", "a, b = x.unsqueeze(0)", "a, b = 1, 2, 3"],
    "unpack-single": [
        "a, b = x.sum()",
        "a, b = x.sum().item()",
        "for i in 5: pass",
        "return len(x.sum())",
    ],
    "one-number": [
        "return float(x)",
        "return x.item()",
        "return math.exp(x)",
        "return torch.tensor([x, x])",
        "return float(np.ones(3))",
    ],
    "truth-value": [
        "if x > 0: pass",
        "return max(x, x)",
        "return (x > 0) and (x < 1)",
        "return not np.ones(3)",
    ],
    "numpy-of-graph": ["return w.numpy()", "return np.exp(w)"],
    "numpy-of-device": ["return torch.ones(2, device='meta').numpy()"],
    "ragged": ["return torch.tensor([[1, 2], [1]])", "return np.array([[1, 2], [1]])"],
    "leaf-in-place": ["w -= 0.1", "w[0] = 1", "w.mul_(2)"],
    "saved-changed": ["y = w.exp()\ny += 1\ny.sum().backward()"],
    "shared-memory": ["y = torch.ones(1).expand(3)\ny += 1"],
    "graph-freed": ["loss = (w * w).sum()\nloss.backward()\nloss.backward()"],
    "no-graph": [
        "w.detach().sum().backward()",
        "torch.autograd.grad(w.sum(), x)",
        "torch.autograd.grad(w.sum(), x.clone().requires_grad_())",
    ],
    "backward-of-many": ["(w * 2).backward()"],
    "inference-tensor": [
        "with torch.inference_mode():\n    y = torch.ones(3)\n(y * w).sum().backward()",
        "with torch.inference_mode():\n    y = torch.ones(3)\ny += 1",
    ],
    "no-cuda": [] if torch.cuda.is_available() else ["return x.cuda()", "return x.to('cuda')"],
    "device": [
        "with FakeTensorMode(allow_non_fake_inputs=True):\n    return x + torch.ones(2, 3, device='meta')",
    ],
    "class-dtype": ["return F.cross_entropy(x, torch.ones(2))"],
    "needs-float": [
        "return torch.ones(3).long().mean()",
        "return torch.ones(3).long().softmax(0)",
        "return torch.ones(3).long().requires_grad_()",
        "return nn.Parameter(torch.ones(3).long())",
        "return torch.ones(3).long().std()",
        "return torch.ones(3).long().norm()",
    ],
    "stored-as-integer": ["y = torch.arange(3)\ny += 0.5", "y = torch.arange(3)\ny.div_(2)"],
    "bool-arithmetic": ["return 1 - (x > 0)", "return -(x > 0)"],
    "dtype": [
        "return x @ torch.ones(3, 2).double()",
        "return x @ torch.ones(3, 2).long()",
        "return nn.Linear(3, 2)(x.double())",
        "return torch.dot(w.detach(), torch.ones(3).double())",
        "return x @ torch.ones(3).double()",
        "return torch.bmm(torch.ones(1, 2, 3), torch.ones(1, 3, 2).double())",
        "return torch.einsum('ij,jk->ik', x, torch.ones(3, 2).double())",
        "y = torch.zeros(3)\ny[torch.tensor([0])] = torch.ones(1).double()",
        "return torch.zeros(2, 3).scatter(1, torch.zeros(2, 1).long(), torch.ones(2, 1).double())",
        "return torch.zeros(3).index_add_(0, torch.tensor([0]), torch.ones(1).double())",
        "return F.binary_cross_entropy(torch.ones(3), torch.ones(3).long())",
    ],
    "class-range": [
        "return F.cross_entropy(x, torch.tensor([0, 7]))",
        "return F.one_hot(torch.tensor([5]), 3)",
        "return F.one_hot(torch.tensor([-1]), 3)",
    ],
    "loss-shapes": [
        "return F.cross_entropy(x, torch.tensor([0, 1, 2]))",
        "return F.cross_entropy(x, torch.zeros(2, 2).long())",
        "return F.cross_entropy(x, torch.zeros(2, 3).long())",
        "return F.binary_cross_entropy(x, torch.ones(3))",
    ],
    "state-dict": [
        "nn.Linear(3, 2).load_state_dict(nn.Linear(4, 2).state_dict())",
        "nn.Linear(3, 2).load_state_dict({})",
    ],
    "join-shapes": [
        "return torch.stack([torch.ones(3), torch.ones(4)])",
        "return torch.cat([torch.ones(2, 3), torch.ones(2, 4)])",
        "return torch.cat([torch.ones(2, 3), torch.ones(3)])",
        "return np.stack([np.ones(3), np.ones(4)])",
    ],
    "join-nothing": ["return torch.stack([])", "return torch.cat([])"],
    "matmul-shapes": [
        "return x @ torch.ones(4, 5)",
        "return x @ torch.ones(5)",
        "return torch.bmm(torch.ones(2, 3, 4), torch.ones(2, 3, 4))",
        "return torch.dot(torch.ones(3), torch.ones(4))",
        "return torch.dot(x, x)",
        "return torch.mm(w, x)",
        "return torch.einsum('ij,jk->ik', x, torch.ones(4, 5))",
        "return x @ torch.tensor(2.0)",
        "return np.ones((2, 3)) @ np.ones((2, 3))",
    ],
    "einsum": [
        "return torch.einsum('ijk->i', x)",
        "return torch.einsum('ij->k', x)",
    ],
    "in-place-shape": ["y = torch.ones(3)\ny += x"],
    "mask-shape": ["return x[torch.ones(4, dtype=torch.bool)]"],
    "broadcast": [
        "return x + torch.ones(2)",
        "return x.expand(4, 3)",
        "return x.expand(3)",
        "y = torch.zeros(4)\ny[0:2] = torch.ones(3)",
        "return x[[0, 1], [0, 1, 2]]",
        "y = x.clone()\ny[y < 9] = torch.ones(4)",
        "return np.ones(3) + np.ones(4)",
    ],
    "view-layout": ["return x.t().view(6)"],
    "reshape-count": ["return x.view(4, 2)", "return x.reshape(-1, 4)", "return np.ones(6).reshape(4, 2)"],
    "kernel-too-large": [
        "return F.unfold(torch.ones(1, 1, 2, 2), 3)",
        "return x.unfold(1, 4, 1)",
    ],
    "negative-size": ["return torch.zeros(-1)", "return x.new_empty(-2)", "return x.narrow(1, 0, -1)"],
    "dims-order": ["return x.permute(0, 1, 2)", "return torch.ones(2, 2, 2).t()", "return x.sum((0, 0))"],
    "dim-range": [
        "return x.sum(dim=2)",
        "return x.transpose(0, 2)",
        "return x.sum().max(1)",
        "return np.ones((2, 2)).sum(2)",
    ],
    "index-count": ["return x[:, :, 0]", "return x.sum()[0]", "return np.ones(3)[0, 1]"],
    "index-range": [
        "return x[5]",
        "return x[:, 7]",
        "return x[torch.tensor([5])]",
        "return x.gather(1, torch.tensor([[7]]))",
        "return F.embedding(torch.tensor([9]), x)",
        "return [1][3]",
        "return x.shape[5]",
        "return x.narrow(0, 1, 4)",
        "return x.topk(9)",
        "return np.ones(3)[10]",
        "return x.select(0, 9)",
        "return x.take(torch.tensor([99]))",
    ],
    "nothing-to-reduce": ["return torch.ones(0).max()", "return torch.ones(0, 3).max(0)", "return [].pop()"],
    "no-super-init": [
        "class M(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(1, 1)\nreturn M()"
    ],
    "no-forward": ["class M(nn.Module):\n    pass\nreturn M()(x)"],
    "parameter-type": ["nn.Linear(3, 2).weight = torch.ones(2, 3)"],
    "no-parameters": ["return torch.optim.SGD([], lr=1)"],
    "not-finite": [
        "assert not torch.isnan(x * math.nan).any()",
        "return int(math.inf)",
        "return torch.multinomial(x * math.nan, 1)",
        "assert x.isinf().any(), 'no NaN here'",
    ],
    "math-range": ["return math.log(0)", "return math.exp(1000)", "return 10.0**400"],
    "unbound": ["if x.dim() == 0:\n    y = 1\nreturn y"],
    "nothing-left": ["return next(iter([]))"],
    "missing-key": ["return {}['a']", "return {x: 1}[x.clone()]"],
    "assertion": ["assert x.dim() == 3"],
    "not-implemented": [],
}
"""For each kind: bodies of functions that raise it."""


def finding_of(body, call="f()", *args):
    """The finding for a function with this body, and its source as evidence."""
    source = f"def helper(x):\n    pass\n\ndef f(x, w):\n{textwrap.indent(body, '    ')}\n"
    sources = Sources()
    sources.add("work.py", "work.py", source)
    names = dict(NAMES)
    exec(compile(source, "work.py", "exec"), names)
    x, w = torch.arange(6.0).reshape(2, 3), torch.ones(3, requires_grad=True)
    try:
        names["f"](*(args or (x, w)))
    except Exception as error:
        info = described(error, sources)
        # As if it had crossed the wire.
        evidence = Evidence([SubmittedFile("work.py", source.encode())])
        return raised(info, call, "f", LIMITS, evidence)
    return None


def test_every_kind_is_raised_here():
    assert sorted(REAL) == sorted(KINDS)


@pytest.mark.parametrize(("kind", "body"), [(kind, body) for kind, bodies in REAL.items() for body in bodies])
@pytest.mark.filterwarnings("ignore")
def test_a_real_error_is_known(kind, body):
    found = finding_of(body)
    assert isinstance(found, ExceptionRaised)
    assert (found.kind, found.frames[-1].file) == (kind, "work.py"), found.message


def test_a_call_that_does_not_fit_the_function():
    assert finding_of("return x", "f()", 1).kind == "signature"


def info(type_, message, *bases):
    return ExceptionInfo(type_, (type_, *bases, "Exception"), message, ())


FOUND = "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
LATER = "Expected all tensors to be on the same device, but got mat2 is on cpu, different from other tensors"


@pytest.mark.parametrize(
    ("kind", "type_", "message"),
    [
        ("device", "RuntimeError", f"{FOUND} (when checking argument for argument mat2)"),
        ("device", "RuntimeError", f"{LATER} on cuda:0 (when checking argument in method wrapper_CUDA_mm)"),
        (
            "device",
            "RuntimeError",
            "Unhandled FakeTensor Device Propagation for aten.add.Tensor, found two different devices cuda:0,"
            " cpu",
        ),
        (
            "device",
            "RuntimeError",
            "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
        ),
        (
            "device",
            "RuntimeError",
            "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
        ),
        ("dtype", "RuntimeError", "Input type (double) and bias type (float) should be the same"),
        ("dtype", "RuntimeError", "expected scalar type Long but found Float"),
        ("dtype", "RuntimeError", "mat1 and mat2 must have the same dtype, but got Float and Double"),
        ("index-type", "RuntimeError", "gather(): Expected dtype int64 for index"),
        ("index-type", "IndexError", "tensors used as indices must be long, byte or bool tensors"),
        ("needs-float", "RuntimeError", "\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'"),
        ("class-dtype", "RuntimeError", "\"nll_loss_forward_reduce_2d\" not implemented for 'Float'"),
        ("no-cuda", "RuntimeError", "Found no NVIDIA driver on your system."),
        ("not-finite", "RuntimeError", "Function 'LogBackward0' returned nan values in its 0th output."),
        ("not-implemented", "NotImplementedError", ""),
        ("no-graph", "RuntimeError", "One of the differentiated Tensors does not require grad"),
        # The same words in another class are somebody else's.
        (None, "ValueError", "mat1 and mat2 shapes cannot be multiply"),
        (None, "TypeError", "index 3 is out of bounds"),
        (None, "Exception", "NoneType"),
        (None, "ValueError", "no"),
        (None, "ZeroDivisionError", "division by zero"),
    ],
)
def test_messages_that_need_another_machine_or_version(kind, type_, message):
    assert kind_of(info(type_, message), ()) == kind


def test_before_torch_2_12_the_loss_says_less():
    frame = finding_of("raise_it = F.cross_entropy(x, torch.ones(2))").frames
    assert kind_of(info("RuntimeError", "expected scalar type Long but found Float"), frame) == "class-dtype"


def test_what_students_raise_themselves_is_theirs():
    assert finding_of("raise RuntimeError('mat1 and mat2 shapes cannot be multiplied')").kind is None
    assert finding_of("raise KeyError('x')").kind is None
    assert isinstance(
        finding_of("raise NotImplementedError('view size is not compatible')"), NotImplementedYet
    )


def test_only_the_beginning_of_a_message_is_searched():
    said = "view size is not compatible"
    assert kind_of(info("RuntimeError", "x" * (SEARCHED - len(said)) + said), ()) == "view-layout"
    assert kind_of(info("RuntimeError", "x" * SEARCHED + said), ()) is None


def test_it_comes_over_the_wall(make):
    student = make("def f(x):\n    return x.t().view(-1)")
    with pytest.raises(StudentFailed) as caught:
        student.f(torch.ones(2, 3))
    assert caught.value.finding.kind == "view-layout"
    with pytest.raises(StudentFailed) as caught:
        student.f(torch.ones(2, 3), 5)
    assert (caught.value.finding.kind, caught.value.finding.frames) == ("signature", ())
