"""The policy is data: what it says can be read off."""

import os

from grader.sandbox.policy import FIXED, worker_policy, zygote_environment

PRESENT = {"PATH": "/bin", "HOME": "/home/teacher", "AWS_SECRET": "x", "PYTHONPATH": "/work", "DISPLAY": ":0"}


def policy(**changes):
    given = {"memory_mb": 512, "file_mb": 16, "processes": 900, "tasks": 908, "open_files": 99} | changes
    return worker_policy("/tmp/scratch", PRESENT, **given)


def test_only_what_is_needed_is_passed_on():
    environment = zygote_environment(PRESENT)
    assert environment == {"PATH": "/bin", **FIXED}


def test_a_worker_s_home_is_its_scratch():
    environment = policy().environment
    assert environment["HOME"] == environment["TMPDIR"] == "/tmp/scratch"
    assert not set(PRESENT.values()) & set(environment.values())


def test_limits_follow_the_order():
    limits = {limit.resource: limit for limit in policy().limits}
    assert limits["core"].amount == 1  # less than any file, and what stops a pipe
    assert limits["fsize"].amount == 16 << 20
    assert limits["data"].amount == 512 << 20
    assert limits["data"].above_present
    assert limits["nproc"].amount == 908
    assert limits["nofile"].amount == 99
    assert all(limit.reason for limit in limits.values())


def test_what_cannot_be_limited_is_left_out():
    assert "nproc" not in {limit.resource for limit in policy(tasks=None).limits}
    assert "data" not in {limit.resource for limit in policy(device="cuda").limits}


def test_without_a_user_id_of_its_own_a_worker_is_who_the_zygote_is():
    assert policy().owner == (os.getuid(), os.getgid())
    assert policy(uid=1234).owner == (1234, 1234)


def test_what_a_worker_may_have_with_its_children_is_said():
    given = policy(scratch_mb=7)
    assert (given.memory_mb, given.processes, given.scratch_mb) == (512, 900, 7)
