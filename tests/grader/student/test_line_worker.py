"""A worker whose student code speaks on the worker's own socket, or returns what lies about itself.

Whatever it does, the judge gets a finding or plain data, in time, holds no more
descriptors and memory than before, and the next call runs in a sound worker.
"""

import os
import textwrap
import time

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.tolerance import Allowance
from grader.findings import BrokeProtocol, Crashed, ExceptionRaised, ReturnTooLarge, TimedOut
from grader.student.failures import StudentFailed
from grader.wire.values import OpaqueValue, TensorValue
from tests.grader.student.attacker import MEMORY_MB, Memory, descriptors

WORK = """
import ctypes, math, os, socket, threading, time, torch
from torch import nn
from grader.wire import frames, messages as m

ONE = m.Packed((m.IntNode(1),))

def returned(value=ONE, number=2):  # the first call: the load had 1
    return m.Returned(number, value, None, None, (), ())

def framed(message, payload=b""):
    return b"".join(frames.frame(message, [payload]))

def say(data):
    line = socket.socket(fileno=os.dup(3))
    line.sendall(data)

def ok(x):
    return x

def f():
"""


def student_of(make, body, **limits):
    source = WORK + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return make(source, "f", "ok", **({"call_seconds": 1.5} | limits))


def finding_of(student, call="f"):
    with pytest.raises(StudentFailed) as caught:
        getattr(student, call)()
    return caught.value.finding


LIES = {
    "no frame": "say(b'HTTP/1.1 200 OK')",
    "a pickle": "say(b'\\x80\\x04cos\\nsystem\\n(S\"true\"\\ntR.')",
    "Ready, a second time": "say(framed(m.Ready(('seccomp',))))",
    "Probed, though nothing was probed": "say(framed(m.Probed(2, True, 'all is well')))",
    "the answer to another call": "say(framed(returned(number=3)))",
    "the answer to an earlier call": "say(framed(returned(number=1)))",
    "an answer twice": "say(framed(returned()) * 2)",
    "an answer and a byte": "say(framed(returned()) + b'G')",
    "an answer with bytes that nothing asks for": "say(framed(returned(), bytes(9)))",
    "a request": "say(framed(m.Probe(2, 'read', ())))",
    "an order to the zygote": "say(framed(m.End(os.getppid())))",
    "a notice of the zygote": "say(framed(m.Ended(os.getpid(), 0, 0.0, 0.0)))",
    "a head of 4 GB": "say(frames.HEADER.pack(b'GRD1', 2**32 - 1, 0))",
    "a payload of 16 EB": "say(frames.HEADER.pack(b'GRD1', 1, 2**64 - 1))",
    "a flood of answers": "while True: say(framed(returned()) * 1000)",
    "a flood of noise": "while True: say(os.urandom(1 << 16))",
    "nested a thousand deep": (
        "say(framed(returned(m.Packed((*[m.SequenceNode('list', 1)] * 1000, m.IntNode(1))))))"
    ),
    "more items than the wire allows": (
        "say(framed(returned(m.Packed((m.SequenceNode('list', 20_000), *[m.NoneNode()] * 20_000)))))"
    ),
    "a tensor of 1 TB in 8 bytes": (
        "say(framed(returned(m.Packed((m.TensorNode('int8', (2**40,), (), 2**40, '', False),))), bytes(8)))"
    ),
    "a tensor of another dtype than its bytes": (
        "say(framed(returned(m.Packed((m.TensorNode('float64', (2,), (), 8, 'cpu', False),))), bytes(8)))"
    ),
    "a tensor of a dtype that there is not": (
        "say(framed(returned(m.Packed((m.TensorNode('object', (1,), (), 8, 'cpu', False),))), bytes(8)))"
    ),
    "bools that are neither": (
        "say(framed(returned(m.Packed((m.TensorNode('bool', (2,), (), 2, 'cpu', False),))), b'\\x02\\xff'))"
    ),
    "strides": (
        "say(framed(returned(m.Packed((m.TensorNode('int8', (2,), (1,), 2, 'cpu', False),))), bytes(2)))"
    ),
}


@pytest.mark.parametrize("body", LIES.values(), ids=LIES)
def test_a_lie_on_the_socket_breaks_the_protocol(make, body):
    student = student_of(make, body + "\ntime.sleep(60)")
    student.load()
    before = descriptors()
    with Memory() as memory:
        found = finding_of(student)
    assert isinstance(found, BrokeProtocol)
    assert found.call == "f()"
    assert memory.grown < MEMORY_MB
    assert len(descriptors()) <= len(before)
    assert student.ok(1).value == 1


def test_an_answer_of_its_own_after_a_forged_one_breaks_the_protocol_at_the_next_call_at_the_latest(make):
    """Which of the two calls finds it depends on how fast the second one follows."""
    student = student_of(make, "say(framed(returned())); return 1")
    with pytest.raises(StudentFailed) as caught:
        _ = student.f(), student.ok(1)
    assert isinstance(caught.value.finding, BrokeProtocol)
    assert student.ok(1).value == 1


def test_a_slow_answer_ends_at_the_deadline(make):
    student = student_of(
        make, "for byte in framed(returned(), bytes(1000)): say(bytes([byte])); time.sleep(0.01)"
    )
    started = time.monotonic()
    assert finding_of(student) == TimedOut(call="f()", what="call", seconds=1.5)
    assert time.monotonic() - started < 10
    assert student.ok(1).value == 1


ENDS = {
    "socket.socket(fileno=os.dup(3)).shutdown(socket.SHUT_WR)": BrokeProtocol,
    "say(framed(returned())[:-1]); os.close(3); time.sleep(60)": BrokeProtocol,
    "say(framed(returned())[:-1]); os._exit(3)": Crashed,
}


@pytest.mark.parametrize(("body", "kind"), ENDS.items())
def test_an_answer_cut_short_is_none(make, body, kind):
    student = student_of(make, body + "\ntime.sleep(60)")
    assert isinstance(finding_of(student), kind)
    assert student.ok(1).value == 1


SIDE_CHANNELS = {
    "descriptors": "socket.send_fds(line, [b''.join([framed(returned())])], [0, 1, 2, 3])",
    "a byte out of band": "line.send(b'!', socket.MSG_OOB)",
}


@pytest.mark.parametrize("attack", SIDE_CHANNELS.values(), ids=SIDE_CHANNELS)
def test_what_else_a_socket_can_carry_does_not_get_through(make, attack):
    """Refused by the kernel, or dropped: the call returns as if it had never been tried."""
    body = f"""
    line = socket.socket(fileno=os.dup(3))
    try:
        {attack}
    except OSError:
        pass
    else:
        if {"send_fds" in attack}: time.sleep(60)  # an older kernel: the answer is there already
    return 1
    """
    student = student_of(make, body)
    student.load()
    before = descriptors()
    assert student.f().value == 1
    assert descriptors() == before


def test_a_number_that_the_worker_shows_is_no_more_than_a_hint(make):
    """It names its process after a request that there never was, or after none at all."""
    body = "ctypes.CDLL(None).prctl(15, b'request 99999', 0, 0, 0); time.sleep(60)"
    assert finding_of(student_of(make, body)) == TimedOut(call="f()", what="call", seconds=1.5)


# --- values that lie --------------------------------------------------------------------


NAMES = {
    "class Net: pass\nNet.__module__, Net.__qualname__ = 'torch', 'Tensor'\nreturn Net()": "torch.Tensor",
    "class Net: pass\nNet.__qualname__ = 'x' * 10_000_000\nreturn Net()": "grader_submission.work.xxx...",
    "class Net: pass\nNet.__qualname__, Net.__module__ = '\\ud800\\x1b[31m', 5\nreturn Net()": "?\x1b[31m",
    """
class Meta(type):
    def __getattribute__(self, name): os._exit(1)
class Net(metaclass=Meta): pass
Meta.__module__ = property(lambda self: os._exit(1))
return Net()
""": "f.<locals>.Net",
    "class Text(str): __len__ = __format__ = __str__ = lambda *a: os._exit(1)\n"
    "class Net: pass\nNet.__qualname__ = Text('quiet')\nNet.__module__ = Text('m')\nreturn Net()": "m.quiet",
    "class Net:\n    __class__ = torch.Tensor\nreturn Net()": "f.<locals>.Net",
}


@pytest.mark.parametrize(("body", "name"), NAMES.items())
def test_a_name_that_lies_is_a_name_and_no_more(make, body, name):
    """It is what the student's own class says; it makes nothing else of the value."""
    value = student_of(make, body).f().value
    assert isinstance(value, OpaqueValue)
    assert len(value.type_name) <= 200
    if name.endswith("..."):
        assert value.type_name.endswith("xxx...")
    else:
        assert value.type_name.endswith(name)


TOO_LARGE = {
    "value = []\nvalue.append(value)\nreturn value": "depth",
    "return [[0] * 6_000] * 2": "items",
    "return torch.zeros(1).expand(2**50)": "bytes",
    "return torch.zeros(1).expand(2**20, 2**33)": "bytes",
    "return {'a': torch.ones(1 << 20, dtype=torch.int64)}": "bytes",
}


@pytest.mark.parametrize(("body", "what"), TOO_LARGE.items())
def test_what_is_too_large_is_refused_before_it_is_made(make, body, what):
    found = finding_of(student_of(make, body, return_mb=4))
    assert (type(found), found.what) == (ReturnTooLarge, what)


def test_shapes_that_no_message_holds_break_no_protocol(make):
    """Odd, but honest: the worker says what it is, and nobody is called a liar."""
    body = "return torch.zeros((1,) * 33), torch.empty(0, 2**62), torch.empty(2**41, device='meta')"
    many, huge, meta = student_of(make, body).f().value
    assert many == huge == OpaqueValue("tensor with too many or too large dimensions", ())
    assert meta == OpaqueValue("tensor on the meta device", ())


def test_what_a_value_does_while_it_is_packed_is_an_exception_of_the_students(make):
    body = """
    class Wrapped(torch.Tensor):
        @staticmethod
        def __new__(cls):
            return torch.Tensor._make_wrapper_subclass(
                cls, (2,), dispatch_sizes_strides_policy="sizes")
        @classmethod
        def __torch_dispatch__(cls, *args, **kwargs):
            raise SystemExit
        __torch_function__ = torch._C._disabled_torch_function_impl
    return Wrapped()
    """
    student = student_of(make, body)
    found = finding_of(student)
    assert isinstance(found, ExceptionRaised)
    assert found.type == "SystemExit"
    assert student.ok(1).value == 1


def test_the_payload_of_a_nan_reaches_no_finding(make):
    """A NaN has 22 bits that nobody needs; whatever they are, the findings are the same."""
    body = "return torch.tensor([0x7fc00000 + {bits}, 0x3f800000], dtype=torch.int32).view(torch.float32)"
    found = []
    for bits in (0, 0x12345, 0x3FFFFF):
        answer = student_of(make, body.format(bits=bits)).f()
        assert isinstance(answer.value, TensorValue)
        raw = answer.value.data.view(torch.int32)[0].item()
        assert raw == 0x7FC00000 + bits  # it crosses; it just counts for nothing
        differ = compare(
            answer.value, torch.ones(2, dtype=torch.float64), Allowance(), Terms(dtype=torch.float32)
        )
        found.append([finding.model_dump_json() for finding in differ])
    assert found[0]
    assert found[0] == found[1] == found[2]


def test_a_worker_leaves_no_descriptor_behind(make):
    student = student_of(make, "say(b'no frame'); time.sleep(60)")
    finding_of(student)
    student.close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        finding_of(student)
    student.close()
    assert len(os.listdir("/proc/self/fd")) <= before
