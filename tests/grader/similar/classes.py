"""Classes of submissions for one exercise, and what people do to a copy."""

import ast
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.grader.worker.notebook.books import book

ROOT = Path(__file__).parents[3]

Files = dict[str, bytes]
"""A submission: its files by name."""


def accepted(exercise: str) -> dict[str, str]:
    """Right solutions by different algorithms, which nobody copied from anybody, by name."""
    paths = sorted((ROOT / "reference" / exercise / "accepted").glob("*.py"))
    solution = ROOT / "reference" / exercise / "solution.py"
    return {path.stem.replace("_", "-"): path.read_text() for path in (*paths, solution)}


def written(folder: Path, exercise: str, texts: Mapping[str, str | Files]) -> Path:
    """A folder with a class: a text is the exercise's module."""
    for student, content in texts.items():
        files = content if isinstance(content, dict) else {f"{exercise}.py": content.encode()}
        (folder / student).mkdir(parents=True)
        for name, data in files.items():
            (folder / student / name).write_bytes(data)
    return folder


# --- what honest people write -------------------------------------------------------

_LARGEST = (
    "m = logits.amax(dim=1, keepdim=True)",
    "m = logits.max(dim=1, keepdim=True).values",
    "m, _ = torch.max(logits, dim=1, keepdim=True)",
)
_LOG_SUMS = (
    "{largest}\n    lse = (logits - m).exp().sum(dim=1, keepdim=True).log() + m",
    "{largest}\n    e = torch.exp(logits - m)\n    lse = torch.log(e.sum(dim=1, keepdim=True)) + m",
    "lse = torch.logsumexp(logits, dim=1, keepdim=True)",
)
_PICKED = (
    "picked = logits[torch.arange(n), targets]",
    "picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1)",
    "picked = torch.gather(logits, 1, targets.view(-1, 1)).view(-1)",
    "picked = logits[range(n), targets]",
)
_LOSSES = (
    "loss = (lse.squeeze(1) - picked).mean()\n    return loss",
    "return (lse[:, 0] - picked).mean()",
    "losses = lse.squeeze() - picked\n    return losses.sum() / n",
    "return torch.mean(lse.view(-1) - picked)",
)
_SIZES = ("n = logits.shape[0]", "n = logits.size(0)", "n, k = logits.shape", "n = len(logits)")
_SHARES = (
    "p = torch.softmax(logits, dim=1)",
    "p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))",
    "{largest}\n    e = torch.exp(logits - m)\n    p = e / e.sum(dim=1, keepdim=True)",
    "{largest}\n    e = (logits - m).exp()\n    p = e / e.sum(dim=1, keepdim=True)",
)
_GRADIENTS = (
    "grad = p.clone()\n    grad[torch.arange(n), targets] -= 1\n    return grad / n",
    "y = torch.zeros_like(p)\n    y[torch.arange(n), targets] = 1\n    return (p - y) / n",
    "y = torch.nn.functional.one_hot(targets, p.shape[1]).to(p.dtype)\n    return (p - y) / n",
    "y = torch.zeros_like(logits).scatter_(1, targets.unsqueeze(1), 1.0)\n    return (p - y) / n",
)


def from_usual_phrases(seed: int) -> str:
    """A right answer to `cross_entropy`, short, each step as one of a few that everybody knows."""
    rng = random.Random(seed)

    def one(phrases: Sequence[str]) -> str:
        return rng.choice(phrases).replace("{largest}", rng.choice(_LARGEST))

    size = one(_SIZES)
    forward, backward = [size, one(_LOG_SUMS), one(_PICKED)], [size, one(_SHARES)]
    rng.shuffle(backward)
    if rng.random() < 0.5:
        forward[:2] = reversed(forward[:2])
    return (
        "import torch\n\n\ndef cross_entropy_loss(logits, targets):\n    "
        + "\n    ".join([*forward, one(_LOSSES)])
        + "\n\n\ndef cross_entropy_grad(logits, targets):\n    "
        + "\n    ".join([*backward, one(_GRADIENTS)])
        + "\n"
    )


# --- what people do to a copy ---------------------------------------------------------


def renamed(text: str) -> str:
    """Every variable, parameter and helper has another name."""
    own = {
        *re.findall(r"^ *(\w+)(?:, \w+)* = ", text, re.MULTILINE),
        *re.findall(r"\bfor (\w+)", text),
        *re.findall(r"\bdef (_\w+)", text),
    }
    for number, name in enumerate(sorted(own)):
        text = re.sub(rf"(?<![.\w]){name}\b(?!\s*=[^=\n]*[,)])", f"name_{number}", text)
    return text


def commented(text: str) -> str:
    """Comments and docstrings are others, lines apart and strings otherwise quoted."""
    text = re.sub(r'"""(?:.|\n)*?"""', '"""My own solution."""', text)
    lines = re.sub(r"#.*", "# as in the lecture", text).split("\n")
    return "\n".join(f"{line}\n" if line.endswith(")") else line for line in lines)


def reordered(text: str) -> str:
    """The functions stand in the opposite order."""
    head, *functions = re.split(r"^(?=def |class |@)", text, flags=re.MULTILINE)
    return head + "\n\n".join(each.strip("\n") for each in reversed(functions)) + "\n"


def with_dead_code(text: str) -> str:
    """As much again that does nothing."""
    dead = "".join(
        f"\n\ndef unused_{n}(things):\n    total = {n}\n    for thing in things:\n"
        f"        total += thing ** {n}\n    print(total)\n    return [total, *things]\n"
        for n in range(8)
    )
    return text + dead


def as_notebook(text: str) -> bytes:
    """All in one cell."""
    return book(text)


def in_cells(text: str) -> bytes:
    """Each definition in a cell of its own, with experiments between."""
    pieces = re.split(r"^(?=def |class |@)", text, flags=re.MULTILINE)
    return book(*(cell for piece in pieces for cell in (piece, "print('works')\nx = 1")))


COPIES: dict[str, Callable[[str, str], Files]] = {
    "as it is": lambda text, exercise: {f"{exercise}.py": text.encode()},
    "renamed": lambda text, exercise: {f"{exercise}.py": renamed(text).encode()},
    "other comments": lambda text, exercise: {f"{exercise}.py": commented(text).encode()},
    "reordered": lambda text, exercise: {f"{exercise}.py": reordered(text).encode()},
    "dead code added": lambda text, exercise: {f"{exercise}.py": with_dead_code(text).encode()},
    "a notebook": lambda text, exercise: {f"{exercise}.ipynb": as_notebook(text)},
    "split into cells": lambda text, exercise: {"homework.ipynb": in_cells(text)},
    "all of it": lambda text, exercise: {
        "homework.ipynb": in_cells(with_dead_code(reordered(commented(renamed(text)))))
    },
}
"""What the copy is then."""


def varied(text: str, seed: int) -> str:
    """A solution that somebody wrote after the same idea, with statements of their own between."""
    rng = random.Random(seed)
    lines = text.split("\n")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    inside = [part for node in functions for part in node.body]
    for node in sorted({part.lineno: part for part in inside}.values(), key=lambda part: -part.lineno):
        if rng.random() < 0.4 and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            lines.insert(node.lineno - 1, " " * node.col_offset + _statement(rng))
    return "\n".join(lines)


def _statement(rng: random.Random) -> str:
    words = ["max", "min", "abs", "sum", "len", "sorted", "list", "tuple", "range", "zip", "print", "str"]
    names = [rng.choice(words) for _ in range(5)]
    signs = [rng.choice("+-*/%") for _ in range(5)]
    inner = " ".join(f"{name}(a{n}) {sign}" for n, (name, sign) in enumerate(zip(names, signs, strict=True)))
    return f"unused = lambda a0, a1, a2, a3, a4: {inner} 1"
