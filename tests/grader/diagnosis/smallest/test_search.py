"""Wrong programs in real workers, and the smallest case of each; programs that are no use to shrink."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from grader.checks.reference import Reference, load_module
from grader.compare.samples import Claim
from grader.course import Course, read_course
from grader.diagnosis.smallest import Trouble, in_haste, smallest
from grader.diagnosis.smallest import search as module
from grader.diagnosis.smallest.search import SECONDS
from grader.errors import CourseError
from grader.findings import ExceptionRaised, SmallestCase
from grader.student.launch import Zygote
from grader.student.proxy import Student
from tests.grader.tiny import bundle_of

ROOT = Path(__file__).parents[4]

AMPLE = 20.0
"""Seconds for what is not about time: another program may have the processor."""


@cache
def course() -> Course:
    return read_course(ROOT, staff=True)


@cache
def reference(name: str) -> Reference:
    return Reference(ROOT / "reference" / name)


@cache
def cases(name: str):
    return load_module(ROOT / "reference" / name / "cases.py", f"cases_of_{name}")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(warm=True) as running:
        yield running


def sought(
    zygote: Zygote, name: str, source: str, trouble: Trouble, *, seconds: float = AMPLE, **limits
) -> SmallestCase | None:
    student = Student(zygote, in_haste(course().exercise(name), seconds), bundle_of(source, name))
    try:
        return smallest(cases(name), trouble, student, reference(name), seconds=seconds, **limits)
    finally:
        student.close()


HALVED = """
def softmax(logits, dim=-1):
    e = (logits - logits.amax(dim, True)).exp()
    return e / e.sum(dim, True) / 2
"""
THIRD = HALVED.replace("/ 2", "/ 3")


@pytest.mark.parametrize(("program", "shown"), [(HALVED, True), (THIRD, False)], ids=["same", "other"])
def test_a_case_of_one_mistake_among_several_is_what_a_program_with_it_gives(zygote, program, shown):
    exercise = in_haste(course().exercise("softmax"), AMPLE)
    twin = Student(zygote, exercise, bundle_of(program, "softmax"))
    try:
        found = sought(zygote, "softmax", HALVED, value("softmax"), twin=twin)
    finally:
        twin.close()
    assert (found is not None) is shown


def value(name: str, code: str = "values-differ", leaf: str = "") -> Trouble:
    return Trouble(name, "value", code, leaf)


def raised(name: str, error: str) -> Trouble:
    return Trouble.raised(ExceptionRaised(call=f"{name}(tensor[2])", type=error, message="", frames=()))


PARTS = {
    "softmax": """
def softmax(logits, dim=-1):
    import torch
    {}
""",
    "conv2d": """
import torch
import torch.nn.functional as F
def conv2d(x, weight, bias=None, stride=1, padding=0):
    s = (stride, stride) if isinstance(stride, int) else stride
    p = (padding, padding) if isinstance(padding, int) else padding
    {}
    x = F.pad(x, (p[1], p[1], p[0], p[0]))
    if weight.shape[2] > x.shape[2] or weight.shape[3] > x.shape[3]:
        raise ValueError("too large")
    w = x.unfold(2, weight.shape[2], s[0]).unfold(3, weight.shape[3], s[1])
    y = torch.einsum("nchwij,ocij->nohw", w, weight)
    return y if bias is None else y + bias[:, None, None]
""",
    "cross_entropy": """
import torch
def cross_entropy(logits, targets):
    shifted = logits - logits.max(1, keepdim=True).values
    losses = shifted.exp().sum(1).log() - shifted[torch.arange(len(targets)), targets]
    {}
def cross_entropy_grad(logits, targets):
    p = (logits - logits.max(1, keepdim=True).values).exp()
    p = p / p.sum(1, keepdim=True)
    p[torch.arange(len(targets)), targets] -= 1
    return p
""",
    "linear_backward": """
def linear_backward(x, weight, grad_output):
    return {}
""",
    "training_loop": """
def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    for _ in range(epochs):
        model.train()
        total = count = 0
        {}
        for x, y in loader:
            {}
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total, count = total + loss.item() * len(x), count + len(x)
        losses.append(total / count)
    return losses
def evaluate(model, loader, criterion, device):
    return 0.0, 0.0
""",
    "mlp": """
import torch
from torch import nn
class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.a, self.b = nn.Linear(d_in, d_hidden), nn.Linear(d_hidden, d_hidden)
        self.c = nn.Linear(d_hidden, d_out)
    def forward(self, x):
        {}
""",
}

MODEL = (
    "model = nn.Sequential(nn.Linear(1, 1))\n"
    'model[0].load_state_dict({"weight": torch.tensor([[1.]]), "bias": torch.tensor([0.])})\n'
)

ONES = "model = MLP(1, 1, 1)\nfor p in model.parameters():\n    torch.nn.init.constant_(p, {})\n"

SHRUNK = {
    "softmax: no shift": (
        "softmax",
        ("return logits.exp() / logits.exp().sum(dim, keepdim=True)",),
        value("softmax", "not-finite"),
        ("softmax(torch.tensor([[89.]]))", "[[nan]]", "[[1.]]", (), ("N", "C"), ()),
    ),
    "softmax: one sum for all": (
        "softmax",
        ("e = (logits - logits.max()).exp(); return e / e.sum()",),
        value("softmax"),
        ("softmax(torch.tensor([[0.], [0.]]))", "[[0.5], [0.5]]", "[[1.], [1.]]", (("N", 2),), ("C",), ()),
    ),
    "softmax: the shape of one class": (
        "softmax",
        ("return torch.exp(logits - logits.logsumexp(dim, keepdim=True)).squeeze(-1)",),
        value("softmax", "shape-differs"),
        ("softmax(torch.tensor([[0.]])).shape", "[1]", "[1, 1]", (), ("N",), ("C",)),
    ),
    "softmax: always float32": (
        "softmax",
        ("return torch.exp(logits - logits.logsumexp(dim, keepdim=True)).float()",),
        value("softmax", "dtype-differs"),
        (
            "softmax(torch.tensor([[0.]], dtype=torch.float64)).dtype",
            "torch.float32",
            "torch.float64",
            (),
            ("N", "C"),
            (),
        ),
    ),
    "softmax: a list": (
        "softmax",
        ("return torch.exp(logits - logits.logsumexp(dim, keepdim=True)).tolist()",),
        value("softmax", "type-differs"),
        ("softmax(torch.tensor([[0.]]))", "[[1.]] (a list)", "[[1.]] (a tensor)", (), ("N", "C"), ()),
    ),
    "softmax: vectors raise": (
        "softmax",
        ("n, c = logits.shape; return torch.exp(logits - logits.logsumexp(dim, keepdim=True))",),
        raised("softmax", "ValueError"),
        ("softmax(torch.tensor([0.]))", "ValueError", "[1.]", (("dimensions", 1),), (), ()),
    ),
    "softmax: an argument is changed": (
        "softmax",
        ("logits -= logits.amax(dim, keepdim=True); e = logits.exp(); return e / e.sum(dim, keepdim=True)",),
        Trouble("softmax", "arguments", "argument-modified", "argument 1"),
        ("logits = torch.tensor([[1.]])\nsoftmax(logits)\nlogits", "[[0.]]", "[[1.]]", (), ("N", "C"), ()),
    ),
    "softmax: no gradient": (
        "softmax",
        ("return torch.exp(logits - logits.logsumexp(dim, keepdim=True)).detach()",),
        Trouble("softmax", "gradients", "no-gradient", "argument 1"),
        (
            "logits = torch.tensor([[0.]]).requires_grad_()\nsoftmax(logits).sum().backward()\nlogits.grad",
            "None",
            "[[0.]]",
            (),
            ("N", "C"),
            (),
        ),
    ),
    "conv2d: no bias": (
        "conv2d",
        ("bias = None",),
        value("conv2d"),
        (
            "conv2d(torch.tensor([[[[0.]]]]), torch.tensor([[[[1.]]]]), bias=torch.tensor([1.]))",
            "[[[[0.]]]]",
            "[[[[1.]]]]",
            (),
            ("N", "C_in", "H", "W", "C_out"),
            (),
        ),
    ),
    "conv2d: one channel": (
        "conv2d",
        ("x, weight = x[:, :1], weight[:, :1]",),
        value("conv2d"),
        (
            "conv2d(torch.tensor([[[[1.]], [[1.]]]]), torch.tensor([[[[1.]], [[1.]]]]))",
            "[[[[1.]]]]",
            "[[[[2.]]]]",
            (("C_in", 2),),
            ("N", "H", "W", "C_out"),
            (),
        ),
    ),
    "conv2d: too large is empty": (
        "conv2d",
        ("if weight.shape[3] > x.shape[3] + 2 * p[1]: return torch.zeros(1, 1, 1, 0)",),
        Trouble("conv2d", "refusal", "no-error"),
        (
            "conv2d(torch.tensor([[[[1.]]]]), torch.tensor([[[[1., 1.]]]]))",
            "a tensor of shape [1, 1, 1, 0]",
            "ValueError",
            (("kW", 2),),
            ("N", "C_in", "H", "C_out", "kH"),
            (),
        ),
    ),
    "cross-entropy: a sum": (
        "cross_entropy",
        ("return losses.sum()",),
        value("cross_entropy"),
        (
            "cross_entropy(torch.tensor([[0., 0.], [0., 0.]]), torch.tensor([0, 0]))",
            "tensor(1.386)",
            "tensor(0.6931)",
            (("N", 2), ("C", 2)),
            (),
            (),
        ),
    ),
    "cross-entropy gradient: no mean": (
        "cross_entropy",
        ("return losses.mean()",),
        value("cross_entropy_grad"),
        (
            "cross_entropy_grad(torch.tensor([[0., 0.], [0., 0.]]), torch.tensor([0, 0]))",
            "[[-0.5, 0.5], [-0.5, 0.5]]",
            "[[-0.25, 0.25], [-0.25, 0.25]]",
            (("N", 2), ("C", 2)),
            (),
            (),
        ),
    ),
    "linear: bias by outputs": (
        "linear_backward",
        ("grad_output @ weight, grad_output.T @ x, grad_output.sum(1)",),
        value("linear_backward", "shape-differs", "[2]"),
        (
            "linear_backward(torch.tensor([[0.]]), torch.tensor([[0.], [0.]]), "
            "torch.tensor([[0., 0.]]))[2].shape",
            "[1]",
            "[2]",
            (("out", 2),),
            ("in",),
            (),
        ),
    ),
    "linear: two of three": (
        "linear_backward",
        ("grad_output @ weight, grad_output.T @ x",),
        value("linear_backward", "length-differs"),
        (
            "linear_backward(torch.tensor([[0.]]), torch.tensor([[0.]]), torch.tensor([[0.]]))",
            "2 items",
            "3 items",
            (),
            ("N", "in", "out"),
            (),
        ),
    ),
    "train: gradients pile up": (
        "training_loop",
        ("optimizer.zero_grad()", "pass"),
        value("train", leaf="['0.weight']"),
        (
            f"{MODEL}loader = [(torch.tensor([[1.]]), torch.tensor([[0.]])),\n"
            "          (torch.tensor([[1.]]), torch.tensor([[0.]]))]\n"
            "optimizer = torch.optim.SGD(model.parameters(), lr=1.)\n"
            'train(model, loader, optimizer, nn.MSELoss(), 1, "cpu")\nmodel[0].weight, model[0].bias',
            "([[3.]], [2.])",
            "([[5.]], [4.])",
            (("batches", 2),),
            ("samples", "epochs"),
            (),
        ),
    ),
    "evaluate: zeros": (
        "training_loop",
        ("", "optimizer.zero_grad()"),
        value("evaluate", leaf="[0]"),
        (
            "model = nn.Sequential(nn.Linear(1, 2))\n"
            'model[0].load_state_dict({"weight": torch.tensor([[0.], [1.]]), '
            '"bias": torch.tensor([0., 0.])})\n'
            "loader = [(torch.tensor([[1.]]), torch.tensor([0]))]\n"
            'evaluate(model, loader, nn.CrossEntropyLoss(), "cpu")',
            "[0., 0.]",
            "[1.313, 0.]",
            (),
            ("batches", "samples"),
            (),
        ),
    ),
    "mlp: no second ReLU": (
        "mlp",
        ("return self.c(self.b(self.a(x.flatten(1)).relu()))",),
        value("__call__"),
        (
            f"{ONES.format('-1.')}model(torch.tensor([[0.]]))",
            "[[0.]]",
            "[[-1.]]",
            (),
            ("N", "d_in", "d_hidden", "d_out"),
            (),
        ),
    ),
    "mlp: a batch of one is squeezed": (
        "mlp",
        ("return self.c(self.b(self.a(x.flatten(1)).relu()).relu()).squeeze(0)",),
        value("__call__", "shape-differs"),
        (
            f"{ONES.format('1.')}model(torch.tensor([[0.]]))",
            "[3.]",
            "[[3.]]",
            (),
            ("d_in", "d_hidden", "d_out"),
            ("N",),
        ),
    ),
}


@pytest.mark.parametrize("title", SHRUNK)
def test_it_is_the_smallest(zygote: Zygote, title: str):
    name, parts, trouble, wanted = SHRUNK[title]
    found = sought(zygote, name, PARTS[name].format(*parts), trouble)
    assert found is not None
    assert (found.source, found.yours, found.expected, found.sizes, found.free, found.only) == wanted


RIGHT = [
    (name, entry, claim)
    for name, entry, differentiable in (
        ("softmax", "softmax", True),
        ("conv2d", "conv2d", True),
        ("cross_entropy", "cross_entropy", True),
        ("cross_entropy", "cross_entropy_grad", False),
        ("linear_backward", "linear_backward", False),
        ("training_loop", "train", False),
        ("training_loop", "evaluate", False),
        ("mlp", "__call__", False),
    )
    for claim in (("value", "gradients") if differentiable else ("value",))
]


@pytest.mark.parametrize(("name", "entry", "claim"), RIGHT)
def test_nothing_is_found_for_a_right_program(zygote: Zygote, name: str, entry: str, claim: Claim):
    source = (ROOT / "reference" / name / "solution.py").read_text()
    trouble = Trouble(entry, claim, "values-differ")
    assert sought(zygote, name, source, trouble, calls=50) is None


def test_same_seed_same_case(zygote: Zygote):
    source = PARTS["softmax"].format("return logits.exp()")
    first, second = (sought(zygote, "softmax", source, value("softmax"), seed=4) for _ in range(2))
    assert first == second is not None


def test_what_comes_and_goes_is_not_shown(zygote: Zygote):
    chance = PARTS["softmax"].format("import os; return logits * 0 + os.urandom(1)[0] + 2")
    assert sought(zygote, "softmax", chance, value("softmax")) is None


def test_the_first_calls_of_a_worker_alone_are_right(zygote: Zygote):
    # Wrong from the second call on: the replay in a fresh worker comes out right.
    counts = (
        "softmax.n = getattr(softmax, 'n', 0) + 1\n"
        "    right = torch.exp(logits - logits.logsumexp(dim, keepdim=True))\n"
        "    return right if softmax.n == 1 else 2 * right"
    )
    assert sought(zygote, "softmax", PARTS["softmax"].format(counts), value("softmax")) is None


@pytest.mark.parametrize(
    "end", ["while True: pass", "import os; os._exit(3)", "return torch.softmax(logits, dim)"]
)
def test_code_that_ends_otherwise_ends_the_search(zygote: Zygote, end: str):
    started = time.monotonic()
    assert sought(zygote, "softmax", PARTS["softmax"].format(end), value("softmax"), seconds=1.0) is None
    assert time.monotonic() - started < 8


def test_code_that_hangs_now_and_then(zygote: Zygote):
    source = PARTS["softmax"].format("while logits.ndim > 2: pass\n    return logits.exp()")
    found = sought(zygote, "softmax", source, value("softmax"), seconds=1.0)
    assert found is None or found.sizes == ()  # cut short: what it needs is not known


def test_slow_code_keeps_to_the_time(zygote: Zygote):
    source = PARTS["softmax"].format("import time; time.sleep(0.05); return logits.exp()")
    started = time.monotonic()
    found = sought(zygote, "softmax", source, value("softmax"), seconds=1.0)
    # The search, a replay, two loads; generous to a busy machine.
    assert time.monotonic() - started < 6
    assert found is None or found.sizes == ()


def test_calls_are_counted(zygote: Zygote, monkeypatch: pytest.MonkeyPatch):
    asked = []
    seen = module.Search._seen
    monkeypatch.setattr(module.Search, "_seen", lambda self, case: asked.append(case) or seen(self, case))
    source = PARTS["softmax"].format("return logits.exp()")
    sought(zygote, "softmax", source, value("softmax"), calls=7)
    assert 0 < len(asked) <= 8  # and the replay


def test_what_cannot_be_shrunk_costs_nothing(zygote: Zygote, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Student, "restart", lambda self: pytest.fail("nobody should be asked"))
    source = PARTS["softmax"].format("return logits")
    for trouble in (
        value("softmax", "forbidden-used"),
        Trouble("softmax", "state", "state-changed"),
        Trouble("softmax", "refusal", "no-error"),
        value("no_such_function"),
    ):
        assert sought(zygote, "softmax", source, trouble) is None


def test_cases_that_the_reference_refuses_are_our_fault(zygote: Zygote, tmp_path: Path):
    path = tmp_path / "cases.py"
    path.write_text(
        "import torch\nfrom hypothesis import strategies as st\nfrom grader.diagnosis.cases import Call\n"
        "def softmax():\n"
        "    return st.just(Call('softmax', (torch.zeros(2),), {'dim': 5}, {'logits': 'C'}))\n"
    )
    student = Student(
        zygote, course().exercise("softmax"), bundle_of(PARTS["softmax"].format("return 1"), "softmax")
    )
    with pytest.raises(CourseError, match=r"refuses \(IndexError.*softmax\(torch.tensor"):
        smallest(
            load_module(path, "bad_cases"), value("softmax"), student, reference("softmax"), seconds=AMPLE
        )
    student.close()


def test_nothing_is_written_or_printed(
    zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(tmp_path / "hypothesis")
    try:
        monkeypatch.chdir(tmp_path)
        sought(zygote, "softmax", PARTS["softmax"].format("return logits.exp()"), value("softmax"))
    finally:
        set_hypothesis_home_dir(None)
    assert os.listdir(tmp_path) == []
    assert capfd.readouterr() == ("", "")


def test_an_exercise_in_haste():
    exercise = course().exercise("softmax")
    hasty = in_haste(exercise)
    assert hasty.limits.call_seconds == SECONDS
    assert hasty.limits.memory_mb == exercise.limits.memory_mb
    assert in_haste(exercise, 1000.0).limits == exercise.limits
    slower = in_haste(exercise, 0.5, 60.0).limits
    assert (slower.call_seconds, slower.test_seconds, slower.exercise_seconds) == (0.5, 1.0, 60.0)
