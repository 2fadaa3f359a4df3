"""Whether nodes are alike: a mark must not depend on which machine made it.

Plain data about a machine and checks over it. Versions and sources must be
those of the driver, whose journal says what results depend on; layers of
isolation must be the same on all nodes. Each difference is one sentence with
the name of the host.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import grader
from grader.batch.keys import PACKAGES, own_sources
from grader.errors import GraderError, IsolationError
from grader.report.model import Environment
from grader.sandbox.policy import Confinement
from grader.verdicts import Layer

DRIVER = "the machine that runs `grader grade`"

CARRIERS = ("pydantic", "distributed", "dask")
"""Packages that change no result, but carry it from one machine to the other."""


@dataclass(frozen=True)
class Makeup:
    """What a machine grades with.

    Attributes:
        versions: What has a version, and which.
        sources: SHA-256 over the grader's own files, as far as they make results.
    """

    versions: tuple[tuple[str, str], ...]
    sources: str


@dataclass(frozen=True)
class Likeness:
    """What a node has to show before it is given a submission.

    Attributes:
        host: Its name.
        makeup: What it grades with.
        layers: The layers of isolation that its workers have.
        environment: What reports say of it, before there is a judge to ask.
    """

    host: str
    makeup: Makeup
    layers: frozenset[Layer]
    environment: Environment


def makeup() -> Makeup:
    """That of this machine; imports none of what it names."""
    found = {
        "grader": grader.__version__,
        "Python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
    }
    found |= {package: _version(package) for package in (*PACKAGES, *CARRIERS)}
    return Makeup(tuple(found.items()), own_sources().hex())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def check_all(nodes: Iterable[Likeness], ours: Makeup) -> Likeness:
    """Make sure that nodes are like this machine and like each other.

    Args:
        nodes: At least one.
        ours: This machine's makeup.

    Returns:
        What every later node must be like.

    Raises:
        GraderError: One differs.
        IsolationError: One differs in its layers of isolation.
    """
    first, *others = nodes
    # A machine without a GPU may have another build of the same torch than those that have one.
    _check_makeup(first.host, _public(first.makeup), DRIVER, _public(ours))
    for other in others:
        check(other, first)
    return first


def check(node: Likeness, like: Likeness) -> None:
    """Make sure that a node is like another.

    Raises:
        GraderError: It grades with something else.
        IsolationError: Its layers of isolation are others.
    """
    _check_makeup(node.host, node.makeup, like.host, like.makeup)
    if node.layers == like.layers:
        return
    lacking, more = (_named(layers) for layers in (like.layers - node.layers, node.layers - like.layers))
    parts = [f"lacks {lacking}"] * bool(lacking) + [f"has {more} besides"] * bool(more)
    raise IsolationError(
        f"The node {node.host} {' and '.join(parts)}, compared with the layers of isolation of {like.host}, "
        "so that marks would not be made alike; nothing was run on it. See `grader doctor` on both."
    )


def check_apart(confinement: Confinement) -> None:
    """Make sure that student code will be kept from the network of the cluster.

    Raises:
        IsolationError: Nothing that is demanded does that.
    """
    if not confinement.required & {Layer.NETWORK, Layer.SECCOMP}:
        raise IsolationError(
            "On a cluster student code could speak to the scheduler and so run commands on every node, "
            f"unless '{Layer.NETWORK}' or '{Layer.SECCOMP}' holds; ask for --isolation container or better."
        )


def _check_makeup(host: str, theirs: Makeup, other: str, ours: Makeup) -> None:
    for (what, found), (_, wanted) in zip(theirs.versions, ours.versions, strict=True):
        if found != wanted:
            raise GraderError(
                f"The node {host} has {what} {found}, and {other} has {wanted}, so that marks would not be "
                "made alike; install the same versions everywhere."
            )
    if theirs.sources != ours.sources:
        raise GraderError(
            f"The node {host} has a grader whose files differ from those on {other}, although both say that "
            "they are of the same version; install the same one everywhere."
        )


def _public(makeup: Makeup) -> Makeup:
    """Without what stands for a build: torch 2.13.0+cpu is torch 2.13.0."""
    return Makeup(tuple((what, number.partition("+")[0]) for what, number in makeup.versions), makeup.sources)


def _named(layers: frozenset[Layer]) -> str:
    return ", ".join(_in_order(layers))


def _in_order(layers: frozenset[Layer]) -> Iterator[str]:
    return (f"'{layer}'" for layer in Layer if layer in layers)
