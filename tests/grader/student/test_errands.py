"""Errands are run behind proved walls, and whatever one does to its worker is said in a few words."""

import os
import signal

import pytest

from grader.errors import IsolationError
from grader.sandbox.policy import Confinement
from grader.student import errands as module
from grader.student.errands import ErrandFailed, ErrandLimits, Errands
from grader.student.line import Line
from grader.verdicts import Isolation, Layer
from grader.wire.messages import Refused, Tokenise, Tokenised

LIMITS = ErrandLimits(return_mb=1)


def started(confinement=Confinement(), hidden=()):  # noqa: B008 - frozen
    return Errands("tokenising", LIMITS, confinement, hidden)


@pytest.fixture(scope="module")
def shared():
    errands = started()
    yield errands
    errands.close()


@pytest.fixture
def errands(shared):
    shared.next_worker()
    return shared


def run(errands, content=b"x = 1\n", seconds=20.0):
    return errands.run(Tokenise(1, "a.py", content, ()), seconds)


def test_the_answer_comes_with_its_bytes(errands):
    answer, payload = run(errands)
    assert isinstance(answer, Tokenised)
    assert bytes(payload.take(answer.parts[0].size)) == b"x = 1\n"


def test_one_worker_until_another_is_asked_for(errands):
    run(errands)
    first = errands.worker
    run(errands)
    assert errands.worker is first
    errands.next_worker()
    assert errands.worker is None
    run(errands)
    assert errands.worker.pid != first.pid


def test_a_worker_that_dies_costs_only_its_errand(errands, monkeypatch):
    ask = Line.ask

    def killed(line, requests):
        os.kill(line.pid, signal.SIGKILL)
        return ask(line, requests)

    with monkeypatch.context() as patch:
        patch.setattr(Line, "ask", killed)
        with pytest.raises(ErrandFailed, match=r"^did not end well$"):
            run(errands)
    assert run(errands)


def test_a_worker_that_takes_too_long_costs_only_its_errand(errands):
    with pytest.raises(ErrandFailed, match=r"^took longer than 0 s$"):
        run(errands, seconds=0.0)
    assert errands.worker is None
    assert run(errands)


def test_after_ctrl_c_nothing_of_it_is_left(errands, monkeypatch):
    pids = []

    def interrupted(line, deadline):
        pids.append(line.pid)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Line, "answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(errands)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
    assert run(errands)


def test_its_limits_are_its_workers(errands, monkeypatch):
    monkeypatch.setattr(errands, "limits", ErrandLimits(return_mb=0))
    assert isinstance(run(errands)[0], Refused)


def test_it_is_started_by_the_first_errand_and_gone_at_the_end():
    errands = started()
    assert not errands.started
    run(errands)
    pid = errands._zygote._process.pid
    errands.close()
    assert not errands.started
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    errands.close()  # nothing is left to do


def test_its_workers_are_walled_off_as_any_other(shared, tmp_path):
    """As far as this machine has the layers; and the self-test has tried each."""
    run(shared)
    on = shared._zygote.posture.on
    full = Confinement.demanded(Isolation.FULL)
    if not on >= full.required:
        pytest.skip(f"this machine lacks {', '.join(sorted(full.required - on))}")
    hidden = tmp_path / "hidden_test.py"
    hidden.write_text("secret")
    errands = started(full, [hidden])
    try:
        assert run(errands)
        assert errands._zygote.posture.on == on
    finally:
        errands.close()


def test_nothing_is_run_where_the_wall_cannot_be_had():
    errands = started(Confinement(frozenset(), frozenset({Layer.SECCOMP})))
    for _ in range(2):
        with pytest.raises(IsolationError, match="'seccomp'"):
            run(errands)
    assert not errands.started


def test_walls_that_do_not_hold_are_never_used(monkeypatch):
    """Not by the second errand either: what was not proved is gone."""
    asked = []

    def fails(zygote, confinement, *, hidden):
        asked.append((zygote, confinement, hidden))
        raise IsolationError("it got through")

    monkeypatch.setattr(module, "prove", fails)
    wall = Confinement(frozenset({Layer.RLIMITS}), frozenset({Layer.RLIMITS}))
    errands = started(wall, ["course"])
    for _ in range(2):
        with pytest.raises(IsolationError, match="it got through"):
            run(errands)
    assert not errands.started
    assert [each[1:] for each in asked] == [(wall, ["course"])] * 2
    assert all(zygote._process is None for zygote, *_ in asked)
