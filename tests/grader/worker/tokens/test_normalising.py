"""What a renaming, a comment or another number changes is not in the tokens; what the code does is."""

import ast

import pytest

from grader.worker.tokens.normalising import MOST_TOKENS, names_of, tokens_of

CODE = '''
import torch

def softmax(logits, dim=-1):
    """Probabilities."""
    top = logits.amax(dim=dim, keepdim=True)  # the largest
    return (logits - top).exp()
'''


def kinds(text):
    tokens, whole = tokens_of(text, names_of(ast.parse(text).body))
    assert whole
    return [token.kind for token in tokens]


SAME = {
    "names": CODE.replace("logits", "x").replace("top", "m").replace("softmax", "f"),
    "an import's name": CODE.replace("import torch", "import torch as t"),
    "a comment": CODE.replace("# the largest", "# shift"),
    "a docstring": CODE.replace("Probabilities.", "Something else."),
    "no docstring": CODE.replace('    """Probabilities."""\n', ""),
    "a number": CODE.replace("-1", "-2"),
    "blank lines": CODE.replace("    top", "\n\n    top"),
    "the indentation": CODE.replace("    ", "  "),
    "lines in brackets": CODE.replace("dim=dim, ", "\n        dim=dim,\n        "),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_what_does_not_count(text):
    assert text != CODE
    if "torch as t" in text:  # which adds two tokens, and renames
        assert kinds(text)[4:] == kinds(CODE)[2:]
    else:
        assert kinds(text) == kinds(CODE)


DIFFERENT = {
    "a library's function": CODE.replace(".amax", ".mean"),
    "an operator": CODE.replace("logits - top", "logits / top"),
    "an argument's name": CODE.replace("keepdim", "keepdims"),
    "a statement": CODE + "\npass\n",
    "an attribute that is set": CODE.replace("top = ", "self.amax = "),
}


@pytest.mark.parametrize("text", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_counts(text):
    assert kinds(text) != kinds(CODE)


def test_an_attribute_that_the_file_sets_is_a_name_like_any_other():
    assert kinds("self.fc1 = f()\nself.fc1(x)\n") == kinds("self.layer = g()\nself.layer(y)\n")
    assert kinds("self.fc1(x)\n") != kinds("self.layer(y)\n")


def test_a_builtin_keeps_its_name_unless_it_has_become_a_variable():
    assert kinds("a(range(3))\n") != kinds("a(sorted(3))\n")
    assert kinds("max = 1\nb = max\n") == kinds("c = 1\nb = c\n")


def test_lines_are_those_of_the_text():
    tokens, _ = tokens_of(CODE, names_of(()))
    assert {token.line for token in tokens} == {2, 4, 6, 7}


BROKEN = {
    "a bracket that never closes": "a = 1\nb = (2,\n",
    "a string that never closes": 'a = 1\nb = """\n',
    "an indentation that fits nothing": "if a:\n        b\n    c\n",
    "brackets without end": "a = 1\n" + "(" * 5000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_python_is_read_as_far_as_it_goes(text):
    tokens, whole = tokens_of(text, names_of(()))
    assert not whole
    assert tokens


def test_there_is_an_end():
    tokens, whole = tokens_of("x = 1\n" * MOST_TOKENS, names_of(()))
    assert len(tokens) == MOST_TOKENS
    assert not whole
