"""The posture: what is on and what is missing, in words."""

import sys

import pytest

from grader.sandbox import layers
from grader.sandbox.layers import posture


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers of Linux")
def test_linux_has_all_process_limits():
    assert posture().layers == (
        "pdeathsig", "session", "descriptors", "environment", "scratch",
        "rlimits(core nofile fsize data nproc)", "no_new_privs",
    )  # fmt: skip


def test_what_is_missing_is_said():
    missing = dict(posture().missing)
    assert {"namespaces", "private root", "landlock", "seccomp", "cgroup"} <= set(missing)
    assert all(len(words.split()) > 3 for words in missing.values())


def test_cuda_has_no_memory_limit():
    assert "memory limit" in dict(posture("cuda").missing)
    assert "data" not in "".join(posture("cuda").layers)


def test_another_system_has_less(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(layers, "present_data", lambda: None)
    found = posture()
    assert "pdeathsig" not in found.layers
    assert {"pdeathsig", "subreaper", "memory limit"} <= set(dict(found.missing))
