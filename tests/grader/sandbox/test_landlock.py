"""Landlock: what a restricted child can still reach, and what it cannot.

Everything is reached through directories that were opened before: the child is
an ordinary user, who may not walk into the test's folder.
"""

import errno
import fcntl
import os
import signal
import socket
import stat
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.sandbox import identity, landlock
from grader.sandbox.landlock import Grant, Right
from tests.grader.sandbox.elsewhere import as_root, errno_of, in_child

pytestmark = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock")


def needs(abi: int) -> pytest.MarkDecorator:
    return pytest.mark.skipif(landlock.abi() < abi, reason=f"needs Landlock ABI {abi}")


@pytest.fixture(params=[False, True], ids=["ordinary user", "user namespace"])
def namespace(request) -> bool:
    return request.param


class Place:
    """A folder with an inner and an outer part, open as `inner` and `outer`."""

    def __init__(self, folder: Path):
        for name in ("inner", "outer"):
            (folder / name / "deep").mkdir(parents=True)
            (folder / name / "file").write_text(name)
            for path in (folder / name, folder / name / "deep", folder / name / "file"):
                path.chmod(0o777)
        self.folder = folder
        self.inner = os.open(folder / "inner", os.O_PATH)
        self.outer = os.open(folder / "outer", os.O_PATH)
        self.file = os.open(folder / "inner" / "file", os.O_PATH)


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    for descriptor in (place.inner, place.outer, place.file):
        os.close(descriptor)


def restricted(grants: Iterable[Grant], act: Callable[[], object]) -> Callable[[], object]:
    def with_rules() -> object:
        identity.no_new_privileges()
        landlock.restrict(grants)
        return act()

    return with_rules


def opening(name: str, flags: int, folder: int) -> int:
    """The error number with which opening ends, or 0."""
    return errno_of(lambda: os.close(os.open(name, flags, 0o666, dir_fd=folder)))


# --- data -----------------------------------------------------------------------


def test_each_version_knows_its_rights():
    assert landlock.known(1) == Right((1 << 13) - 1)
    assert Right.REFER in landlock.known(2)
    assert Right.TRUNCATE in landlock.known(3)
    assert Right.TRUNCATE not in landlock.known(2)
    assert landlock.known(4) == landlock.known(3)
    assert landlock.known(5) == landlock.known(99) == Right((1 << 16) - 1)


def test_only_writing_makes_things_and_nothing_makes_devices():
    making = Right.MAKE_REG | Right.MAKE_DIR | Right.MAKE_SYM | Right.WRITE_FILE | Right.REMOVE_FILE
    assert landlock.RIGHTS["write"] & making == making
    assert not landlock.RIGHTS["read"] & making
    for rights in landlock.RIGHTS.values():
        assert not rights & (Right.MAKE_CHAR | Right.MAKE_BLOCK)


def test_a_kernel_without_landlock_is_an_error(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock") as refused:
        landlock.restrict([])
    assert refused.value.errno == errno.ENOSYS


# --- files ----------------------------------------------------------------------


def test_without_rules_all_of_it_is_possible(place, namespace):
    def act() -> list[int]:
        return [
            opening("file", os.O_RDWR, place.outer),
            opening("new", os.O_CREAT | os.O_WRONLY, place.outer),
        ]

    assert in_child(act, user=True, namespace=namespace) == [0, 0]


def test_what_may_be_read_may_not_be_changed(place, namespace):
    def act() -> dict[str, int]:
        return {
            "read": opening("file", os.O_RDONLY, place.inner),
            "list": opening(".", os.O_RDONLY | os.O_DIRECTORY, place.inner),
            "write": opening("file", os.O_WRONLY, place.inner),
            "create": opening("new", os.O_CREAT | os.O_WRONLY, place.inner),
            "remove": errno_of(lambda: os.unlink("file", dir_fd=place.inner)),
            "make": errno_of(lambda: os.mkdir("made", dir_fd=place.inner)),
            "rename": errno_of(
                lambda: os.rename("file", "other", src_dir_fd=place.inner, dst_dir_fd=place.inner)
            ),
        }

    got = in_child(restricted([Grant(place.inner, "read")], act), user=True, namespace=namespace)
    refused = {name for name, number in got.items() if number == errno.EACCES}
    assert refused == {"write", "create", "remove", "make", "rename"}
    assert got["read"] == got["list"] == 0


def test_what_is_not_granted_is_out_of_reach_but_for_its_name(place, namespace):
    def act() -> list[object]:
        return [
            opening("file", os.O_RDONLY, place.outer),
            opening(".", os.O_RDONLY | os.O_DIRECTORY, place.outer),
            opening("new", os.O_CREAT | os.O_WRONLY, place.outer),
            errno_of(lambda: os.listdir("/")),
            errno_of(lambda: os.close(os.open("/proc/self/status", os.O_RDONLY))),
            os.stat("file", dir_fd=place.outer).st_size,  # what a private root is for
        ]

    got = in_child(restricted([Grant(place.inner, "write")], act), user=True, namespace=namespace)
    assert got == [errno.EACCES] * 5 + [5]


def test_what_may_be_written_has_files_of_every_kind(place, namespace):
    def act() -> list[str]:
        os.chdir(f"/proc/self/fd/{place.inner}")
        with open("text", "w") as file:
            file.write("some")
        os.truncate("text", 2)
        os.mkdir("folder")
        os.symlink("text", "link")
        os.mkfifo("pipe")
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
            listener.bind("socket")
            listener.listen()
            caller.connect("socket")
        os.unlink("socket")
        os.unlink("file")
        return sorted(os.listdir("."))

    got = in_child(restricted([Grant(place.inner, "write")], act), user=True, namespace=namespace)
    assert got == ["deep", "folder", "link", "pipe", "text"]
    assert (place.folder / "inner" / "text").read_text() == "so"


@needs(2)
def test_a_file_moves_between_folders_of_one_grant(place):
    def act() -> int:
        return errno_of(
            lambda: os.rename("file", "deep/moved", src_dir_fd=place.inner, dst_dir_fd=place.inner)
        )

    assert in_child(restricted([Grant(place.inner, "write")], act), user=True) == 0


def test_a_file_moves_neither_in_nor_out(place):
    def act() -> list[bool]:
        moves = [(place.outer, place.inner), (place.inner, place.outer)]
        return [
            errno_of(lambda f=start, t=end: os.rename("file", "moved", src_dir_fd=f, dst_dir_fd=t))
            in (errno.EACCES, errno.EXDEV)
            for start, end in moves
        ]

    assert in_child(restricted([Grant(place.inner, "write")], act), user=True) == [True, True]


@as_root
def test_not_even_root_makes_a_device(place):
    def act() -> list[int]:
        null = os.makedev(1, 3)
        return [
            errno_of(lambda k=kind, n=name: os.mknod(n, k | 0o666, null, dir_fd=place.inner))
            for kind, name in ((stat.S_IFCHR, "char"), (stat.S_IFBLK, "block"))
        ]

    assert in_child(restricted([Grant(place.inner, "write")], act)) == [errno.EACCES] * 2


def test_one_file_is_granted_alone(place):
    def act() -> list[int]:
        os.close(os.open(f"/proc/self/fd/{place.file}", os.O_RDONLY))
        return [opening("file", os.O_WRONLY, place.inner), opening("deep", os.O_RDONLY, place.inner)]

    grants = [Grant(place.file, "read")]
    assert in_child(restricted(grants, act), user=True) == [errno.EACCES, errno.EACCES]


def test_a_path_serves_as_well_as_a_descriptor():
    def act() -> list[int]:
        return [errno_of(lambda p=path: os.listdir(p)) for path in ("/usr", "/etc")]

    assert in_child(restricted([Grant("/usr", "read")], act), user=True) == [0, errno.EACCES]


def test_a_descriptor_serves_after_its_path_has_gone(place):
    def act() -> int:
        return opening("file", os.O_RDONLY, place.inner)

    (place.folder / "inner").rename(place.folder / "gone")
    assert in_child(restricted([Grant(place.inner, "read")], act), user=True) == 0


def test_what_a_child_starts_is_restricted_too(place):
    def act() -> int:
        child = os.fork()
        if child == 0:
            os._exit(opening("file", os.O_RDONLY, place.outer))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert in_child(restricted([], act), user=True) == errno.EACCES


def test_a_second_restriction_gives_nothing_back(place):
    def act() -> list[int]:
        landlock.restrict([Grant(place.outer, "write"), Grant(place.inner, "read")])
        return [opening("file", os.O_RDONLY, folder) for folder in (place.inner, place.outer)]

    assert in_child(restricted([Grant(place.inner, "write")], act), user=True) == [0, errno.EACCES]


# --- devices --------------------------------------------------------------------

_ENTROPY = 0x80045200  # RNDGETENTCNT


def use_devices() -> list[int]:
    def ask() -> None:
        with open("/dev/urandom", "rb", buffering=0) as file:
            fcntl.ioctl(file, _ENTROPY, struct.pack("i", 0))

    def write() -> None:
        with open("/dev/null", "w") as file:
            file.write("away")

    return [errno_of(ask), errno_of(write)]


@needs(5)
@pytest.mark.parametrize(("access", "wanted"), [("device", [0, 0]), ("read", [errno.EACCES, errno.EACCES])])
def test_a_device_is_written_and_controlled_only_if_granted_as_one(access, wanted):
    grants = [Grant("/dev/urandom", access), Grant("/dev/null", access)]
    assert in_child(restricted(grants, use_devices), user=True) == wanted


# --- the network and other processes --------------------------------------------


@needs(4)
def test_tcp_is_out_of_reach(namespace):
    def act() -> list[int]:
        with socket.socket() as caller, socket.socket() as server:
            return [
                errno_of(lambda: caller.connect(address)),
                errno_of(lambda: server.bind(("127.0.0.1", 0))),
            ]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        assert in_child(act, user=True, namespace=namespace) == [0, 0]
        assert in_child(restricted([], act), user=True, namespace=namespace) == [errno.EACCES] * 2


@needs(6)
def test_an_abstract_socket_of_another_process_is_out_of_reach(namespace):
    name = f"\0grader-test-{os.getpid()}"

    def act() -> list[int]:
        with socket.socket(socket.AF_UNIX) as caller:
            outside = errno_of(lambda: caller.connect(name))
        with socket.socket(socket.AF_UNIX) as own, socket.socket(socket.AF_UNIX) as caller:
            own.bind(name + "-inside")
            own.listen()
            return [outside, errno_of(lambda: caller.connect(name + "-inside"))]

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()
        assert in_child(act, user=True, namespace=namespace) == [0, 0]
        assert in_child(restricted([], act), user=True, namespace=namespace) == [errno.EPERM, 0]


@needs(6)
def test_processes_outside_get_no_signal():
    def act() -> list[int]:
        outside = errno_of(lambda: os.kill(os.getppid(), 0))
        child = os.fork()
        if child == 0:
            signal.pause()
        os.kill(child, signal.SIGKILL)
        return [outside, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]

    # As the same user, whose signals would arrive.
    assert in_child(lambda: errno_of(lambda: os.kill(os.getppid(), 0))) == 0
    assert in_child(restricted([], act)) == [errno.EPERM, -signal.SIGKILL]


# --- refusals -------------------------------------------------------------------


def test_it_says_which_version_holds():
    def act() -> int:
        identity.no_new_privileges()
        return landlock.restrict([])

    assert in_child(act, user=True) == landlock.abi()


def test_it_needs_no_new_privileges():
    assert in_child(lambda: errno_of(lambda: landlock.restrict([])), user=True) == errno.EPERM


@pytest.mark.parametrize(("path", "number"), [("/not/there", errno.ENOENT), (987, errno.EBADF)])
def test_what_is_not_there_cannot_be_granted(path, number):
    def act() -> list[int]:
        identity.no_new_privileges()
        before = len(os.listdir("/proc/self/fd"))
        refused = errno_of(lambda: landlock.restrict([Grant("/usr", "read"), Grant(path, "read")]))
        return [refused, len(os.listdir("/proc/self/fd")) - before]

    assert in_child(act, user=True) == [number, 0]
