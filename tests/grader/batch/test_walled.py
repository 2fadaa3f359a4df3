"""Slots and layers of isolation: what is asked of each, and that all of them have the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.batch.grade import demanded
from grader.batch.pools import Pool
from grader.batch.serving import walled
from grader.batch.slot import WHAT_THERE_IS, SlotReady
from grader.batch.slots import Slots
from grader.course import IsolationDemand
from grader.errors import IsolationError
from grader.judge.devices import environment
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import REQUIRED, Confinement
from grader.verdicts import Isolation, Layer

FULL = Confinement.demanded(Isolation.FULL)


def ready(*missing: Layer) -> SlotReady:
    seen = posture(LayerFound(layer, layer not in missing) for layer in Layer)
    return SlotReady(environment("cpu", seen), seen.on)


def slot() -> SimpleNamespace:
    return SimpleNamespace(pool=Pool("cpu", 2))


def test_slots_that_have_the_same_layers_work_together(tiny_course):
    slots, first, second = Slots(tiny_course, ["double"], "cpu", 2), slot(), slot()
    for each in (first, second):
        slots._welcome(each, ready(Layer.CGROUP))
    assert slots.environment == first.environment == second.environment
    assert slots.environment.isolation_level is Isolation.FULL


def test_a_slot_with_other_layers_ends_the_batch(tiny_course):
    slots, late = Slots(tiny_course, ["double"], "cpu", 2), slot()
    slots._welcome(slot(), ready())
    with pytest.raises(IsolationError, match=r"differ in their layers of isolation \(cgroup, uid\)"):
        slots._welcome(late, ready(Layer.CGROUP, Layer.UID))
    assert not hasattr(late, "environment")  # it gets no job


@pytest.fixture
def proved(monkeypatch):
    """What the conformance suite was asked to prove."""
    asked = []
    monkeypatch.setattr(
        "grader.student.conformance.prove",
        lambda zygote, confinement, *, hidden: asked.append((zygote, confinement, hidden)),
    )
    return asked


def test_a_slot_proves_that_required_layers_hide_the_staffs_files(tiny_course, proved):
    zygote = SimpleNamespace(posture=posture())
    assert walled(zygote, FULL, tiny_course) is zygote.posture
    ((prover, confinement, hidden),) = proved
    assert (prover, confinement) == (zygote, FULL)
    root = tiny_course.root
    assert set(hidden) == {
        root / "tests/hidden/test_double.py",
        root / "reference/double",
        root / "reference/secret.txt",
    }


def test_where_nothing_is_required_nothing_is_proved_or_refused(tiny_course, proved):
    zygote = SimpleNamespace(posture=posture())
    assert walled(zygote, WHAT_THERE_IS, tiny_course) is zygote.posture
    assert walled(zygote, Confinement.demanded(Isolation.PROCESS), tiny_course) is zygote.posture
    assert proved == []


def test_files_that_must_be_shut_are_proved_even_if_no_layer_is_required(tiny_course, proved):
    zygote = SimpleNamespace(posture=posture())
    walled(zygote, Confinement(closed=True), tiny_course)
    assert len(proved) == 1


def test_what_is_demanded_comes_from_the_course_unless_somebody_says_else(tiny_course):
    assert demanded(tiny_course) == FULL
    demand = IsolationDemand(level=Isolation.CONTAINER, accept_missing=(Layer.LANDLOCK,))
    course = tiny_course.model_copy(update={"isolation": demand})
    container = REQUIRED[Isolation.CONTAINER]
    assert demanded(course).required == container - {Layer.LANDLOCK}
    assert demanded(course, accepted=[Layer.SECCOMP]).required == container - {Layer.LANDLOCK, Layer.SECCOMP}
    assert demanded(course, Isolation.CONTAINER).required == container
    assert demanded(course, Isolation.FULL, [Layer.UTS]).required == REQUIRED[Isolation.FULL] - {Layer.UTS}
    assert demanded(course, Isolation.PROCESS).required == frozenset()
