"""Nodes on machines of their own, as far as one machine can be several: no shared network, no shared files.

Each process of the cluster has a network namespace with an address of its own
on a bridge, and nodes see an empty folder where the driver has the course.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.batch.cluster.engine import DaskEngine
from grader.batch.grade import jobs_of
from grader.sandbox.policy import Confinement
from grader.submission import Submission
from grader.verdicts import Isolation
from tests.grader.batch.cluster.loopback import Cluster
from tests.grader.remaining import Remaining
from tests.grader.sandbox.elsewhere import privileged
from tests.grader.tiny import SOLUTION, bundle_of, make_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not privileged() or shutil.which("ip") is None,
        reason="making network namespaces takes root and the command ip",
    ),
]

NET = "10.213.77"
"""A network of our own; nobody routes it."""


def ip(*words):
    done = subprocess.run(["ip", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"ip {' '.join(map(str, words))}: {done.stderr.strip()}")


class Network:
    """A bridge with this machine on it, and namespaces."""

    def __init__(self):
        self._mark = f"{os.getpid() % 100_000}"
        self._bridge = f"grb{self._mark}"
        self._names = []

    def __enter__(self):
        ip("link", "add", self._bridge, "type", "bridge")
        ip("addr", "add", f"{NET}.1/24", "dev", self._bridge)
        ip("link", "set", self._bridge, "up")
        return self

    def __exit__(self, kind, error, trace):
        for name in self._names:
            subprocess.run(["ip", "netns", "del", name], check=False)
        subprocess.run(["ip", "link", "del", self._bridge], check=False)

    def machine(self):
        """A namespace with an address; returns the command that starts others in it, and the address."""
        number = len(self._names) + 2
        name, ours = f"grn{self._mark}-{number}", f"grv{self._mark}{number}"
        ip("netns", "add", name)
        self._names.append(name)
        ip("link", "add", ours, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", ours, "master", self._bridge, "up")
        ip("-n", name, "addr", "add", f"{NET}.{number}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", name, "link", "set", device, "up")
        return ["ip", "netns", "exec", name], f"{NET}.{number}"


def without(folder):
    """The command that starts others where a folder is empty."""
    hide = 'mount -t tmpfs none "$0" && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", hide, str(folder)]


def test_nodes_share_neither_network_nor_files_with_the_driver(tmp_path):
    course = make_course(tmp_path / "course")
    submissions = [Submission(f"s{n}", (bundle_of(SOLUTION),), (), "0" * 64) for n in range(8)]
    with Remaining() as remaining:
        with Network() as network:
            inside, host = network.machine()
            with Cluster(tmp_path, host, inside) as cluster:
                nodes = []
                for name in ("a", "b"):
                    inside, host = network.machine()
                    prefix = [*inside, *without(course.root)]
                    nodes.append(cluster.node(name, host=host, prefix=prefix))
                    assert not list(Path(f"/proc/{nodes[-1].pid}/root{course.root}").iterdir())
                wall = Confinement.demanded(Isolation.FULL)
                with DaskEngine(course, course.names, "cpu", cluster.address, wall) as engine:
                    reports = []
                    for _, report in engine.run(iter(jobs_of(course, submissions, "s"))):
                        reports.append(report)
                        if len(reports) == 2:
                            cluster.kill(nodes[0])
                assert cluster.address.startswith(f"tcp://{NET}.")
        assert [report.score for report in reports] == [6] * 8
        remaining.nothing()
