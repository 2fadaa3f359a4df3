"""The grounds of a zygote: what it does without and why, and what workers are given of it."""

import errno
import os
import signal
import sys
import time
from types import SimpleNamespace

import pytest

from grader.sandbox import cgroups, grounds, identity, namespaces
from grader.sandbox.grounds import OTHERS, OVERDRAFT, SEATS, SPACES, Grounds, tried
from grader.sandbox.policy import MB, worker_policy
from grader.verdicts import Layer
from tests.grader.sandbox.elsewhere import in_child, linux

POLICY = worker_policy("/nowhere", {}, memory_mb=50, file_mb=1, processes=12)
DENIED = os.strerror(errno.EPERM)


def raising(error):
    def raises(*_, **__):
        raise error

    return raises


def refused(*_, **__):
    raise PermissionError(errno.EPERM, DENIED)


def has_gone(enter):
    """What a guard does, without one."""
    enter()
    return True


# --- what is done without -----------------------------------------------------------


def test_what_is_lacking_is_not_put_up_and_has_its_reason():
    ground = Grounds(frozenset({Layer.RLIMITS, Layer.SECCOMP}))
    assert (ground.layers, ground.missing) == ({Layer.RLIMITS, Layer.SECCOMP}, {})
    ground.lack(Layer.SECCOMP, "no filters")
    assert (ground.layers, ground.missing) == ({Layer.RLIMITS}, {Layer.SECCOMP: "no filters"})


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd14"])
def test_other_systems_have_process_limits_and_nothing_else(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    ground = Grounds(frozenset(Layer))
    assert ground.layers == {Layer.RLIMITS}
    assert ground.missing == dict.fromkeys(frozenset(Layer) - {Layer.RLIMITS}, f"not on {system}")


def test_other_systems_lack_nothing_that_was_not_wanted(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Grounds(frozenset({Layer.UID})).missing == {Layer.UID: "not on darwin"}


def test_who_may_make_no_namespaces_and_no_users_lacks_all_that_needs_them(monkeypatch):
    monkeypatch.setattr(namespaces, "may_make_namespaces", lambda: False)
    monkeypatch.setattr(namespaces, "own_user", refused)
    ground = Grounds(SPACES | {Layer.RLIMITS, Layer.SECCOMP})
    ground.prepare(has_gone)
    assert ground.layers == {Layer.RLIMITS, Layer.SECCOMP}
    assert ground.missing == dict.fromkeys(SPACES, f"user namespaces: {DENIED}")


@pytest.mark.parametrize(("layer", "privileged"), [(Layer.NETWORK, True), (Layer.SECCOMP, False)])
def test_a_user_namespace_is_made_only_where_it_is_needed(monkeypatch, layer, privileged):
    monkeypatch.setattr(namespaces, "may_make_namespaces", lambda: privileged)
    monkeypatch.setattr(namespaces, "own_user", refused)
    ground = Grounds(frozenset({layer}))
    ground.prepare(has_gone)
    assert (ground.layers, ground.missing) == ({layer}, {})


def test_process_ids_need_a_namespace_to_come_back_to(monkeypatch):
    monkeypatch.setattr(namespaces, "may_make_namespaces", lambda: True)
    monkeypatch.setattr(namespaces, "unshare", refused)
    ground = Grounds(frozenset({Layer.PID}))
    ground.prepare(has_gone)
    assert ground.missing == {Layer.PID: DENIED}


def test_process_ids_need_a_guard(monkeypatch):
    monkeypatch.setattr(namespaces, "may_make_namespaces", lambda: True)
    ground = Grounds(frozenset({Layer.PID, Layer.NETWORK}))
    ground.prepare(lambda enter: False)
    assert ground.layers == {Layer.NETWORK}
    assert ground.missing == {Layer.PID: "the system does not tell when a process ends"}


def test_no_control_group_is_no_reason_to_end(monkeypatch):
    monkeypatch.setattr(cgroups, "parents", lambda: None)
    ground = Grounds(frozenset({Layer.CGROUP}))
    ground.prepare(has_gone)
    assert ground.missing == {Layer.CGROUP: "no control group can be made here"}


@linux
@pytest.mark.parametrize(
    ("step", "layer"),
    [
        ("grader.sandbox.seccomp.program", Layer.SECCOMP),
        ("grader.sandbox.identity.drop_bounding", Layer.CAPABILITIES),
        ("grader.sandbox.root.enter", Layer.PRIVATE_ROOT),
        ("grader.sandbox.root.furnish", Layer.PRIVATE_ROOT),
        ("grader.sandbox.landlock.Grant", Layer.LANDLOCK),
    ],
)
def test_what_cannot_be_prepared_is_lacking_and_the_rest_is_not(monkeypatch, step, layer):
    monkeypatch.setattr(step, refused)

    def act():
        ground = Grounds(frozenset({layer, Layer.RLIMITS}))
        ground.close(os.environ)
        return sorted(ground.layers), ground.missing

    assert in_child(act) == [[Layer.RLIMITS], {layer: DENIED}]


@linux
def test_an_ordinary_user_has_no_users_to_give():
    def act():
        ground = Grounds(frozenset({Layer.UID}))
        ground.prepare(has_gone)
        ground.close(os.environ)
        return ground.missing, ground.uid()

    assert in_child(act, user=True) == [
        {Layer.UID: "only root can give each worker a user id of its own"},
        None,
    ]


# --- what workers are given ---------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """This user has 100 processes and threads."""
    monkeypatch.setattr(grounds, "tasks_of_this_user", lambda: 100)


def entered(monkeypatch, release):
    """The grounds of somebody who has entered a user namespace, on this Linux."""
    monkeypatch.setattr(namespaces, "may_make_namespaces", lambda: False)
    monkeypatch.setattr(namespaces, "own_user", lambda: None)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(release=release))
    ground = Grounds(frozenset({Layer.NETWORK}))
    ground.prepare(has_gone)
    return ground


@pytest.mark.usefixtures("counted")
def test_a_user_of_its_own_has_all_the_processes_for_itself():
    assert Grounds(frozenset({Layer.UID})).tasks(12) == 12


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("release", ["5.14.0", "5.14-rc1", "5.15.0-91-generic", "6.1.0-13-amd64", "10.0"])
def test_in_a_user_namespace_only_the_zygote_and_its_workers_count(monkeypatch, release):
    assert entered(monkeypatch, release).tasks(12) == 12 + OTHERS


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("release", ["5.13.19", "5.4.0-150-generic", "4.18.0-553.el8.x86_64", "unknown"])
def test_an_older_linux_counts_all_that_its_user_has_on_the_machine(monkeypatch, release):
    assert entered(monkeypatch, release).tasks(12) == 100 + 12 + OTHERS


@pytest.mark.usefixtures("counted")
def test_without_users_and_namespaces_all_that_the_user_has_count():
    assert Grounds(frozenset()).tasks(12) == 100 + 12 + OTHERS


def test_where_nobody_knows_what_counts_there_is_no_limit(monkeypatch):
    monkeypatch.setattr(grounds, "tasks_of_this_user", lambda: None)
    assert Grounds(frozenset()).tasks(12) is None
    assert Grounds(frozenset({Layer.UID})).tasks(12) == 12


def test_workers_in_turn_have_users_of_their_own(monkeypatch):
    monkeypatch.setattr(identity, "free_uid", lambda key: key)
    monkeypatch.setattr(os, "fork", lambda: 4711)
    ground = Grounds(frozenset({Layer.UID}))
    seen = []
    for _ in range(SEATS + 1):
        seen.append(ground.uid())
        ground.fork(POLICY, 8, 9)
    assert sorted(set(seen)) == [os.getpid() * SEATS + seat for seat in range(SEATS)]
    assert seen[SEATS] == seen[0]
    assert Grounds(frozenset()).uid() is None


class Groups:
    """Control groups that are only noted."""

    detail = "v0 memory"

    def __init__(self):
        self.made, self.removed = [], []

    def sweep(self):
        pass

    def make(self, *asked):
        self.made.append(asked)
        return SimpleNamespace(remove=lambda: self.removed.append(asked[0]))


@pytest.fixture
def groups(monkeypatch):
    noted = Groups()
    monkeypatch.setattr(cgroups, "parents", lambda: noted)
    return noted


def with_groups():
    ground = Grounds(frozenset({Layer.CGROUP}))
    ground.prepare(has_gone)
    return ground


def test_a_worker_gets_a_group_with_room_to_refuse_memory_before_it_kills(groups, monkeypatch):
    monkeypatch.setattr(os, "fork", lambda: 4711)
    pid, seat = with_groups().fork(POLICY, 8, 9)
    assert groups.made == [(cgroups.group_name(1), 50 * MB + OVERDRAFT, 12)]
    assert groups.removed == []
    assert pid == 4711
    assert (seat.policy, seat.layers, seat.channel, seat.output) == (POLICY, {Layer.CGROUP}, 8, 9)
    assert (seat.group is not None, seat.controllers) == (True, "v0 memory")
    assert seat.shown is None


def test_a_group_whose_worker_cannot_be_forked_is_removed(groups, monkeypatch):
    monkeypatch.setattr(os, "fork", raising(BlockingIOError(errno.EAGAIN, "no more")))
    ground = with_groups()
    for _ in range(2):
        with pytest.raises(BlockingIOError, match="no more"):
            ground.fork(POLICY, 8, 9)
    assert groups.removed == [cgroups.group_name(1), cgroups.group_name(2)]


# --- what is tried in a child -------------------------------------------------------


def say_nothing():
    raise ValueError


@linux
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (lambda: None, ""),
        (refused, DENIED),
        (raising(OSError("half of it is missing")), "half of it is missing"),
        (raising(SystemExit("leaving")), "leaving"),
        (raising(ValueError("é" * 400)), "é" * 250),
        (say_nothing, "failed"),
        (lambda: os._exit(0), "the process that tried it ended"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "the process that tried it ended"),
    ],
)
def test_a_step_that_is_tried_says_why_it_fails(step, reason):
    def act():
        before = len(os.listdir("/proc/self/fd"))
        why = tried(step, os.fork)
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        return why, len(os.listdir("/proc/self/fd")) - before

    assert in_child(act) == [reason, 0]


@linux
def test_what_is_tried_changes_nobody_but_the_child_that_tries_it():
    def act():
        assert tried(lambda: os.chdir("/proc"), os.fork) == ""
        return os.getcwd()

    assert in_child(act) == os.getcwd()


@linux
def test_a_step_that_takes_its_time_is_waited_for():
    assert in_child(lambda: tried(lambda: time.sleep(0.3), os.fork)) == ""
