"""Probes without a worker: without walls each gets through, and with the right one it is held."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import namespaces
from grader.sandbox.attempts import ATTEMPTS, VARIABLES
from grader.sandbox.limits import tasks_of_this_user
from grader.sandbox.policy import FIXED, zygote_environment
from grader.sandbox.probes import OF_LAYERS, PROBES, run
from grader.student.bait import Bait
from tests.grader.sandbox.elsewhere import as_root, in_child, linux

pytestmark = linux


def seen(name: str, *arguments: object, first: Callable[[], object] = lambda: None, **child: bool):
    """What a probe sees in a child that does `first` beforehand; `child` as for `in_child`."""

    def act() -> tuple[bool, str]:
        first()
        return run(name, [str(argument) for argument in arguments])

    return tuple(in_child(act, **child))


@pytest.fixture
def bait() -> Iterator[Bait]:
    with Bait() as bait:
        yield bait


def space(kind: str) -> str:
    return os.readlink(f"/proc/self/ns/{kind}")


def test_every_probe_has_a_name_of_its_own():
    assert set(PROBES) == {each.__name__ for each in (*OF_LAYERS, *ATTEMPTS)}
    assert len(PROBES) == len(OF_LAYERS) + len(ATTEMPTS)
    assert all(each.__doc__ for each in PROBES.values())


def test_what_cannot_be_tried_is_not_held():
    assert run("nothing", []) == (False, "it could not be tried: KeyError: 'nothing'")
    held, detail = run("open_files", ["many"])
    assert (held, detail[:33]) == (False, "it could not be tried: ValueError")


# --- one layer each -------------------------------------------------------------


def test_a_process_that_has_a_parent_sees_it(bait):
    assert seen("processes", bait.victim) == (False, f"its parent, process {os.getpid()}, can be seen")


@as_root
def test_process_1_of_a_namespace_sees_its_own_alone(bait):
    def act() -> list[str]:
        reading, writing = os.pipe()
        namespaces.unshare(namespaces.NEWPID)
        if (child := os.fork()) == 0:
            said = [run("processes", [str(pid)]) for pid in (bait.victim, 1)]
            os.write(writing, repr(said).encode())
            os._exit(0)
        os.waitpid(child, 0)
        return os.read(reading, 1000).decode()

    assert in_child(act) == "[(True, 'no such process'), (False, 'process 1 can be seen')]"


@as_root
@pytest.mark.parametrize(
    ("probe", "kind", "flag", "more"),
    [
        ("network", "net", namespaces.NEWNET, ()),
        ("segments", "ipc", namespaces.NEWIPC, ()),
        ("machine_name", "uts", namespaces.NEWUTS, (os.uname().nodename,)),
    ],
)
def test_namespaces(probe, kind, flag, more, bait):
    assert seen(probe, space(kind), *more)[0] is False
    if kind == "uts":
        assert seen(probe, space(kind), *more, first=lambda: namespaces.unshare(flag)) == (
            False,
            f"the machine's name, {more[0]}, can be read",
        )
        assert seen(probe, space(kind), *more, first=namespaces.name_machine)[0] is True
    else:
        assert seen(probe, space(kind), *more, first=lambda: namespaces.unshare(flag))[0] is True


def test_segments_and_names_are_seen_where_namespaces_have_no_numbers(bait):
    """Where /proc does not tell which namespace one is in, what is in it still does."""
    assert "segments of shared memory can be seen" in seen("segments", "")[1]
    assert seen("machine_name", "", os.uname().nodename)[0] is False


def test_a_path_is_seen_even_where_it_may_not_be_read(bait, tmp_path):
    assert seen("names", "/nowhere", bait.canary) == (False, f"{bait.canary} can be seen")
    assert seen("names", "/nowhere/at/all", f"{bait.canary}/inside")[0] is True
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    if os.getuid() == 0:
        held, detail = seen("names", locked / "file", user=True)
        assert (held, "the way to" in detail) == (False, True)


@pytest.mark.parametrize(
    ("probe", "argument", "limit", "amount"),
    [
        ("open_files", 64, resource.RLIMIT_NOFILE, 64),
        ("file_size", 1, resource.RLIMIT_FSIZE, 1 << 20),
        ("mapped_memory", 64, resource.RLIMIT_DATA, 64 << 20),
        ("core_file", None, resource.RLIMIT_CORE, 1),
        ("take_memory", 64, resource.RLIMIT_DATA, 64 << 20),
    ],
)
def test_limits(probe, argument, limit, amount, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = () if argument is None else (argument,)
    if not (probe == "core_file" and resource.getrlimit(limit)[1] in (0, 1)):
        assert seen(probe, *arguments)[0] is False
    assert seen(probe, *arguments, first=lambda: resource.setrlimit(limit, (amount, amount)))[0] is True
    assert list(tmp_path.iterdir()) == []


def test_a_core_limit_that_can_be_raised_again_is_none():
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard not in (0, 1):
        assert (
            seen("core_file", first=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, hard)))[0] is False
        )


@as_root
def test_who_it_is():
    assert seen("user", 0) == (False, "it runs as user 0, as the grader does")
    assert seen("user", 0, user=True)[0] is True
    assert seen("user", 65534, user=True)[0] is False
    assert seen("user", 0, first=lambda: os.setresuid(65534, 65534, 0))[0] is False
    with_groups = seen("user", 0, first=lambda: (os.setgroups([7]), os.setresuid(65534, 65534, 65534)))
    assert with_groups == (False, "it still belongs to the groups [7]")
    # In a namespace of its own it calls itself root, and is who it was outside.
    assert seen("user", 65534, user=True, namespace=True)[0] is False
    assert seen("capabilities", user=True, namespace=True)[0] is False
    assert seen("capabilities")[0] is False
    assert seen("capabilities", user=True) == (True, "none is left")


def test_a_process_without_walls_could_gain_privileges_and_make_any_call(bait):
    if "NoNewPrivs:\t1" not in Path("/proc/self/status").read_text():
        assert seen("gains") == (False, "a setuid program would give it privileges")
    assert seen("guarded_file", bait.canary) == (False, f"{bait.canary} could be read")
    assert seen("guarded_file", "/nowhere") == (False, "No such file or directory")
    if "Seccomp:\t0" in Path("/proc/self/status").read_text():
        assert seen("system_calls") == (False, "no filter of system calls is on")


def test_memory_in_shares(tmp_path):
    assert seen("spread_memory", 8, 4) == (False, "16 MB could be taken")
    limited = seen(
        "spread_memory", 8, 64, first=lambda: resource.setrlimit(resource.RLIMIT_DATA, (32 << 20, 32 << 20))
    )
    assert limited == (True, "a child process was ended")


# --- all layers together --------------------------------------------------------


def test_files_are_read_and_folders_listed(bait):
    assert seen("read", bait.canary) == (False, f"{bait.canary} could be read")
    assert seen("read", "/nowhere", bait.canary.parent) == (False, f"{bait.canary.parent} could be read")
    assert seen("read", "/nowhere") == (True, "No such file or directory")


def test_files_are_written(bait, tmp_path):
    assert seen("write", bait.prize, bait.neighbour) == (False, f"{bait.prize} could be opened for writing")
    assert bait.changed() == "a file was changed"
    assert seen("write", "/nowhere/a", bait.neighbour) == (
        False,
        f"{bait.neighbour} could be opened for writing",
    )
    assert bait.changed() == "files were made or removed"
    if os.access(os.__file__, os.W_OK):
        before = Path(os.__file__).read_bytes()
        assert seen("write", "/nowhere/a", "/nowhere/b")[0] is False
        assert Path(os.__file__).read_bytes() == before


@pytest.mark.parametrize("kind", ["tcp", "abstract", "path"])
def test_sockets_are_connected_to(kind, bait):
    address = {"tcp": bait.port, "abstract": bait.abstract, "path": bait.path}[kind]
    assert bait.knocked(kind) == ""
    assert seen("connect", kind, address) == (False, "it was connected")
    assert bait.knocked(kind) == "its socket was connected to"
    assert seen("connect", kind, {"tcp": 1, "abstract": "nobody-here", "path": "/nowhere"}[kind])[0] is True


def test_processes_are_traced_and_ended(bait):
    if in_child(lambda: run("trace", [str(bait.victim)]))[0] is False:  # not where a container forbids it
        assert in_child(lambda: (run("trace", [str(bait.victim)])[0], traced(bait.victim))) == [False, True]
    assert seen("send_signal", bait.victim) == (False, f"process {bait.victim} could be ended")
    os.waitid(os.P_PID, bait.victim, os.WEXITED | os.WNOWAIT)
    assert bait.harmed() == "the process was ended"


def traced(pid: int) -> bool:
    return "TracerPid:\t0" not in Path(f"/proc/{pid}/status").read_text()


def test_other_processes_are_in_proc():
    held, detail = seen("others_in_proc")
    assert (held, detail.endswith("processes can be seen")) == (False, True)


def test_descriptors_that_are_left_open_are_found(tmp_path):
    script = (
        "import os, sys; from grader.sandbox.probes import run; os.dup2(1, 3); "
        "os.closerange(4, 4096); exec(sys.argv[1]); print(run('descriptors', []))"
    )

    def said(act: str) -> str:
        command = [sys.executable, "-c", script, act]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert said("pass") == "(True, 'none but those it needs')"
    assert said("os.dup2(1, 200)") == "(False, 'descriptors are open: 200')"
    assert said("os.dup2(os.open('/', 0), 3); os.close(4)") == "(False, 'a descriptor is a folder')"


def test_variables_that_are_left_are_found():
    def said(**more: str) -> str:
        script = "from grader.sandbox.probes import run; print(run('environment', []))"
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=zygote_environment({}) | more, capture_output=True, text=True)
        return done.stdout.strip()

    assert said() == "(True, 'none but those it needs')"
    assert said(SECRET="x", PASSWORD="y") == "(False, 'variables are set: PASSWORD, SECRET')"
    assert set(FIXED) < VARIABLES


def test_variables_that_were_only_there_at_the_start_are_found_too():
    script = (
        "import os; from grader.sandbox.probes import run; os.environ.clear(); print(run('environment', []))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=zygote_environment({}) | {"TOKEN": "x"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "(False, 'variables are set: TOKEN')"


def test_a_folder_that_holds_hidden_tests_is_found_in_the_import_path(tmp_path, monkeypatch):
    hidden = tmp_path / "course" / "tests" / "hidden"
    assert run("import_path", [str(hidden)])[0] is True
    monkeypatch.syspath_prepend(tmp_path / "course" / "tests" / "hidden" / "deeper")
    assert run("import_path", [str(hidden)])[0] is True
    for place in (tmp_path / "course", hidden):
        monkeypatch.setattr(sys, "path", [*sys.path, str(place)])
        assert run("import_path", [str(hidden)]) == (False, f"modules are imported from {place}")
        monkeypatch.setattr(sys, "path", sys.path[:-1])


def test_processes_are_started_until_the_limit():
    assert seen("fork_many", 3) == (False, "3 child processes could be had")

    def limit() -> None:
        most = (tasks_of_this_user() or 0) + 4
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))

    held, detail = seen("fork_many", 40, first=limit, user=True)
    assert (held, detail[:12]) == (True, "no more than")


def test_nothing_is_left_running():
    def act() -> tuple[list[object], str]:
        found = [run("fork_many", ["2"]), run("spread_memory", ["1", "1"])]
        me = os.getpid()
        return found, Path(f"/proc/{me}/task/{me}/children").read_text()

    found, left = in_child(act)
    assert [held for held, _ in found] == [False, False]
    assert left == ""
