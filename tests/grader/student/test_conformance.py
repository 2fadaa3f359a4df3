"""The self-test, with real workers: with each layer switched off in turn, its probes get through.

Which layers this machine gives differs (as root, as an ordinary user, in a
container), and every test asks for no more than that. The last one runs this
file again as an ordinary user.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.errors import IsolationError
from grader.sandbox.layers import LayerFound, Posture, posture
from grader.sandbox.policy import CLOSING, Confinement
from grader.student import conformance
from grader.student.bait import Bait
from grader.student.conformance import ATTEMPTS, COURSE, SECOND_WALLS, Attempt, Result, examine, prove
from grader.student.launch import Zygote
from grader.verdicts import Isolation, Layer
from grader.wire.messages import Probed
from tests.grader.sandbox.elsewhere import as_root, linux

pytestmark = linux

ALL = frozenset(Layer)

ROOT = Path(__file__).parents[3]

FOLLOW = {
    # The kernel takes neither from a process that might gain privileges.
    Layer.NO_NEW_PRIVS: {Layer.LANDLOCK, Layer.SECCOMP},
    # Where Python lies in a folder of root's, another user can read it in a private root alone.
    Layer.PRIVATE_ROOT: {Layer.UID},
}
"""Layers that cannot be had without another one."""

SINGLE = {
    Layer.PID: {"find other processes in /proc"},
    # Files of others' sockets could be connected to as well; the filter is a stricter one then.
    Layer.PRIVATE_ROOT: {"find other processes in /proc"},
}
"""What takes one layer alone; everything else that is tried is stopped by more than one."""

ONLY_LIMITED = {"start more processes than allowed"}
"""What takes the limits alone where there is no control group."""

LOOKED_AT = "take more memory than allowed"
"""What a look of the zygote may see in time where no control group counts it, or may not: it is soon over."""


def without(*layers: Layer) -> Zygote:
    return Zygote(confinement=Confinement(wanted=ALL - set(layers)))


def through(results: Sequence[Result]) -> dict[Layer | None, set[str]]:
    """What got through, by the layer that it takes."""
    found: dict[Layer | None, set[str]] = {}
    for each in results:
        if not each.held:
            found.setdefault(each.layer, set()).add(each.name)
    return found


def powerless(had: frozenset[Layer]) -> set[Layer]:
    """Capabilities, if this user has none to lose: neither its own nor those of a namespace."""
    return set() if os.getuid() == 0 or Layer.PID in had else {Layer.CAPABILITIES}


@pytest.fixture(scope="module")
def had(zygote):
    """The layers that this machine gives."""
    return zygote.posture.on


def test_every_layer_has_a_probe_and_every_name_is_there_once():
    assert {each.layer for each in ATTEMPTS} == {*Layer, None}
    assert len({each.name for each in ATTEMPTS}) == len(ATTEMPTS)


def test_what_is_on_holds(zygote, had):
    found = through(examine(zygote))
    expected = ALL - had
    assert {layer for layer in found if layer} == expected
    if zygote.posture.level is Isolation.FULL:
        assert None not in found
    prove(zygote, Confinement(required=had))


@pytest.mark.parametrize("layer", Layer)
def test_without_a_layer_its_probes_get_through_and_no_others(layer, had):
    if layer not in had:
        pytest.skip(f"this machine does not give the layer '{layer}'")
    with without(layer) as zygote:
        missing = ALL - zygote.posture.on
        found = through(examine(zygote))
    assert layer in missing
    assert missing - {layer} - (ALL - had) <= FOLLOW.get(layer, set())
    unseen = {each for each in missing if each in SECOND_WALLS and SECOND_WALLS[each].first not in missing}
    unseen |= powerless(had)
    assert {each for each in found if each} == missing - unseen
    # All probes of the layer, not one of them.
    for each in missing - unseen:
        assert found[each] == {attempt.name for attempt in ATTEMPTS if attempt.layer is each}
    if ALL - had <= {Layer.CGROUP, Layer.UID}:
        alone = SINGLE.get(layer, set())
        if layer is Layer.RLIMITS and Layer.CGROUP not in had:
            alone = ONLY_LIMITED
        assert found.get(None, set()) - {LOOKED_AT} == alone


def test_a_second_wall_is_needed_where_the_first_cannot_be_had(had):
    for layer, wall in SECOND_WALLS.items():
        if layer in had - powerless(had):
            with without(layer, wall.first) as zygote:
                assert layer in through(examine(zygote))


def test_with_no_layer_at_all_everything_gets_through(had):
    """So none of the attempts is held by accident, or by file permissions."""
    with Zygote(confinement=Confinement(wanted=frozenset())) as zygote:
        held = {each.name for each in examine(zygote) if each.held}
    tidy = {"find open files", "find variables of the environment", "import from the course"}
    tidy |= {ATTEMPTS[-1].name}  # the zygote looks at memory wherever no group counts it
    if os.getuid() != 0:
        tidy |= {"keep privileges"}  # without a namespace of its own it has none
    assert held - {LOOKED_AT} == tidy


@dataclass
class Boaster:
    """A zygote that says that its workers have every layer."""

    zygote: Zygote

    def __getattr__(self, name):
        return getattr(self.zygote, name)

    @property
    def posture(self) -> Posture:
        return posture(LayerFound(layer, True, "memory") for layer in Layer)


def test_a_layer_that_is_said_to_be_on_and_is_not_ends_the_run(had):
    if not {Layer.LANDLOCK, Layer.UID, Layer.CGROUP} <= had:
        pytest.skip("this machine lacks more than that layer")
    with without(Layer.LANDLOCK) as zygote, pytest.raises(IsolationError) as raised:
        prove(Boaster(zygote), Confinement())
    assert str(raised.value) == (
        "A self-test worker could read a file that nothing else keeps shut: /.guarded could be read. "
        "The isolation layer 'landlock' should have prevented that, so no student code was run. To mend it, "
        "use Linux 5.13 or newer with landlock in the kernel's list of security modules. "
        "`grader doctor` shows what holds here."
    )


def test_a_layer_that_is_required_and_missing_ends_the_run():
    with without(Layer.SECCOMP) as zygote:
        with pytest.raises(IsolationError, match="layer 'seccomp' cannot be had here, so no student code"):
            prove(zygote, Confinement(required=frozenset({Layer.SECCOMP})))
        prove(zygote, Confinement())  # what is not on is not judged


def test_hidden_tests_that_workers_can_see_end_the_run(zygote, had):
    prove(zygote, Confinement(), hidden=[ROOT / "tests/hidden", ROOT / "reference"])
    if Layer.PRIVATE_ROOT in had:
        # A course that was put where the interpreter's own files are.
        with pytest.raises(IsolationError, match=r"see names of the machine's files: .*os\.py can be seen"):
            prove(zygote, Confinement(), hidden=[Path(os.__file__)])


def test_paths_need_not_be_absolute(zygote, had, monkeypatch):
    if Layer.PRIVATE_ROOT not in had:
        pytest.skip("without a private root every path is in sight")
    monkeypatch.chdir(Path(os.__file__).parent)
    attempts = [each for each in ATTEMPTS if each.layer is Layer.PRIVATE_ROOT]
    assert not examine(zygote, hidden=[Path("os.py")], attempts=attempts)[0].held


# --- the course's own files -------------------------------------------------------

CLOSED = Confinement(closed=True)


@pytest.fixture
def hidden():
    """A hidden test that everybody may read, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = Path(folder, "test_hidden.py")
        path.write_text("secret")
        path.chmod(0o644)
        yield path


@pytest.mark.parametrize("layer", [Layer.PRIVATE_ROOT, Layer.LANDLOCK])
def test_each_of_these_layers_keeps_the_course_shut_alone(layer, had, hidden):
    if layer not in had:
        pytest.skip(f"this machine does not give the layer '{layer}'")
    with without(*CLOSING - {layer}) as zygote:
        prove(zygote, CLOSED, hidden=[hidden])


def test_without_them_no_worker_can_be_had(hidden):
    with without(*CLOSING) as zygote:
        with pytest.raises(IsolationError, match="'private root', 'uid' and 'landlock' can be had here"):
            prove(zygote, CLOSED, hidden=[hidden])
        prove(zygote, Confinement(), hidden=[hidden])
        assert not examine(zygote, hidden=[hidden], attempts=[COURSE])[0].held
    with (
        Zygote(confinement=Confinement(ALL - CLOSING, closed=True)) as zygote,
        pytest.raises(IsolationError, match="so student code could read the hidden tests"),
    ):
        zygote.fork(conformance.LIMITS, "cpu")


def test_another_user_id_keeps_shut_what_others_may_not_read(hidden):
    with without(Layer.PRIVATE_ROOT, Layer.LANDLOCK) as zygote:
        if Layer.UID not in zygote.posture.on:
            pytest.skip("no worker can be another user here")
        with pytest.raises(IsolationError, match=r"test_hidden\.py could be read\. .*chmod -R go-rwx"):
            prove(zygote, CLOSED, hidden=[hidden])
        prove(zygote, Confinement(), hidden=[hidden])
        hidden.chmod(0o600)
        prove(zygote, CLOSED, hidden=[hidden])


def test_a_course_among_the_files_of_python_is_open(had):
    if Layer.LANDLOCK not in had:
        pytest.skip("this machine does not give the layer 'landlock'")
    with without(Layer.PRIVATE_ROOT, Layer.UID) as zygote:
        with pytest.raises(IsolationError, match=r"os\.py could be read\. .*move the course out"):
            prove(zygote, CLOSED, hidden=[Path(os.__file__)])
        prove(zygote, Confinement(), hidden=[Path(os.__file__)])


@as_root
@pytest.mark.slow
def test_as_root_where_everybody_can_read_python():
    """Else no worker could be another user without a private root."""
    done = ordinary(("--root",), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "another_user_id")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "1 passed" in done.stdout


# --- what the judge makes of it -------------------------------------------------


def test_a_probe_that_ends_the_worker_is_not_held_and_the_rest_is_still_tried():
    attempts = [
        Attempt(None, "end itself", "send_signal", lambda bait, hidden: (0,)),
        Attempt(None, "do what nobody knows", "unheard_of"),
        Attempt(None, "leave a core file", "core_file"),
    ]
    with without(Layer.PID, Layer.LANDLOCK) as zygote:  # process 1 would not hear its own signal
        first, second, third = examine(zygote, attempts=attempts)
    assert (first.held, first.detail) == (False, "it ended the worker")
    assert (second.held, second.detail) == (False, "it could not be tried: KeyError: 'unheard_of'")
    assert third.held


def test_only_a_count_shows_that_memory_was_held(zygote):
    """A worker that ends for any other reason, or merely says so, has shown nothing."""
    spread = ATTEMPTS[-1]
    assert examine(zygote, attempts=[spread]) == (
        Result(spread.layer, spread.name, True, "it was ended for it"),
    )
    # More than a child may have for itself: they end before the group has anything to count.
    greedy = Attempt(spread.layer, spread.name, spread.probe, lambda bait, hidden: (1, 256), deadly=True)
    result = examine(zygote, attempts=[greedy])[0]
    assert (result.held, result.detail) == (False, "nobody counted the memory")


def test_a_probe_that_takes_too_long_is_not_held(zygote, monkeypatch):
    monkeypatch.setattr(conformance, "SECONDS", 0.0)
    results = examine(zygote, attempts=ATTEMPTS[:2])
    assert [each.held for each in results] == [False, False]
    assert results[0].detail == "it was not over after 0 seconds"


def test_the_judge_believes_its_eyes():
    """A worker that says that it was held back is not believed when something has happened."""
    with Bait() as bait:
        watched = [each for each in ATTEMPTS if each.probe in ("write", "connect", "send_signal", "trace")]
        assert [each.seen(bait) for each in watched] == [""] * len(watched)
        bait.prize.write_bytes(b"mine")
        for family, address in (
            (socket.AF_INET, ("127.0.0.1", bait.port)),
            (socket.AF_UNIX, f"\0{bait.abstract}"),
            (socket.AF_UNIX, str(bait.path)),
        ):
            with socket.socket(family) as dialled:
                dialled.connect(address)
        os.kill(bait.victim, 15)
        os.waitid(os.P_PID, bait.victim, os.WEXITED | os.WNOWAIT)
        for each in watched:
            result = conformance._result(each, Probed(0, True, "refused"), bait)
            assert (result.held, result.detail[:19]) == (False, "the judge saw that "), each.name


def test_files_beside_the_prize_are_seen():
    with Bait() as bait:
        bait.neighbour.touch()
        assert bait.changed() == "files were made or removed"


def test_nothing_is_left_of_the_bait(zygote, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Bait() as bait:
        assert own_segments() == 1
        assert oct(bait.canary.stat().st_mode)[-3:] == "644"
        assert list(tmp_path.iterdir())
    assert own_segments() == 0
    assert not list(tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(bait.victim, 0)


def own_segments() -> int:
    """How many segments of shared memory there are that this process made."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return sum(line.split()[4] == str(os.getpid()) for line in lines)


def test_bait_that_cannot_be_laid_out_ends_the_run(zygote, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(IsolationError, match=r"cannot be laid out: .*/nowhere"):
        prove(zygote, Confinement())


# --- as somebody else -----------------------------------------------------------


@as_root
@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--no-user-namespaces",)], ids=["ordinary user", "in a container"])
def test_all_of_this_as_an_ordinary_user(options):
    """What holds as root is no proof that it holds for those who are not."""
    with tempfile.TemporaryDirectory() as base:  # pytest's own folders are for one user alone
        os.chmod(base, 0o777)
        done = ordinary(options, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={base}/t")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def ordinary(options, *arguments):
    """Python with these arguments and this file, run by an ordinary user, or where one can read Python."""
    launcher = [sys.executable, str(ROOT / "tests/grader/sandbox/ordinary.py"), *options]
    return subprocess.run(
        [*launcher, sys.executable, *arguments, str(Path(__file__))],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
