"""Lies: whatever student code writes to the judge itself is sound and compared, or ends the worker."""

import time

import pytest
import torch

from grader.findings import BrokeProtocol
from grader.student.failures import StudentFailed
from grader.verdicts import Verdict
from tests.grader.student.deaths import failure_of, lives, source

GARBAGE = """
for descriptor in range(3, 64):
    try: os.write(descriptor, {data})
    except OSError: pass
return 1
"""


@pytest.mark.parametrize(
    "data",
    ["b'garbage'", "b'GRD1' + bytes(12)", "b'GRD1' + b'\\xff' * 12", "os.urandom(100_000)", "b'G'"],
)
def test_garbage_on_every_descriptor_breaks_the_protocol(make, data):
    student = make(source(GARBAGE.format(data=data)), "f", "ok")
    lives(student, Verdict.CRASHED)


def test_a_forged_answer_with_another_number_breaks_the_protocol(make):
    body = """
from grader.wire import frames, messages
answer = messages.Returned(10**6, messages.Packed((messages.IntNode(1),)), None, None, (), ())
os.write(3, b"".join(frames.frame(answer)))
time.sleep(60)
"""
    found = lives(make(source(body), "f", "ok"), Verdict.CRASHED)
    assert isinstance(found, BrokeProtocol)


FORGED = """
from grader.wire import frames, messages as m
number = 2  # that of the first call: the load had 1
ONE = m.Packed((m.IntNode(1),))
os.write(3, b"".join(frames.frame({answer}, [{payload}])))
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("answer", "payload"),
    [
        ("m.Ready(())", "b''"),
        ("m.Forked(1)", "b''"),
        ("m.Loaded(number, 'work.py', (), (), ())", "b''"),
        ("m.LoadFailed(number, 'empty', 'work.py', '', None)", "b''"),
        ("m.Returned(number, m.Packed(()), None, None, (), ())", "b''"),
        ("m.Returned(number, ONE, ONE, None, (), ())", "b''"),
        ("m.Returned(number, ONE, m.Packed((m.SequenceNode('tuple', 0),)), None, (), ())", "b''"),
        ("m.Returned(number, ONE, None, m.Packed((m.SequenceNode('list', 0),)), (), ())", "b''"),
        ("m.Returned(number, ONE, None, None, (), ())", "b'x'"),
        (
            "m.Returned(number, m.Packed((m.TensorNode('float32', (2,), (), 8, 'cpu', False),)), "
            "None, None, (), ())",
            "b'x' * 4",
        ),
        (
            "m.Returned(number, m.Packed((m.TensorNode('float32', (2,), (1,), 8, 'cpu', False),)), "
            "None, None, (), ())",
            "b'x' * 8",
        ),
        ("m.Returned(number, m.Packed((m.SequenceNode('list', 1),) * 20), None, None, (), ())", "b''"),
    ],
)
def test_a_forged_answer_that_is_unsound_breaks_the_protocol(make, answer, payload):
    student = make(source(FORGED.format(answer=answer, payload=payload)), "f", "ok")
    found = lives(student, Verdict.CRASHED)
    assert isinstance(found, BrokeProtocol)


def test_a_forged_answer_that_is_sound_is_no_better_than_a_return(make):
    """Whoever writes an answer himself gives an answer: it is compared like any other."""
    answer = "m.Returned(number, ONE, None, None, (), ())"
    student = make(source(FORGED.format(answer=answer, payload="b''")), "f", "ok")
    assert student.f().value == 1


@pytest.mark.parametrize(
    "gradients",
    ["m.SequenceNode('list', 0),", "m.SequenceNode('list', 1), m.IntNode(1)", "m.IntNode(1),"],
)
def test_gradients_that_are_none_break_the_protocol(make, gradients):
    answer = f"m.Returned(number, ONE, None, m.Packed(({gradients})), (), ())"
    student = make(source(FORGED.format(answer=answer, payload="b''")), "f", "ok")
    with pytest.raises(StudentFailed) as caught:
        student.f.with_gradient(torch.ones(1), cotangent=torch.ones(1))
    assert isinstance(caught.value.finding, BrokeProtocol)


@pytest.mark.parametrize(
    ("answer", "payload"),
    [
        ("m.Returned(1, ONE, None, None, (), ())", "b''"),
        ("m.Loaded(1, 'work.py', ('f',), (), ())", "b'x'"),
    ],
)
def test_a_load_that_is_answered_oddly_breaks_the_protocol(make, answer, payload):
    body = FORGED.format(answer=answer, payload=payload)
    student = make(f"import os, time\n{body}\ndef f(): pass\n")
    failure = failure_of(student.load)
    assert isinstance(failure.finding, BrokeProtocol)
    assert failure.finding.call is None


@pytest.mark.parametrize("wish", ["keep", "watched"])
def test_an_answer_without_what_was_asked_for_breaks_the_protocol(make, wish):
    answer = "m.Returned(number, ONE, None, None, (), ())"
    student = make(source(FORGED.format(answer=answer, payload="b''")), "f", "ok")
    assert isinstance(failure_of(getattr(student.f, wish)).finding, BrokeProtocol)


def test_speaking_between_calls_breaks_the_protocol(make):
    body = "threading.Timer(0.1, lambda: os.write(3, b'GRD1')).start()"
    student = make(source(body), "f", "ok")
    student.f()
    time.sleep(0.3)
    assert isinstance(failure_of(student.ok, 1).finding, BrokeProtocol)
    assert student.ok(1).value == 1


def test_closing_every_descriptor_breaks_the_protocol(make):
    student = make(source("os.closerange(0, 256); time.sleep(60)"), "f", "ok")
    found = lives(student, Verdict.CRASHED)
    assert "closed its connection" in found.what
