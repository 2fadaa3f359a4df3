"""The policy is data: what it says can be read off."""

from grader.sandbox.policy import FIXED, worker_policy, zygote_environment

PRESENT = {"PATH": "/bin", "HOME": "/home/teacher", "AWS_SECRET": "x", "PYTHONPATH": "/work", "DISPLAY": ":0"}


def policy(**changes):
    given = {"memory_mb": 512, "file_mb": 16, "processes": 900} | changes
    return worker_policy("/tmp/scratch", PRESENT, **given)


def test_only_what_is_needed_is_passed_on():
    environment = zygote_environment(PRESENT)
    assert environment == {"PATH": "/bin", **FIXED}


def test_a_worker_s_home_is_its_scratch():
    environment = policy().environment
    assert environment["HOME"] == environment["TMPDIR"] == "/tmp/scratch"
    assert set(PRESENT.values()) & set(environment.values()) == {"/bin"}


def test_limits_follow_the_order():
    limits = {limit.resource: limit for limit in policy().limits}
    assert limits["core"].amount == 0
    assert limits["fsize"].amount == 16 << 20
    assert limits["data"].amount == 512 << 20
    assert limits["data"].above_present
    assert limits["nproc"].amount == 900
    assert all(limit.reason for limit in limits.values())


def test_what_cannot_be_limited_is_left_out():
    assert "nproc" not in {limit.resource for limit in policy(processes=None).limits}
    assert "data" not in {limit.resource for limit in policy(device="cuda").limits}
