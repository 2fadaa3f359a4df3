"""Mutants of whole programs: what is changed and what never is, order, names, places, diffs."""

import ast
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.verify.mutants import mutants

ROOT = Path(__file__).parents[4]
REFERENCES = sorted((ROOT / "reference").glob("*/solution.py"))

LEAST = 60
"""So many mutants has each reference of this course."""

MOST = 160
"""More take too long to judge, for little that is new."""

PROGRAM = '''"""Says -1 + 2 and sum(dim=1)."""

import torch
from torch import nn

Shape = tuple[int, int]


def softmax(x: torch.Tensor, dim: int = -1) -> "torch.Tensor":
    """Divides by x.sum(dim=1), and 1 + 1 is 2."""
    if x.dim() == 0:
        raise ValueError("no dims", x.sum(dim=1))
    weights = x.exp()  # largest - 1
    print("sum", x.sum(dim=1))
    label = f"{x.dim() + 1} and {-1}"
    return weights / weights.sum(
        dim=dim,  # along one dimension
        keepdim=True,
    )


if __name__ == "__main__":
    softmax(1 + 2)
'''


def named(source):
    return [mutant.name for mutant in mutants(source)]


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.parent.name)
def test_every_reference_has_enough_mutants_and_not_too_many(path):
    made = mutants(path.read_text("utf-8"))
    assert LEAST <= len(made) <= MOST
    assert len({mutant.name for mutant in made}) == len(made)
    assert len({mutant.source for mutant in made}) == len(made)
    for mutant in made:
        compile(mutant.source, mutant.name, "exec")


def test_there_are_six_references():
    assert len(REFERENCES) == 6


LEFT_ALONE = (
    '"""Says -1 + 2 and sum(dim=1)."""',
    "import torch\nfrom torch import nn\n\nShape = tuple[int, int]",
    "x: torch.Tensor, dim: int",
    '-> "torch.Tensor":\n    """Divides by x.sum(dim=1), and 1 + 1 is 2."""',
    "# largest - 1",
    'label = f"{x.dim() + 1} and {-1}"',
    'print("sum", x.sum(dim=1))',
    'if __name__ == "__main__":\n    softmax(1 + 2)\n',
)


def test_only_what_tests_could_notice_is_changed():
    made = mutants(PROGRAM)
    for mutant in made:
        for text in LEFT_ALONE:
            assert text in mutant.source, mutant.name
    assert {PROGRAM.splitlines()[mutant.line - 1].split("#")[0].strip() for mutant in made} == {
        'def softmax(x: torch.Tensor, dim: int = -1) -> "torch.Tensor":',
        "if x.dim() == 0:",
        'raise ValueError("no dims", x.sum(dim=1))',
        "weights = x.exp()",
        "return weights / weights.sum(",
        "dim=dim,",
        "keepdim=True,",
    }
    assert [mutant.after for mutant in made if mutant.before.startswith("raise")] == ["pass"]


def test_mutants_come_in_the_order_of_the_file():
    starts = [(mutant.line, mutant.before) for mutant in mutants("a = 1.5\nb = 2.5\n")]
    assert starts == sorted(starts)
    assert {line for line, _ in starts} == {1, 2}


def test_place_lines_and_diff():
    source = "def f(x):\n    # first\n    y = x + x.sum(dim=1)  # all\n    return y\n"
    (mutant,) = [each for each in mutants(source) if each.operator == "keepdim"]
    assert (mutant.function, mutant.line, mutant.column) == ("f", 3, 24)
    assert (mutant.before, mutant.after) == ("y = x + x.sum(dim=1)", "y = x + x.sum(dim=1, keepdim=True)")
    assert mutant.name == "f, keepdim: y = x + x.sum(dim=1{+, keepdim=True+})"
    assert mutant.diff("a.py").splitlines() == [
        "--- a.py",
        "+++ a.py, mutant",
        "@@ -1,4 +1,4 @@",
        " def f(x):",
        "     # first",
        "-    y = x + x.sum(dim=1)  # all",
        "+    y = x + x.sum(dim=1, keepdim=True)  # all",
        "     return y",
    ]
    assert mutant.original == source
    assert mutant.source == source.replace("dim=1", "dim=1, keepdim=True")


def test_the_function_is_named_with_its_class():
    source = "class M:\n    def forward(self, x):\n        def inner():\n            step()\n"
    (mutant,) = [each for each in mutants(source) if each.operator == "call dropped"]
    assert mutant.function == "M.forward.inner"


def test_names_stay_the_same_when_something_else_changes():
    before = named("def f(x):\n    return x.sum(dim=1)\n")
    after = named(
        '"""More."""\n\nONE = 1.0\n\n\ndef f(x):\n    # Now with a comment.\n    return x.sum(dim=1)  # so\n'
    )
    assert before
    assert [name for name in after if name.startswith("f, ")] == before


def test_the_same_change_of_two_equal_lines_is_numbered():
    names = named("def f():\n    step()\n    step()\n")
    assert names == ["f, call dropped: [-step()-]{+pass+}", "f, call dropped: [-step()-]{+pass+} (2)"]


def test_long_lines_lose_their_middle_in_names():
    (name,) = [
        name for name in named(f"def f(x):\n    return g({'x, ' * 40}stride=2)\n") if "argument" in name
    ]
    assert "..." in name
    assert name.endswith("[-, stride=2-])")
    assert len(name) < 120


def test_no_mutant_is_made_twice_and_none_means_the_same():
    trees = [
        ast.dump(ast.parse(program)) for program in (PROGRAM, *(each.source for each in mutants(PROGRAM)))
    ]
    assert len(trees) == len(set(trees))
    # Without eval() only a name is left, which does as much as `pass`.
    assert [mutant.after for mutant in mutants("model.eval()\n")] == ["pass", "model.train()"]


def test_windows_line_ends_and_tabs():
    made = mutants("def f(x):\r\n\tif x:\r\n\t\treturn x.sum(dim=1)\r\n")
    (mutant,) = [each for each in made if each.operator == "keepdim"]
    assert mutant.source == "def f(x):\r\n\tif x:\r\n\t\treturn x.sum(dim=1, keepdim=True)\r\n"
    assert mutant.line == 3


def test_a_program_that_is_no_python_is_refused():
    with pytest.raises(CourseError, match="line 2"):
        mutants("def f(x):\n    return (\n")


def test_an_empty_program_has_none():
    assert mutants("") == ()
