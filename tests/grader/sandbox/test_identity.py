"""Who a worker is: asked of the kernel in children that gave everything up."""

import errno
import os
import subprocess

import pytest

from grader.sandbox import identity, syscalls
from tests.grader.sandbox.elsewhere import ORDINARY, as_root, errno_of, in_child, linux, status

pytestmark = linux

SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
NOTHING = dict.fromkeys(SETS, 0)
FREE = 0x7000_0123


def capabilities() -> dict[str, int]:
    return {name: int(status(name), 16) for name in SETS}


# --- become ---------------------------------------------------------------------


@as_root
def test_a_worker_is_a_user_without_groups_or_privileges():
    def act() -> list[object]:
        os.setgroups([4, 24])
        identity.become(FREE, FREE + 1)
        return [os.getresuid(), os.getresgid(), os.getgroups(), capabilities()]

    assert in_child(act) == [[FREE] * 3, [FREE + 1] * 3, [], NOTHING]


@as_root
def test_it_cannot_go_back():
    def act() -> list[int]:
        identity.become(FREE, FREE)
        return [
            errno_of(lambda: os.setuid(0)),
            errno_of(lambda: os.setresgid(0, 0, 0)),
            errno_of(lambda: os.setgroups([0])),
        ]

    assert in_child(act) == [errno.EPERM] * 3


@as_root
def test_it_still_reads_about_itself_and_nobody_owns_it_but_itself():
    def act() -> list[object]:
        identity.become(FREE, FREE)
        return [os.stat("/proc/self/fd").st_uid, len(os.listdir("/proc/self/fd")) > 0, syscalls.prctl(3)]

    assert in_child(act) == [FREE, True, 1]


@pytest.mark.parametrize(("uid", "gid"), [(0, FREE), (FREE, 0)])
def test_root_is_nobody_to_become(uid, gid):
    with pytest.raises(OSError, match="root"):
        identity.become(uid, gid)


def test_an_ordinary_user_cannot_become_another():
    assert in_child(lambda: errno_of(lambda: identity.become(FREE, FREE)), user=True) == errno.EPERM


# --- capabilities ---------------------------------------------------------------


def program_has() -> dict[str, int]:
    """The capabilities of a program that this process starts."""
    text = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True).stdout
    lines = dict(line.split(":\t", 1) for line in text.splitlines() if line.startswith("Cap"))
    return {name: int(lines[name], 16) for name in SETS}


def without_capabilities() -> list[object]:
    identity.drop_capabilities()
    return [
        capabilities(),
        errno_of(lambda: syscalls.prctl(24, 0)),  # PR_CAPBSET_DROP
        errno_of(lambda: syscalls.prctl(47, 2, 0)),  # PR_CAP_AMBIENT_RAISE
        errno_of(lambda: syscalls.prctl(28, 0)),  # PR_SET_SECUREBITS
        program_has(),
    ]


@as_root
def test_root_is_a_user_like_any_other_afterwards():
    assert capabilities()["CapEff"] != 0
    assert in_child(without_capabilities) == [NOTHING, errno.EPERM, errno.EPERM, errno.EPERM, NOTHING]


def test_root_of_a_user_namespace_is_too():
    before = in_child(capabilities, namespace=True)
    assert before["CapEff"] == before["CapPrm"] != 0
    after = in_child(without_capabilities, namespace=True)
    assert after == [NOTHING, errno.EPERM, errno.EPERM, errno.EPERM, NOTHING]


def test_an_ordinary_user_has_none_to_drop():
    after = in_child(lambda: [identity.drop_capabilities(), capabilities()][1], user=True)
    assert {**after, "CapBnd": 0} == NOTHING


def test_what_is_dropped_does_not_come_back():
    def act() -> int:
        identity.drop_capabilities()
        everything = (1 << 64) - 1
        header = (0x2008_0522).to_bytes(4, "little") + bytes(4)
        return errno_of(lambda: syscalls.named("capset", header, everything.to_bytes(8, "little") * 3))

    assert in_child(act, namespace=True) == errno.EPERM


def test_capabilities_that_are_left_are_an_error(monkeypatch):
    monkeypatch.setattr(identity, "_capabilities", lambda: (0, 1, 0))
    assert in_child(lambda: errno_of(identity.drop_capabilities), user=True) == errno.EPERM


def test_the_bounding_set_is_emptied_ahead_and_the_privileges_are_still_there():
    def act() -> list[object]:
        before = capabilities()["CapEff"]
        identity.drop_bounding()
        identity.drop_bounding()
        after = capabilities()
        return [after["CapBnd"], after["CapEff"] == before, syscalls.prctl(27)]

    assert in_child(act, namespace=True) == [0, True, 0xEB]


def test_who_may_not_empty_it_goes_on():
    assert in_child(lambda: [identity.drop_bounding(), status("CapBnd")][1], user=True) == status("CapBnd")


def test_no_new_privileges_hold():
    def act() -> list[object]:
        before = status("NoNewPrivs")
        identity.no_new_privileges()
        return [before, status("NoNewPrivs"), errno_of(lambda: syscalls.prctl(38, 0))]

    before, after, undone = in_child(act, user=True)
    assert (before, after, undone) == (status("NoNewPrivs"), "1", errno.EINVAL)


# --- free_uid -------------------------------------------------------------------

ALL = "         0          0 4294967295\n"
CONTAINER = "         0     100000      65536\n"
SUBORDINATE = "         0       1000          1\n         1     100000      65536\n"
ALONE = "         0       1000          1\n"


def test_as_real_root_it_is_an_id_that_nobody_gives_out():
    assert identity.free_uid(0, ALL) == 0x7000_0000
    assert identity.free_uid(5, ALL) == 0x7000_0005
    assert identity.free_uid(2**28 + 5, ALL) == 0x7000_0005
    assert identity.free_uid(2**28 - 1, ALL) == 0x7FFF_FFFF


@pytest.mark.parametrize(("text", "last"), [(CONTAINER, 65535), (SUBORDINATE, 65536)])
def test_in_a_container_it_is_one_of_the_upper_half_of_what_there_is(text, last):
    found = {identity.free_uid(key, text) for key in range(0, 40_000)}
    assert None not in found
    assert min(found) > 32_000
    assert max(found) <= last
    assert not found & {0, ORDINARY, 65535}
    assert len(found) > 32_000


def test_workers_of_one_zygote_differ():
    for text in (ALL, CONTAINER, SUBORDINATE):
        found = [identity.free_uid(4711 * 64 + seat, text) for seat in range(64)]
        assert len(set(found)) >= 62


@pytest.mark.parametrize("text", ["", ALONE, "0 1000 2\n", "1000 1000 1\n0 100 5\n"])
def test_where_there_is_no_room_there_is_none(text):
    assert identity.free_uid(7, text) is None


def test_it_asks_the_kernel():
    with open("/proc/self/uid_map") as file:
        assert identity.free_uid(9) == identity.free_uid(9, file.read())
    assert in_child(lambda: identity.free_uid(9), namespace=True) is None
    assert os.getuid() != identity.free_uid(9)


@as_root
def test_the_id_can_be_become():
    def act() -> bool:
        uid = identity.free_uid(os.getpid())
        assert uid is not None
        identity.become(uid, uid)
        return os.getuid() == uid

    assert in_child(act) is True
