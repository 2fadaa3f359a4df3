"""Masters as their authors write them, cell by cell."""

import json
from pathlib import Path


def code(text, outputs=(), **metadata):
    return {
        "cell_type": "code",
        "source": text,
        "metadata": metadata,
        "outputs": list(outputs),
        "execution_count": None,
        "id": f"c{abs(hash(text)) % 10**8}",
    }


def markdown(text, **metadata):
    return {
        "cell_type": "markdown",
        "source": text,
        "metadata": metadata,
        "id": f"m{abs(hash(text)) % 10**8}",
    }


def raw(text):
    return {"cell_type": "raw", "source": text, "metadata": {}, "id": f"r{abs(hash(text)) % 10**8}"}


def nb(grade_id, *, grade=False, solution=False, locked=False, points=None, task=False):
    told = {"grade_id": grade_id, "grade": grade, "solution": solution, "locked": locked, "task": task}
    told["schema_version"] = 3
    return {"nbgrader": told | ({"points": points} if points is not None else {})}


def result(text):
    return {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": text},
    }


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def book(path: Path, *cells, language="python") -> Path:
    metadata = {"kernelspec": {"name": language, "display_name": language, "language": language}}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    path.write_text(json.dumps(document))
    return path


NBGRADER = (
    markdown("# Week 1: activations\n\nRead chapter 2 first."),
    code(
        "%matplotlib inline\nimport torch\nimport math\n\nSCALE = 2.0\n\n\n"
        "def halved(x):\n    return x / SCALE"
    ),
    markdown("## ReLU\n\nWrite `relu(x)`: x where it is positive, else 0."),
    code(
        'def relu(x):\n    """Negative numbers become 0."""\n    ### BEGIN SOLUTION\n'
        "    return torch.clamp(x, min=0)\n    ### END SOLUTION",
        **nb("relu-answer", solution=True),
    ),
    code(
        "x = torch.tensor([-1.0, 2.0])\nassert relu(x).tolist() == [0.0, 2.0]\n"
        "### BEGIN HIDDEN TESTS\nassert relu(halved(x)).tolist() == [0.0, 1.0]\n### END HIDDEN TESTS",
        **nb("relu-tests", grade=True, locked=True, points=3),
    ),
    code(
        "### BEGIN HIDDEN TESTS\nassert relu(torch.zeros(2, 2)).shape == (2, 2)\n### END HIDDEN TESTS",
        **nb("relu-shape", grade=True, locked=True, points=1),
    ),
    markdown("What is a dead unit?", **nb("why", grade=True, solution=True, points=2)),
    markdown("## Twice\n\nWrite `relu_twice(x)`."),
    code(
        "### BEGIN SOLUTION\ndef relu_twice(x, times=2):\n    for _ in range(times):\n        x = relu(x)\n"
        "    return x\n### END SOLUTION",
        **nb("twice", solution=True),
    ),
    code(
        "assert relu_twice(torch.ones(1)).item() == 1", **nb("twice-tests", grade=True, locked=True, points=1)
    ),
    code(
        "answer = 42 ### BEGIN SOLUTION\n### END SOLUTION".replace(" ### BEGIN", "\n### BEGIN"),
        **nb("number", solution=True),
    ),
    code("### AUTOTEST answer", **nb("auto", grade=True, locked=True, points=1)),
)

OTTER = (
    raw("# ASSIGNMENT CONFIG\ngenerate: true"),
    code("import otter\nimport torch\nrng_seed = 7 # SEED"),
    raw("# BEGIN QUESTION\nname: q1\npoints: 3"),
    markdown("**Question 1.** Write `mean_of(values)`."),
    raw("# BEGIN SOLUTION"),
    code(
        "def mean_of(values):\n    total = sum(values) # SOLUTION\n"
        "    return total / len(values) # SOLUTION\n"
        "spare = 1 # SOLUTION NO PROMPT"
    ),
    raw("# END SOLUTION"),
    raw("# BEGIN TESTS"),
    code("mean_of([1, 2, 3])", [result("2.0")]),
    code("# HIDDEN\nassert mean_of([5.0]) == 5.0"),
    code(
        '""" # BEGIN TEST CONFIG\npoints: 1\nhidden: true\nfailure_message: Negative numbers count too\n'
        '""" # END TEST CONFIG\nmean_of([-1, -3])',
        [result("-2.0")],
    ),
    code("print(mean_of([1]))", [printed("1.0\n")]),
    raw("# END TESTS"),
    raw("# END QUESTION"),
    raw("# BEGIN QUESTION\nname: q2\nmanual: true\npoints: 5"),
    markdown("Explain."),
    raw("# END QUESTION"),
    markdown("# BEGIN QUESTION\nname: q3"),
    markdown("**Question 3.** Write the class `Counter`."),
    markdown("# BEGIN SOLUTION"),
    code(
        "class Counter:\n    # BEGIN SOLUTION\n    def __init__(self, start=0):\n"
        "        self.n = start\n    # END SOLUTION"
    ),
    markdown("# END SOLUTION"),
    markdown("# BEGIN TESTS"),
    code("def test_start(Counter):\n    assert Counter(3).n == 3"),
    markdown("# END TESTS"),
    markdown("# END QUESTION"),
)

OTTER_FUNCTIONS = OTTER[:-9]
"""Without the last question, which asks for a class."""
