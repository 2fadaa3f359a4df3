"""Without the walls the attacks succeed: what holds them is the sandbox, and not their own clumsiness.

Only attacks that reach for canaries of their own are let loose here. Most layers
are backed by another one, so that an attack gets through only where all that stop
it are off; `ALONE` names those for which a single layer is all there is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.sandbox.policy import PROCESS_LAYERS, Confinement
from grader.verdicts import Layer
from grader.verify.hostile import Outcome, run_class

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are walled off on Linux only"),
]

UNWALLED = {
    "escape-network": "it reached the listener tcp4",
    "escape-notify": "it says that it succeeded",
    "escape-shell": "outside",
    "escape-unix": "it reached the listener abstract",
    "escape-write-canary": "it changed a file outside",
    "leak-canary-file": "it got hold of the canary 'file'",
    "leak-command-lines": "it got hold of the canary 'argument'",
    "leak-course-files": "it got hold of the canary 'hidden'",
    "leak-import-grader": "it got hold of the canary 'secret'",
    "leak-proc-links": "it got hold of the canary 'secret'",
    "neighbour-canary-memory": "it changed shared memory outside (posix)",
    "neighbour-stop": "a process outside",
}
"""What these attacks get away with where nothing walls them off."""

ALONE = {
    Layer.PID: "leak-command-lines",
    Layer.PRIVATE_ROOT: "deny-inodes",
    Layer.RLIMITS: "deny-sparse-file",
    Layer.NO_NEW_PRIVS: "escape-setuid",
    Layer.LANDLOCK: "escape-attributes",
    Layer.SECCOMP: "escape-io-uring",
}
"""Layers without which an attack succeeds although all others are on."""

SECOND_WALLS = {
    Layer.CGROUP: "the zygote looks at memory, and rlimits count the processes of a user id of its own",
    Layer.NETWORK: "seccomp refuses all sockets but local ones, Landlock abstract names and TCP",
    Layer.IPC: "seccomp refuses System V and POSIX queues, and shared memory is a folder of the worker's own",
    Layer.UTS: "without capabilities nobody renames the machine",
    Layer.UID: "the private root shows nobody else's files, and there are no capabilities",
    Layer.CAPABILITIES: "a user id that nobody else has comes without any",
}
"""Layers that another one backs, and which: no attack of the class gets through without one of them."""


@pytest.fixture(scope="module")
def unwalled() -> Mapping[str, Outcome]:
    wall = Confinement(PROCESS_LAYERS)
    return {each.slug: each for each in run_class(HERE, confinement=wall, only=list(UNWALLED), honest=False)}


@pytest.mark.parametrize("slug", UNWALLED)
def test_an_attack_succeeds_where_nothing_walls_it_off(unwalled: Mapping[str, Outcome], slug: str) -> None:
    assert not unwalled[slug].held
    assert UNWALLED[slug] in unwalled[slug].happened


@pytest.mark.parametrize("layer", ALONE)
def test_an_attack_succeeds_without_the_layer_that_stops_it(layer: Layer) -> None:
    if os.geteuid():
        pytest.skip("only root has every layer")
    wall = Confinement(frozenset(Layer) - {layer})
    outcomes = {
        each.slug: each
        for each in run_class(HERE, jobs=1, confinement=wall, only=[ALONE[layer]], honest=False)
    }
    assert outcomes["the class: graded to the end"].held
    outcome = outcomes[ALONE[layer]]
    assert not outcome.held or "nothing stops it without" in outcome.happened


def test_every_layer_is_needed_or_known_to_be_a_second_wall() -> None:
    assert {*ALONE, *SECOND_WALLS} == set(Layer)
    assert not set(ALONE) & set(SECOND_WALLS)
