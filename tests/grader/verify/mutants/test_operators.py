"""Each operator: a line goes in, and these lines come out of it, and no others."""

import textwrap

import pytest

from grader.verify.mutants import mutants
from grader.verify.mutants.operators import OPERATORS

NAMES = [operator.name for operator in OPERATORS]

EXAMPLES = [
    # axes
    ("axis", "y = x.sum(dim=-1)", ["y = x.sum(dim=0)", "y = x.sum(dim=1)", "y = x.sum(dim=-2)"]),
    ("axis", "y = x.gather(1, i)", ["y = x.gather(0, i)", "y = x.gather(2, i)"]),
    ("axis", "y = torch.sum(x, 1)", ["y = torch.sum(x, 0)", "y = torch.sum(x, 2)"]),
    ("axis", "y = torch.cat((x, z), 0)", ["y = torch.cat((x, z), 1)", "y = torch.cat((x, z), -1)"]),
    (
        "axis",
        "y = x.amax(dim=d)",
        ["y = x.amax(dim=0)", "y = x.amax(dim=1)", "y = x.amax(dim=-1)", "y = x.amax(dim=d - 1)"],
    ),
    ("axis", "y = sum(x, 1)", []),
    ("axis", "y = x.max(z)", []),
    ("axis", "y = F.unfold(x, 3)", []),
    ("axis forgotten", "y = x.sum(dim=1, keepdim=True)", ["y = x.sum(keepdim=True)"]),
    ("axis forgotten", "y = x.cumsum(dim=1)", []),
    ("keepdim", "y = x.sum(dim=1, keepdim=True)", ["y = x.sum(dim=1, keepdim=False)"]),
    ("keepdim", "y = x.sum(dim=1)", ["y = x.sum(dim=1, keepdim=True)"]),
    ("keepdim", "y = x.sum()", []),
    # layout
    ("transpose forgotten", "y = x @ w.T", ["y = x @ w"]),
    ("transpose added", "y = x @ w.T", ["y = x.mT @ w.T"]),
    ("matmul", "y = x @ w.T", ["y = w.T @ x", "y = x * w.T"]),
    ("axes moved", "y = x.permute(0, 2, 1)", ["y = x.permute(2, 0, 1)", "y = x.permute(0, 1, 2)"]),
    ("axes moved", "y = torch.transpose(x, 0, 1)", ["y = torch.transpose(x, 1, 1)"]),
    ("axes moved", "y = x.transpose(1, 2)", ["y = x.transpose(0, 2)"]),
    (
        "einsum",
        'y = torch.einsum("bij,jk->bik", x, w)',
        [
            'y = torch.einsum("ibj,jk->bik", x, w)',
            'y = torch.einsum("bji,jk->bik", x, w)',
            'y = torch.einsum("bij,kj->bik", x, w)',
            'y = torch.einsum("bij,jk->ibk", x, w)',
            'y = torch.einsum("bij,jk->bki", x, w)',
        ],
    ),
    # arithmetic
    ("sign", "y = x + z", ["y = x - z"]),
    ("sign", "y = x - (z - w)", ["y = x + (z - w)", "y = x - (z + w)"]),
    ("sign", "y = -x", ["y = x"]),
    ("sign", "y += x", ["y -= x"]),
    ("sign", "y = x.sum(-1)", []),
    ("factor", "y = x * z / n", ["y = x / z / n", "y = x * z * n"]),
    ("term dropped", "y = x + b", ["y = x", "y = b"]),
    ("term dropped", "y = mask & x", []),
    ("operands swapped", "y = x - z", ["y = z - x"]),
    ("operands swapped", "y = x / (z + 1)", ["y = (z + 1) / x"]),
    ("operands swapped", "y = x - z - w", ["y = z - x - w", "y = w - (x - z)"]),
    ("operands swapped", "y = x * z", []),
    ("epsilon", "y = x / x.sum()", ["y = x / (x.sum() + 1e-6)"]),
    ("epsilon", "y = x / 2", []),
    ("clamp added", "y = x.exp()", ["y = x.clamp(-20, 20).exp()"]),
    ("clamp added", "y = x.log()", ["y = x.clamp(min=1e-6).log()"]),
    ("not accumulated", "y += x", ["y = x"]),
    ("start", "total, n = 0.0, 0", ["total, n = 0.0, 1"]),
    ("constant", "eps = 0.5", ["eps = 1.0", "eps = 1.5", "eps = -0.5"]),
    ("constant", "y = 1.0", ["y = 2.0", "y = 0.0"]),
    ("number", "y = x ** 2", ["y = x ** 3", "y = x ** 1"]),
    ("function", "y = x.amax(dim=1)", ["y = x.amin(dim=1)", "y = x.mean(dim=1)", "y = x.sum(dim=1)"]),
    ("function", "y = torch.exp(x)", ["y = torch.expm1(x)", "y = torch.exp2(x)"]),
    ("function", "y = sum(x)", []),
    # sizes
    ("size", "r = range(n)", ["r = range(n + 1)", "r = range(n - 1)"]),
    (
        "size",
        "y = nn.Linear(a, 3)",
        [f"y = nn.Linear({n})" for n in ("a + 1, 3", "a - 1, 3", "a, 4", "a, 2")],
    ),
    (
        "size",
        "y = x.unfold(2, k, 1)",
        [f"y = x.unfold(2, {n})" for n in ("k + 1, 1", "k - 1, 1", "k, 2", "k, 0")],
    ),
    (
        "padding",
        "y = F.pad(x, (h, v))",
        [f"y = F.pad(x, ({n}))" for n in ("v, h", "h + 1, v", "h - 1, v", "h, v + 1", "h, v - 1")],
    ),
    ("padding dropped", "y = F.pad(x, (1, 1))", ["y = x"]),
    ("stride and padding", "y = g(x, stride=2, padding=p)", ["y = g(x, stride=p, padding=2)"]),
    ("index", "y = x.shape[2]", ["y = x.shape[3]", "y = x.shape[1]"]),
    ("slice", "y = x[1:n]", ["y = x[2:n]", "y = x[0:n]", "y = x[1:n + 1]", "y = x[1:n - 1]"]),
    ("slice", "y = x[::1]", ["y = x[::2]"]),  # a step of 0 is none
    ("rounding", "y = x // s", ["y = (-(-x // s))", "y = x / s"]),
    # logic
    ("comparison", "y = x < z", ["y = x <= z", "y = x > z"]),
    ("comparison", "y = x is None", ["y = x is not None"]),
    ("and, or", "y = x and z", ["y = x or z", "y = x", "y = z"]),
    ("not dropped", "y = not x", ["y = x"]),
    ("switch", "y = True", ["y = False"]),
    ("branch", "y = x if c else z", ["y = x", "y = z"]),
    ("branch", "if c: y = x", ["if False: y = x", "if True: y = x"]),
    ("branch", "while c: y = x", ["while False: y = x"]),
    (
        "rounds",
        "for z in x: y = z",
        [f"for z in list(x){part}: y = z" for part in ("[:-1]", "[1:]", "[:1]", "[:0]")],
    ),
    (
        "rounds",
        "y = [z for z in x]",
        [f"y = [z for z in list(x){p}]" for p in ("[:-1]", "[1:]", "[:1]", "[:0]")],
    ),
    ("error dropped", "raise ValueError('no')", ["pass"]),
    ("error dropped", "assert x, 'no'", ["pass"]),
    # graph
    ("no_grad", "with torch.no_grad(): y = x", ["with torch.enable_grad(): y = x"]),
    ("mode", "model.eval()", ["model.train()"]),
    ("mode", "model.train(was)", ["model.train()", "model.eval()"]),
    ("detach", "y = x - z.sum()", ["y = x.detach() - z.sum()", "y = x - z.sum().detach()"]),
    ("detach", "y = loss.item() * len(x)", []),
    ("detach", "y = z() - x.detach().sum()", []),
    ("in place", "y = x + z", ["y = x.add_(z)"]),
    ("in place", "y = z + x", []),  # only x is an argument
    ("assigned in place", "x = x + z", ["x += z"]),
    ("assigned in place", "y = x + z", []),
    ("function in place", "y = x.clamp(0)", ["y = x.clamp_(0)"]),
    ("dtype", "y = x.to(torch.float32)", ["y = x.to(torch.float64)"]),
    ("single precision", "y = x - z", ["y = x.float() - z"]),
    ("single precision", "y = z() / x.sum()", ["y = z() / x.sum().float()"]),
    ("dtype dropped", "y = torch.zeros(3, dtype=d)", ["y = torch.zeros(3)"]),
    # calls
    ("call dropped", "optimizer.zero_grad()", ["pass"]),
    ("call dropped", "print(x)", []),
    ("link dropped", "y = x.clone().float()", ["y = x.clone()", "y = x.float()"]),
    ("link dropped", "y = torch.exp(x)", []),
    ("order of arguments", "y = loss(a, b)", ["y = loss(b, a)"]),
    ("order of arguments", "y = x.transpose(0, 1)", []),
    ("layer dropped", "y = nn.Sequential(A(), B())", ["y = nn.Sequential(B())", "y = nn.Sequential(A(), )"]),
    ("layer", "y = nn.ReLU()", ["y = nn.Tanh()", "y = nn.LeakyReLU()", "y = nn.GELU()"]),
    ("bias dropped", "y = nn.Linear(a, b)", ["y = nn.Linear(a, b, bias=False)"]),
    ("argument dropped", "y = g(x, stride=s)", ["y = g(x)"]),
    ("choice", 'y = L(reduction="mean")', ['y = L(reduction="sum")', 'y = L(reduction="none")']),
    ("choice", 'y = L(name="softmax")', []),
    ("flattened", "y = nn.Flatten()", ["y = nn.Flatten(0)"]),
    # answers
    ("parts of answer", "return a, b", ["return b, a", "return b", "return a"]),
]


def made(operator, source):
    return [mutant.after for mutant in mutants(source) if mutant.operator == operator]


def inside(line):
    """A function with tensors and nothing else, around one line."""
    return f"def f(x: torch.Tensor):\n{textwrap.indent(line, '    ')}\n"


@pytest.mark.parametrize(("operator", "line", "lines"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_what_comes_out_of_a_line(operator, line, lines):
    assert sorted(made(operator, inside(line))) == sorted(lines)


def test_default_values_of_parameters():
    assert made("default axis", "def f(x, dim=-1): pass\n") == [
        f"def f(x, dim={other}): pass" for other in ("0", "1", "-2")
    ]
    assert made("default", "def f(x, a, n=1): pass\n") == [
        f"def f(x, a, n{other}): pass" for other in ("", "=2", "=0")
    ]
    # A default before another cannot be dropped by itself.
    assert made("default", "def f(n=None, m=None): pass\n") == ["def f(n, m=None): pass"]


def test_decorators_are_dropped():
    (mutant,) = [m for m in mutants("@torch.no_grad()\ndef f(): pass\n") if m.operator == "decorator dropped"]
    assert (mutant.before, mutant.after, mutant.source) == ("@torch.no_grad()", "", "def f(): pass\n")


def test_names_of_a_kind_are_taken_for_each_other():
    source = """
    def f(x: torch.Tensor, w: torch.Tensor, stride: int, padding: int):
        a, b = g(stride)
        y = x.view(a)
        return y
    """
    assert made("name", textwrap.dedent(source)) == [
        "a, b = g(padding)",
        "y = w.view(a)",
        "y = x.view(b)",
        "return w",
        "return x",
    ]


def test_the_nearest_names_come_first_and_of_two_as_near_the_earlier():
    names = ", ".join(f"{name}: int" for name in "abcdef")
    assert made("name", f"def k({names}):\n    y = h(d)\n") == ["y = h(c)", "y = h(e)"]
    assert made("name", f"def k({names}):\n    y = h(a)\n") == ["y = h(b)", "y = h(c)"]


def test_names_that_only_give_their_shape_stay():
    assert made("name", "def f(x: torch.Tensor, w: torch.Tensor):\n    y = len(x)\n") == []


ANSWERS = [
    *("-x", "2 * x", "x / 2", "x * 1.001", "x.round(decimals=4)", "0 * x", "x.float()", "x.double()"),
    *("x.flip(0)", "x.squeeze()", "x.mT", "x / len(x)", "x.detach()"),
]


@pytest.mark.parametrize(
    ("function", "answers"),
    [
        ("def f(x: Tensor) -> Tensor: return x", [f"return {answer}" for answer in ANSWERS]),
        ("def f_grad(x: Tensor) -> Tensor: return x", [f"return {answer}" for answer in ANSWERS[:-1]]),
        ("def f(x) -> float: return x", ["return -x", "return 2 * x", "return x * 1.001"]),
        ("def f(x) -> int: return x", []),
        ("def f(x): return None", []),
    ],
)
def test_answers_are_spoilt_in_ways_that_fit_them(function, answers):
    head = function.partition("return")[0]
    assert sorted(made("answer", f"{function}\n")) == sorted(head + answer for answer in answers)


def test_what_is_one_number_has_no_dimensions_to_move():
    answers = made("answer", "def f(x: Tensor) -> Tensor: return x.mean()\n")
    assert not any("squeeze" in answer or "flip" in answer or "mT" in answer for answer in answers)
    assert any("round" in answer for answer in answers)


def test_each_part_of_an_answer_is_spoilt():
    answers = made("answer", "def f(x: Tensor):\n    return x, -x\n")
    assert "return 2 * x, -x" in answers
    assert "return x, 2 * (-x)" in answers


def test_every_operator_has_an_example_and_says_whose_slip_it_is():
    elsewhere = {"default axis", "default", "decorator dropped", "name", "answer"}
    assert {name for name, _, lines in EXAMPLES if lines} | elsewhere == set(NAMES)
    assert len(NAMES) == len(set(NAMES))
    for operator in OPERATORS:
        assert (operator.changes.__doc__ or "").startswith(("A student", "An author")), operator.name
