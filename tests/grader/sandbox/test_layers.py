"""The posture: what is on, what is missing, and what is demanded, in words."""

import pytest

from grader.errors import IsolationError
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import CLOSING, MEANING, PROCESS_LAYERS, REMEDY, REQUIRED, Confinement
from grader.verdicts import Isolation, Layer


def with_layers(*layers):
    return posture(LayerFound(layer, True) for layer in layers)


def asking(*layers):
    return Confinement(required=frozenset(layers))


def test_every_layer_has_its_words():
    assert set(MEANING) == set(REMEDY) == set(Layer)
    assert all(len(words.split()) > 1 for words in (*MEANING.values(), *REMEDY.values()))


@pytest.mark.parametrize("level", Isolation)
def test_a_level_is_reached_with_its_layers_and_with_one_less_it_is_not(level):
    assert with_layers(*REQUIRED[level]).level is level
    for layer in REQUIRED[level]:
        assert with_layers(*REQUIRED[level] - {layer}).level is not level


def test_nothing_is_the_level_of_processes():
    assert posture().level is Isolation.PROCESS
    assert posture().layers == ()
    assert len(posture().missing) == len(Layer)


def test_levels_are_ordered():
    assert REQUIRED[Isolation.FULL] > REQUIRED[Isolation.CONTAINER] > REQUIRED[Isolation.PROCESS]


def test_layers_are_listed_with_how_and_why_not():
    found = posture([LayerFound(Layer.LANDLOCK, True, "ABI 7"), LayerFound(Layer.PID, False, "no room")])
    assert found.layers == ("landlock (ABI 7)",)
    assert f"pid: {MEANING[Layer.PID]} (no room)" in found.missing
    assert f"uts: {MEANING[Layer.UTS]} (not asked for)" in found.missing
    assert found.on == {Layer.LANDLOCK}


def test_what_is_demanded_and_missing_is_named_with_reason_and_remedy():
    found = posture([LayerFound(Layer.SECCOMP, False, "not this machine")])
    with pytest.raises(IsolationError) as caught:
        found.demand(asking(Layer.SECCOMP))
    said = str(caught.value)
    assert "'seccomp' cannot be had here" in said
    assert "no student code was run" in said
    assert "not this machine" in said
    assert REMEDY[Layer.SECCOMP] in said
    assert "--accept-missing seccomp" in said.replace("'seccomp'", "seccomp")


def test_several_that_are_missing_are_one_sentence():
    with pytest.raises(IsolationError, match=r"'pid' \(and network, seccomp\) cannot be had"):
        posture().demand(asking(Layer.PID, Layer.NETWORK, Layer.SECCOMP))


def test_what_is_there_is_no_problem():
    with_layers(Layer.PID).demand(asking(Layer.PID))
    posture().demand(asking())


@pytest.mark.parametrize("layer", sorted(CLOSING))
def test_one_layer_that_keeps_files_shut_is_enough(layer):
    with_layers(layer).demand(Confinement(closed=True))


def test_that_none_keeps_files_shut_is_one_sentence():
    others = with_layers(*frozenset(Layer) - CLOSING)
    others.demand(Confinement())
    with pytest.raises(IsolationError) as caught:
        others.demand(Confinement(closed=True))
    assert str(caught.value) == (
        "None of the isolation layers 'private root', 'uid' and 'landlock' can be had here, so student code "
        "could read the hidden tests, and none was run. To have one, use Linux 5.13 or newer with landlock "
        "in the kernel's list of security modules, or allow user namespaces, and do not mask /proc; to do "
        "without, accept that by name: "
        "--accept-missing private-root --accept-missing uid --accept-missing landlock."
    )


def test_a_level_asks_for_its_layers_and_tries_all():
    full = Confinement.demanded(Isolation.FULL)
    assert (full.wanted, full.required, full.closed) == (frozenset(Layer), REQUIRED[Isolation.FULL], True)


def test_processes_alone_try_no_sandbox():
    assert Confinement.demanded(Isolation.PROCESS) == Confinement(PROCESS_LAYERS, frozenset())


def test_what_is_accepted_is_still_tried():
    lowered = Confinement.demanded(Isolation.FULL, [Layer.LANDLOCK])
    assert Layer.LANDLOCK in lowered.wanted
    assert lowered.required == REQUIRED[Isolation.FULL] - {Layer.LANDLOCK}


@pytest.mark.parametrize("level", [Isolation.FULL, Isolation.CONTAINER])
def test_only_who_accepts_all_that_keeps_files_shut_has_them_open(level):
    for layer in CLOSING:
        assert Confinement.demanded(level, CLOSING - {layer}).closed
    opened = Confinement.demanded(level, CLOSING)
    assert not opened.closed
    assert opened.required == REQUIRED[level] - CLOSING


def test_what_is_asked_for_must_hold():
    assert Confinement(closed=True).asks
    assert asking(Layer.PID).asks
    assert not Confinement().asks
    assert Confinement.demanded(Isolation.CONTAINER, REQUIRED[Isolation.CONTAINER]).asks


def test_nothing_is_demanded_unless_it_is_said():
    assert Confinement() == Confinement(frozenset(Layer), frozenset())
