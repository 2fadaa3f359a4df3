"""Forbidden built-ins are seen by every route, and nothing else is."""

import pytest
import torch

from grader.worker.observe import dispatch_keys, matching
from tests.grader.worker.driver import Zygote, shared

# What the course's exercises say; kept here so that these tests need no course.
SOFTMAX = ("*softmax*", "*attention*", "_transformer_encoder_layer_fwd", "to_mkldnn")
CROSS_ENTROPY = ("cross_entropy_loss", "nll_loss*", *SOFTMAX)
CONVOLUTION = (
    "*conv?d*", "*convolution*", "conv_*", "*slow_conv*", "_conv_*", "to_mkldnn",
    "mkldnn::*conv*", "mkldnn_prepacked::conv*", "quantized::conv*", "onednn::qconv*",
)  # fmt: skip

PRELUDE = """
import threading, warnings
from concurrent.futures import ThreadPoolExecutor
import torch, torch.nn as nn, torch.nn.functional as F
from torch.nn.functional import softmax as borrowed
warnings.simplefilter("ignore")
aliases = {"s": torch.softmax}
scripted = torch.jit.script(nn.Softmax(-1))
x = torch.randn(3, 4); q = torch.randn(1, 2, 3, 4); t = torch.tensor([0, 1, 2])
c = torch.randn(1, 2, 6, 6); w = torch.randn(3, 2, 3, 3); wt = torch.randn(2, 3, 3, 3)
layer = nn.Softmax(-1); mha = nn.MultiheadAttention(4, 2, batch_first=True)
asked, answered, box = threading.Event(), threading.Event(), []
def early():
    asked.wait()
    try: box.append(F.softmax(x, 0))
    except Exception: pass
    answered.set()
threading.Thread(target=early, daemon=True).start()
def in_thread(f):
    thread = threading.Thread(target=lambda: tolerant(f)); thread.start(); thread.join()
def tolerant(f):
    try: return f()
    except RuntimeError: return "caught by the student"
def in_early_thread():
    asked.set(); answered.wait()
def swallowed():
    try: return F.softmax(x, 0)
    except Exception: return x.exp()
"""

SOFTMAX_ROUTES = {
    "F": "F.softmax(x, 0)",
    "method": "x.softmax(0)",
    "module": "nn.Softmax(0)(x)",
    "module made before": "layer(x)",
    "Softmax2d": "nn.Softmax2d()(q)",
    "special": "torch.special.softmax(x, 0)",
    "out": "torch.softmax(x, 0, out=torch.empty(3, 4))",
    "dtype": "x.softmax(0, dtype=torch.float64)",
    "half": "x.half().softmax(0)",
    "with gradient": "x.clone().requires_grad_().softmax(0)",
    "inference mode": "torch.inference_mode()(lambda: x.softmax(0))()",
    "ops": "torch.ops.aten.softmax(x, 0)",
    "inner operator": "torch.ops.aten._softmax(x, 0, False)",
    "VariableFunctions": "torch._C._VariableFunctions.softmax(x, 0)",
    "getattr": "getattr(torch, 'soft' + 'max')(x, 0)",
    "borrowed": "borrowed(x, 0)",
    "alias": "aliases['s'](x, 0)",
    "TorchScript": "scripted(x)",
    "vmap": "torch.vmap(lambda row: row.softmax(0))(x)",
    "torch.func": "torch.func.vjp(lambda x: x.softmax(0), x)",
    "compile": "torch.compile(lambda x: x.softmax(0))(x)",
    "thread": "in_thread(lambda: F.softmax(x, 0))",
    "thread from before": "in_early_thread()",
    "pool": "list(ThreadPoolExecutor().map(lambda row: tolerant(lambda: row.softmax(0)), x))",
    "swallowed": "swallowed()",
    "sparse": "torch.sparse.softmax(x.to_sparse(), 1)",
    "log": "F.log_softmax(x, 0).exp()",
    "LogSoftmax": "nn.LogSoftmax(0)(x)",
    "softmin": "F.softmin(-x, 0)",
    "gumbel": "F.gumbel_softmax(x)",
    "masked": "torch.masked.softmax(x, 0)",
    "safe": "torch.ops.aten._safe_softmax(x, 0)",
    "cross entropy": "F.cross_entropy(x, t)",
    "soft cross entropy": "F.cross_entropy(x, x)",
    "attention": "F.scaled_dot_product_attention(q, q, q)",
    "MultiheadAttention": "mha(q[0], q[0], q[0])",
    "encoder layer": "nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)(q[0])",
    "mkldnn": "x.to_mkldnn().softmax(0)",
    "Categorical": "torch.distributions.Categorical(logits=x).probs",
}
SOFTMAX_ALLOWED = {
    "by hand": "(x - x.logsumexp(0, keepdim=True)).exp()",
    "divided": "x.exp() / x.exp().sum(0)",
    "sigmoid": "x.sigmoid()",
    "nll_loss": "F.nll_loss(x, t)",
    "named only": "(torch.softmax, F.softmax, nn.Softmax(0), x.softmax)[3] and x",
}
CROSS_ENTROPY_ROUTES = {
    "F": "F.cross_entropy(x, t)",
    "module": "nn.CrossEntropyLoss()(x, t)",
    "nll": "F.nll_loss(x, t)",
    "NLLLoss": "nn.NLLLoss()(x, t)",
    "nll in 2d": "F.nll_loss(q, torch.zeros(1, 3, 4, dtype=torch.int64))",
    "log_softmax": "x.log_softmax(1)",
    "softmax": "x.softmax(1)",
    "ops": "torch.ops.aten.nll_loss_forward(x, t, None, 1, -100)",
}
CROSS_ENTROPY_ALLOWED = {
    "gather": "(x.logsumexp(1) - x[torch.arange(3), t]).mean()",
    "one_hot": "F.one_hot(t, 4)",
}
CONVOLUTION_ROUTES = {
    "conv2d": "F.conv2d(c, w)",
    "torch": "torch.conv2d(c, w)",
    "conv1d": "F.conv1d(c[0], w[:, :, 0])",
    "conv3d": "F.conv3d(c[:, :, None], w[:, :, None])",
    "same": "F.conv2d(c, w, padding='same')",
    "transposed": "F.conv_transpose2d(c, wt)",
    "transposed 1d": "F.conv_transpose1d(c[0], wt[0])",
    "transposed 3d": "F.conv_transpose3d(c[:, :, None], wt[:, :, None])",
    "module": "nn.Conv2d(2, 3, 3)(c)",
    "lazy": "nn.LazyConv2d(3, 3)(c)",
    "convolution": "torch.convolution(c, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
    "inner": "torch._convolution(c, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, *[False] * 4)",
    "mkldnn": "torch.mkldnn_convolution(c, w, None, [0, 0], [1, 1], [1, 1], 1)",
    "slow": "torch.ops.aten._slow_conv2d_forward(c, w, [3, 3], None, [1, 1], [0, 0])",
    "thnn": "torch._C._nn.thnn_conv2d(c, w, [3, 3])",
    "dilated": "torch._C._nn.slow_conv_dilated2d(c, w, [3, 3])",
    "slow transposed": "torch._C._nn.slow_conv_transpose2d(c, wt, [3, 3])",
    "time first": "torch.conv_tbc(torch.randn(5, 1, 2), torch.randn(3, 2, 4), torch.zeros(4))",
    "its gradient": "torch.nn.grad.conv2d_input((1, 2, 8, 8), w, torch.randn(1, 3, 6, 6))",
    "pointwise": "torch.ops.mkldnn._convolution_pointwise(c, w, None, *[[1, 1]] * 3, 1, 'none', [], '')",
    "mkldnn tensors": "F.conv2d(c.to_mkldnn(), w.to_mkldnn())",
    "vmap": "torch.vmap(lambda a: F.conv2d(a, w))(c[None])",
    "double": "F.conv2d(c.double(), w.double())",
    "with gradient": "F.conv2d(c.clone().requires_grad_(), w)",
}
CONVOLUTION_ALLOWED = {
    "F.unfold": "F.unfold(c, 3)",
    "fold": "F.fold(F.unfold(c, 3), 6, 3)",
    "unfold": "c.unfold(2, 3, 1).unfold(3, 3, 1)",
    "einsum": "torch.einsum('nchw,ochw->no', c[:, :, :3, :3], w)",
    "as_strided": "c.as_strided((2, 2), (1, 1))",
    "matmul": "c @ c",
    "pad": "F.pad(c, (1, 1))",
    "tensordot": "torch.tensordot(c, w, dims=([1], [1]))",
    "fft": "torch.fft.rfft2(c)",
    "pool": "F.max_pool2d(F.avg_pool2d(c, 2), 2)",
    "linear": "F.linear(c, torch.randn(3, 6))",
}
RULES = {
    "softmax": (SOFTMAX, SOFTMAX_ROUTES, SOFTMAX_ALLOWED),
    "cross_entropy": (CROSS_ENTROPY, CROSS_ENTROPY_ROUTES, CROSS_ENTROPY_ALLOWED),
    "convolution": (CONVOLUTION, CONVOLUTION_ROUTES, CONVOLUTION_ALLOWED),
}


@pytest.fixture
def zygote() -> Zygote:
    """A warm one: torch.compile and torch.func take seconds to import."""
    return shared("--warm")


def entry_points(expressions: dict[str, str]) -> tuple[str, list[str]]:
    """A submission with one entry point for each expression."""
    names = [f"route_{number}" for number in range(len(expressions))]
    lines = [f"def {name}(): return {code}\n" for name, code in zip(names, expressions.values(), strict=True)]
    return PRELUDE + "".join(lines), names


@pytest.mark.parametrize("rule", RULES)
def test_every_route_is_seen_and_nothing_else(worker, rule):
    operators, routes, allowed = RULES[rule]
    source, names = entry_points(routes | allowed)
    assert worker.load(source, *names, operators=operators).missing == ()
    seen = {label: worker.call(name) for label, name in zip(routes | allowed, names, strict=True)}
    missed = [label for label in routes if not seen[label].forbidden]
    accused = {label: seen[label] for label in allowed if seen[label].forbidden}
    broken = {label: seen[label].exception for label in allowed if hasattr(seen[label], "exception")}
    assert (missed, accused, broken) == ([], {}, {})


def test_a_use_says_what_and_where(worker):
    source = "import torch\ndef g(x):\n    return torch.softmax(x, 0)\ndef f(x):\n    return g(x)\n"
    worker.load(source, "f", operators=SOFTMAX)
    answer = worker.call("f", torch.ones(2))
    (use,) = answer.forbidden
    assert use.what == "aten::softmax"
    assert [(frame.line, frame.function) for frame in use.frames] == [(5, "f"), (3, "g")]
    assert answer.exception.type == "NotAllowedHere"
    assert "softmax" in answer.exception.message


def test_a_student_who_catches_it_is_seen_all_the_same(worker):
    source = "import torch\ndef f(x):\n    for _ in range(1000):\n        try: torch.softmax(x, 0)\n"
    source += "        except RuntimeError: pass\n    return x\n"
    worker.load(source, "f", operators=SOFTMAX)
    answer = worker.call("f", torch.ones(2))
    assert torch.equal(worker.values(answer)[0], torch.ones(2))
    assert len(answer.forbidden) == 10, "and it is said only so often"


def test_only_the_entry_point_with_the_rule_is_guarded(worker):
    source = "import torch\ndef f(x): return torch.softmax(x, 0)\n"
    worker.load(source + "before = f(torch.ones(2))\n", "f", operators=SOFTMAX)
    worker.load({"other.py": "import torch\ndef g(x): return torch.softmax(x, 0)\n"}, "g", main=("other.py",))
    x = torch.randn(3)
    for _ in range(2):
        assert worker.call("f", x).forbidden
        answer = worker.call("g", x, wrt=(0,), cotangent=torch.ones(3))
        assert answer.forbidden == ()
        value, _, gradients = worker.values(answer)
        torch.testing.assert_close(value, torch.softmax(x, 0))
        assert gradients[0] is not None


def test_the_methods_of_a_guarded_class_are_guarded(worker):
    source = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x): return x.softmax(0)\n"
    worker.load(source, "Net", operators=SOFTMAX)
    net = worker.value("Net", keep=True)
    assert worker.call("__call__", torch.ones(2), handle=net.handle).forbidden


def test_a_backward_of_the_student_s_own_is_guarded_too(worker):
    source = """
import torch
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.exp()
    @staticmethod
    def backward(ctx, g): return torch.softmax(g, 0)
def f(x): return Own.apply(x)
"""
    worker.load(source, "f", operators=SOFTMAX)
    assert worker.call("f", torch.ones(2)).forbidden == ()
    assert worker.call("f", torch.ones(2), wrt=(0,), cotangent=torch.ones(2)).forbidden


AUTOGRAD_PRELUDE = """
import threading
import torch
import torch.autograd.forward_ad as fw
from torch.autograd import grad as borrowed
x = torch.randn(3, 4)
def leaf(): return x.clone().requires_grad_()
def f(x): return x.exp().sum(0).log().sum()
def backward(f=f):
    l = leaf(); f(l).backward(); return l.grad
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x); return x.exp()
    @staticmethod
    def backward(ctx, g): return g * ctx.saved_tensors[0].exp()
@torch.jit.script
def scripted(x: torch.Tensor):
    (x * x).sum().backward(); return x.grad
@torch.jit.script
def scripted_grad(x: torch.Tensor):
    return torch.autograd.grad([(x * x).sum()], [x])
def by_hand():
    o = (l := leaf()).square().sum()
    return o.grad_fn.next_functions[0][0](o.grad_fn(torch.ones(())))
def dual():
    with fw.dual_level(): return fw.unpack_dual(f(fw.make_dual(x, x)))
def in_thread():
    def quiet():
        try: backward()
        except RuntimeError: pass
    thread = threading.Thread(target=quiet); thread.start(); thread.join()
"""
AUTOGRAD_ROUTES = {
    "backward": "backward()",
    "linear backward": "backward(lambda l: (l * 2).sum())",
    "grad": "torch.autograd.grad(f(l := leaf()), l)",
    "borrowed": "borrowed(f(l := leaf()), l)",
    "torch.func.grad": "torch.func.grad(f)(x)",
    "vjp": "torch.func.vjp(f, x)[1](torch.ones(()))",
    "jvp": "torch.func.jvp(f, (x,), (x,))",
    "jacrev": "torch.func.jacrev(f)(x)",
    "jacfwd": "torch.func.jacfwd(f)(x)",
    "vmap of grad": "torch.vmap(torch.func.grad(lambda row: row.exp().sum()))(x)",
    "dual numbers": "dual()",
    "functional": "torch.autograd.functional.jacobian(f, x)",
    "functional forward": "torch.autograd.functional.jacobian(f, x, strategy='forward-mode', vectorize=True)",
    "functional vjp": "torch.autograd.functional.vjp(f, x)",
    "own function": "Own.apply(leaf()).sum().backward()",
    "TorchScript": "scripted(leaf())",
    "TorchScript grad": "scripted_grad(leaf())",
    "nodes by hand": "by_hand()",
    "operator": "torch.ops.aten._backward(f(leaf()), [])",
    "thread": "in_thread()",
}
AUTOGRAD_ALLOWED = {
    "own function alone": "Own.apply(x)",
    "own function recorded": "Own.apply(leaf()).detach()",
    "recorded only": "f(leaf()).detach()",
    "vmap": "torch.vmap(lambda row: row * 2)(x)",
    "no_grad": "torch.no_grad()(f)(x)",
    "finite differences": "torch.gradient(x)[0]",
}


def test_every_route_backward_is_seen_and_nothing_else(worker):
    source, names = entry_points(AUTOGRAD_ROUTES | AUTOGRAD_ALLOWED)
    source = AUTOGRAD_PRELUDE + source.removeprefix(PRELUDE)
    assert worker.load(source, *names, autograd=True).missing == ()
    labels = AUTOGRAD_ROUTES | AUTOGRAD_ALLOWED
    seen = {label: worker.call(name) for label, name in zip(labels, names, strict=True)}
    missed = [label for label in AUTOGRAD_ROUTES if not seen[label].forbidden]
    accused = {label: seen[label] for label in AUTOGRAD_ALLOWED if seen[label].forbidden}
    broken = {label: seen[label].exception for label in AUTOGRAD_ALLOWED if hasattr(seen[label], "exception")}
    assert (missed, accused, broken) == ([], {}, {})
    assert {use.what for label in AUTOGRAD_ROUTES for use in seen[label].forbidden} == {"autograd"}


def test_the_grader_may_go_backward_where_the_student_may_not(worker):
    worker.load("def f(x): return x.exp()\n", "f", autograd=True)
    x = torch.randn(3)
    answer = worker.call("f", x, wrt=(0,), cotangent=torch.ones(3))
    assert answer.forbidden == ()
    torch.testing.assert_close(worker.values(answer)[2][0], x.exp())


def test_backward_works_where_it_is_not_forbidden(worker):
    worker.load("def f(x): return x.exp()\n", "f", autograd=True)
    source = "import torch\ndef g(x):\n    x.requires_grad_()\n    x.exp().sum().backward()\n"
    source += "    return x.grad, torch.autograd.grad(x.exp().sum(), x)[0]\n"
    worker.load({"other.py": source}, "g", main=("other.py",))
    x = torch.randn(3)
    worker.call("f", x)
    answer = worker.call("g", x)
    assert answer.forbidden == ()
    for value in worker.values(answer)[0]:
        torch.testing.assert_close(value, x.exp())


def test_patterns_are_globs_of_names_without_overload():
    names = matching(("_softmax", "quantized::conv2d"))
    assert {"aten::_softmax", "aten::_softmax.out", "quantized::conv2d", "quantized::conv2d.new"} == set(
        names
    )
    assert matching(()) == ()
    assert "aten::conv2d.padding" in matching(("conv?d",))


def test_only_keys_that_this_machine_has_are_overridden():
    assert ("CUDA" in dispatch_keys("aten")) == torch.cuda.is_available()
