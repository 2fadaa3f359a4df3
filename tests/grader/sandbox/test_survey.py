"""The survey: what came of each layer, which are taken away, and what is said if it ends early.

Every survey here runs in a forked child, since what comes before it changes a process for good.
"""

import errno
import os
import signal
import sys
import time

import pytest

from grader.errors import IsolationError
from grader.sandbox import cgroups, confine, identity, landlock, limits, seccomp, survey
from grader.sandbox.grounds import Grounds
from grader.verdicts import Layer
from tests.grader.sandbox.elsewhere import in_child, linux

pytestmark = [
    linux,
    pytest.mark.skipif(sys.platform == "linux" and not landlock.abi(), reason="this Linux has no Landlock"),
]

WANTED = frozenset({Layer.RLIMITS, Layer.NO_NEW_PRIVS, Layer.LANDLOCK, Layer.SECCOMP})
"""What every Linux has that this is tested on, whoever runs the tests."""


def surveyed(wanted=WANTED, **child):
    """What a survey finds, what is left in the grounds, and what is missing there; or its error."""

    def act():
        ground = Grounds(wanted)
        ground.prepare(lambda enter: True)
        ground.close(os.environ)
        try:
            found = survey.survey(ground)
        except IsolationError as error:
            found, said = (), str(error)
        else:
            said = ""
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        return (
            [[each.layer, each.on, each.detail] for each in found],
            sorted(ground.layers),
            ground.missing,
            said,
        )

    return in_child(act, **child)


def refused(*_, **__):
    raise PermissionError(errno.EPERM, "not\ttoday\nat all")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where the throw-away worker has its folder, as there is no private root; nothing stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


def test_what_can_be_had_is_on_and_says_how():
    found, left, missing, said = surveyed()
    assert [layer for layer, *_ in found] == [layer for layer in Layer if layer in WANTED]
    assert all(on for _, on, _ in found)
    assert {layer: detail for layer, _, detail in found}[Layer.LANDLOCK] == f"ABI {landlock.abi()}"
    assert (left, missing, said) == (sorted(WANTED), {}, "")


@pytest.mark.parametrize(
    ("step", "layer"),
    [
        ((limits, "apply"), Layer.RLIMITS),
        ((landlock, "restrict"), Layer.LANDLOCK),
        ((seccomp, "install"), Layer.SECCOMP),
    ],
)
def test_a_layer_whose_step_fails_is_taken_away_with_its_reason(monkeypatch, step, layer):
    monkeypatch.setattr(*step, refused)
    found, left, missing, said = surveyed()
    assert [each for each in found if not each[1]] == [[layer, False, "not today at all"]]
    assert left == sorted(WANTED - {layer})
    assert (missing, said) == ({layer: "not today at all"}, "")


def test_a_layer_that_needs_another_goes_with_it(monkeypatch):
    """An ordinary user may install no filter without giving up new privileges first."""
    monkeypatch.setattr(identity, "no_new_privileges", refused)
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    found, left, missing, _ = surveyed(user=True)
    off = {Layer.NO_NEW_PRIVS, Layer.LANDLOCK, Layer.SECCOMP}
    assert {layer for layer, on, _ in found if not on} == off == missing.keys()
    assert left == [Layer.RLIMITS]


def test_what_was_missing_before_is_found_missing_in_its_place(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    found, left, missing, _ = surveyed(WANTED | {Layer.UID}, user=True)
    assert [layer for layer, *_ in found] == [layer for layer in Layer if layer in WANTED | {Layer.UID}]
    assert missing == {Layer.UID: "only root can give each worker a user id of its own"}
    assert found[1] == [Layer.UID, False, missing[Layer.UID]]
    assert left == sorted(WANTED)


def test_the_group_of_the_throw_away_worker_is_gone(monkeypatch):
    def act():
        ground = Grounds(WANTED | {Layer.CGROUP})
        ground.prepare(lambda enter: True)
        ground.close(os.environ)
        if Layer.CGROUP not in ground.layers:
            return None
        gone, remove = [], cgroups.Group.remove
        monkeypatch.setattr(cgroups.Group, "remove", lambda group: gone.append(remove(group)))
        survey.survey(ground)
        return gone

    if (came := in_child(act)) is None:
        pytest.skip("no control group can be made here")
    assert came == [True]


# --- surveys that end early ---------------------------------------------------------


def ended():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("step", "layer"),
    [
        ((limits, "apply"), Layer.RLIMITS),
        ((identity, "no_new_privileges"), Layer.NO_NEW_PRIVS),
        ((landlock, "restrict"), Layer.LANDLOCK),
        ((seccomp, "install"), Layer.SECCOMP),
    ],
)
def test_a_survey_that_ends_early_names_the_layer(monkeypatch, step, layer):
    monkeypatch.setattr(*step, lambda *_, **__: ended())
    found, _, _, said = surveyed()
    assert found == []
    assert said == f"A worker cannot be confined: it ended before '{layer}' was on."


def test_a_survey_that_fails_between_the_layers_says_how(monkeypatch):
    def broken(*_, **__):
        raise NotADirectoryError(errno.ENOTDIR, "no home\nat all")

    monkeypatch.setattr(confine.interpreter, "forget", broken)
    *_, said = surveyed()
    assert said == (
        "A worker cannot be confined: it ended before 'rlimits' was on. It said: [Errno 20] no home at all"
    )


def test_a_survey_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(survey, "SECONDS", 0.2)
    monkeypatch.setattr(landlock, "restrict", lambda *_, **__: time.sleep(60))
    started = time.monotonic()
    *_, said = surveyed()
    assert said == "A worker cannot be confined: it ended before 'landlock' was on."
    assert time.monotonic() - started < 10


def test_where_no_process_can_be_had_the_reason_is_not_swallowed(monkeypatch):
    def act():
        ground = Grounds(frozenset())
        monkeypatch.setattr(os, "fork", refused)
        with pytest.raises(PermissionError):
            survey.survey(ground)
        return True

    assert in_child(act)
