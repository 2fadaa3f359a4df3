"""The tree of our own errors: exit codes and near spellings."""

import pytest

from grader import errors
from grader.errors import GraderError, suggestion


def subclasses(kind):
    # Chapters may have more special ones; which of them are loaded depends on the tests before.
    own = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return {kind}.union(*(subclasses(child) for child in own))


def test_every_error_of_the_module_is_in_the_tree():
    own = (value for value in vars(errors).values() if getattr(value, "__module__", "") == errors.__name__)
    public = {value for value in own if isinstance(value, type)}
    assert public <= subclasses(GraderError)
    assert len(public) > 5


@pytest.mark.parametrize("kind", sorted(subclasses(GraderError), key=lambda kind: kind.__name__))
def test_an_error_says_its_sentence_and_never_exits_as_success(kind):
    error = kind("The course has no exercise 'sofmax'.")
    assert str(error) == "The course has no exercise 'sofmax'."
    # 1 is for 'graded, and something failed'; 130 and up belong to signals.
    assert 2 <= error.exit_code < 126
    assert kind.__doc__


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("sofmax", " Did you mean 'softmax'?"),
        ("softmax", " Did you mean 'softmax'?"),
        ("zebra", ""),
        ("", ""),
    ],
)
def test_a_near_spelling_is_suggested(wrong, said):
    assert suggestion(wrong, iter(("softmax", "conv2d"))) == said


def test_nothing_known_suggests_nothing():
    assert suggestion("softmax", ()) == ""
