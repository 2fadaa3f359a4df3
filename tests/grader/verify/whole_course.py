"""The tiny course with all that `verify` can look at: what each test of a broken course breaks."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course
from grader.verify.null_answers import USUAL
from tests.grader.tiny import HIDDEN, make_course, tiny_files

TYPED = "    if isinstance(x, str):\n        raise TypeError('a text')\n"

TOLD = """
headline = "{headline}"
explanation = "It is not what the handout asks for."
question = "What are three times 2?"
section = "What your function must do"
fails = [{fails}]
"""

TESTS = (
    HIDDEN
    + '''
@points(1)
@cites("a tensor of any shape")
def test_float64(student, reference, rng):
    """Works in float64."""
    x = rng.normal(1, 4, dtype=torch.float64)
    expect(student.double(x)).matches(reference.double(x))
'''
)

ACCEPTED = {"sums": "return sum([x] * times)", "the_other_way_round": "return times * x"}

NULL = {
    "zeros": "return x * 0",
    "ones": "return x * 0 + 1",
    "input": "return x * 1",
    "mean": "return x * 0 + x.mean()",
    "nan": "return x * float('nan')",
    "uninitialised": "return x.new_empty(x.shape)",
    "last_call": "LAST.append(x * times); return LAST[-2].sum() + x * 0",
    "none": "return None",
    "wrong_shape": "return (x * times)[None]",
    "wrong_dtype": "return (x * times).half()",
}
assert tuple(NULL) == USUAL

MISTAKES = {
    "ignores_times": ("return x * 2", ["test_matrix"]),
    "detached": ("return x.detach() * times", ["test_gradient"]),
}

UNPORTABLE = {"factors_on_the_cpu": "return x * torch.full(x.shape, float(times), dtype=x.dtype)"}


def program(body: str) -> str:
    """A program that refuses text."""
    return f"import torch\n\nLAST = [torch.zeros(1)]\n\n\ndef double(x, times=2):\n{TYPED}    {body}\n"


def mistake(name: str, body: str, fails: list[str]) -> dict[str, str]:
    """The two files of a known mistake."""
    told = TOLD.format(headline=f"It is {name}.", fails=", ".join(f'"{test}"' for test in fails))
    path = f"reference/double/mistakes/{name}"
    return {f"{path}.py": program(body), f"{path}.toml": told}


def whole_files(**changed: str) -> dict[str, str]:
    """The files of the course by name, some of them changed."""
    files = {"tests/hidden/test_double.py": TESTS}
    for folder, bodies in (("accepted", ACCEPTED), ("null", NULL), ("unportable", UNPORTABLE)):
        files |= {f"reference/double/{folder}/{name}.py": program(body) for name, body in bodies.items()}
    for name, (body, fails) in MISTAKES.items():
        files |= mistake(name, body, fails)
    return tiny_files(**(files | changed))


def whole_course(root: Path, **changed: str) -> Course:
    """Write the course under `root`, with some of its files changed, and read it."""
    return make_course(root, **whole_files(**changed))
