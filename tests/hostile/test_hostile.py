"""The hostile class: each attack is one test; the class is graded once.

What must happen stands in each attack's attack.toml. Everything that an attack
could have reached is a canary, drawn afresh for the run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.verify.hostile import Outcome, read_attacks, read_neighbours, run_class

HERE = Path(__file__).parent
ORDINARY = HERE.parent / "grader" / "sandbox" / "ordinary.py"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(HERE.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are walled off on Linux only"),
]

SLUGS = [attack.slug for attack in read_attacks(HERE)]
NEIGHBOURS = [neighbour.slug for neighbour in read_neighbours(HERE)]
WHOLE = (
    "graded to the end",
    "nothing is left behind",
    "trusted files are as they were",
    "the gradebook",
    "the class's page",
    "the terminal",
)


def as_an_ordinary_user() -> list[Outcome]:
    """The outcomes of the class where somebody without privileges grades it; only root can try that."""
    if os.geteuid():
        pytest.skip("the class was graded by an ordinary user already")
    command = [
        sys.executable,
        str(ORDINARY),
        sys.executable,
        "-m",
        "grader.verify.hostile",
        str(HERE),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=ENVIRONMENT)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr
    return [Outcome(**line) for line in lines]


GRADED = {"by whoever runs the tests": lambda: run_class(HERE), "by an ordinary user": as_an_ordinary_user}


@pytest.fixture(scope="module", params=GRADED)
def outcomes(request: pytest.FixtureRequest) -> Mapping[str, Outcome]:
    """What came of everything, by name."""
    return {outcome.slug: outcome for outcome in GRADED[request.param]()}


@pytest.mark.parametrize("slug", SLUGS)
def test_an_attack_is_held(outcomes: Mapping[str, Outcome], slug: str) -> None:
    assert outcomes[slug].held, outcomes[slug].happened


@pytest.mark.parametrize("slug", NEIGHBOURS)
def test_an_honest_neighbour_gets_what_it_gets_alone(outcomes: Mapping[str, Outcome], slug: str) -> None:
    outcome = outcomes[f"neighbour {slug}"]
    assert outcome.held, outcome.happened


@pytest.mark.parametrize("what", WHOLE)
def test_the_class_as_a_whole(outcomes: Mapping[str, Outcome], what: str) -> None:
    outcome = outcomes[f"the class: {what}"]
    assert outcome.held, outcome.happened


def test_every_outcome_is_a_test(outcomes: Mapping[str, Outcome]) -> None:
    tested = {
        *SLUGS,
        *(f"neighbour {slug}" for slug in NEIGHBOURS),
        *(f"the class: {what}" for what in WHOLE),
    }
    assert set(outcomes) == tested


def test_there_are_enough_attacks() -> None:
    assert len(SLUGS) >= 90
