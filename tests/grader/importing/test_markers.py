"""Solutions are taken out line by line; a region that is not closed is told with its cell."""

import pytest

from grader.errors import CourseError
from grader.importing.markers import TO_WRITE, solution, stub, unmarked, without

WHERE = "week1.ipynb, cell 3"


def test_a_region_within_a_function():
    region = "    ### BEGIN SOLUTION\n    y = 2\n    y = 3\n    ### END SOLUTION\n"
    text = f"def f(x):\n    y = 1\n{region}    return y"
    assert stub(text, WHERE) == f"def f(x):\n    y = 1\n    {TO_WRITE}\n    return y"
    assert solution(text, WHERE) == "def f(x):\n    y = 1\n    y = 2\n    y = 3\n    return y"


def test_otters_lines():
    text = (
        "def f(x):\n    a = x + 1 # SOLUTION\n    b = spare() # SOLUTION NO PROMPT\n"
        "    # SEED me\n    return a  # SOLUTION"
    )
    assert stub(text, WHERE) == f"def f(x):\n    {TO_WRITE}\n    a = ...\n    # SEED me\n    ..."
    assert solution(text, WHERE).splitlines()[1:3] == ["    a = x + 1", "    b = spare()"]


def test_a_seed_is_for_the_author_alone():
    assert stub("x = 1\nrng.seed(7)  # SEED", WHERE) == "x = 1"
    assert solution("rng.seed(7)  # SEED", WHERE) == "rng.seed(7)"


def test_each_function_says_once_that_it_is_to_be_written():
    text = "\n".join(
        f"def {name}(x):\n    a = 1 # SOLUTION\n    return a # SOLUTION\n" for name in ("f", "g")
    )
    assert stub(text, WHERE).count(TO_WRITE) == 2


def test_at_the_top_of_a_cell_nothing_waits():
    assert stub("x = 4 # SOLUTION", WHERE) == "x = ..."
    assert stub("### BEGIN SOLUTION\nx = 4\n### END SOLUTION", WHERE) == ""


def test_a_prompt_takes_the_place_of_a_solution():
    text = (
        "# BEGIN SOLUTION NO PROMPT\ndef f(x):\n    return x\n# END SOLUTION\n"
        '""" # BEGIN PROMPT\ndef f(x):\n    ...\n"""; # END PROMPT'
    )
    assert stub(text, WHERE) == "def f(x):\n    ..."
    assert solution(text, WHERE) == "def f(x):\n    return x"


def test_what_is_hidden_and_what_is_not():
    text = "assert a\n### BEGIN HIDDEN TESTS\nassert b\n### END HIDDEN TESTS\nassert c"
    assert without(text, "HIDDEN TESTS", WHERE) == "assert a\nassert c"
    assert without(text, "MARK SCHEME", WHERE) == text
    assert unmarked(text, WHERE) == "assert a\nassert b\nassert c"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("### BEGIN SOLUTION\nx = 1", "the region SOLUTION is not closed; add '# END SOLUTION'"),
        ("x = 1\n### END SOLUTION", "'### END SOLUTION' closes nothing"),
        (
            "### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\n",
            "'### BEGIN HIDDEN TESTS' stands within another region",
        ),
        ("### BEGIN SOLUTION\n### END HIDDEN TESTS\n", "'### END HIDDEN TESTS' closes nothing"),
    ],
)
@pytest.mark.parametrize("of", [stub, solution, unmarked])
def test_what_does_not_fit_together_is_named(of, text, told):
    with pytest.raises(CourseError) as caught:
        of(text, WHERE)
    assert str(caught.value).startswith(f"{WHERE}: ")
    assert told in str(caught.value)
