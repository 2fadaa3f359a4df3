"""What is asked without needing an answer: when it is done, and what happens when it goes wrong."""

import os
import time

import pytest
import torch

from grader.blueprints import CriterionBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.findings import BrokeProtocol, Crashed, ExceptionRaised, ForbiddenUsed, TimedOut
from grader.student.batch import MOST_BYTES, MOST_REQUESTS, Asked, Pace
from grader.student.calling import call, call_later
from grader.student.calls import Target
from grader.student.failures import StudentFailed
from grader.student.line import Line
from grader.wire.messages import Call, NoneNode, Packed
from grader.wire.progress import show, shown

NET = ModelBlueprint.seeded((("linear", 2, 1),), seed=1)

MODEL = """
import os, threading, time
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, how=""):
        super().__init__()
        self.how = how
        self.weight = nn.Parameter(torch.zeros(1))

    def train(self, mode=True):
        if mode:
            exec(self.how)
        return super().train(mode)

    def forward(self, x):
        print("forward")
        exec(self.how)
        return x * self.weight
"""


def net(make, how="", **limits):
    return make(MODEL, "Net", **limits).Net.keep(how)


def finding_of(ask, *args):
    with pytest.raises(StudentFailed) as caught:
        ask(*args)
    return caught.value.finding


@pytest.fixture
def batches(monkeypatch):
    """The names of what was sent together, one list each time."""
    sent = []
    ask = Line.ask

    def recorded(line, batch):
        sent.append([getattr(request, "name", type(request).__name__) for request, _ in batch])
        ask(line, batch)

    monkeypatch.setattr(Line, "ask", recorded)
    return sent


def test_what_brings_no_value_is_sent_with_what_does(make, batches):
    student = make(MODEL, "Net")
    model = student.build(NET)
    optimizer = student.build(OptimizerBlueprint("sgd", model, {"lr": 0.1}))
    criterion = student.build(CriterionBlueprint("mse"))
    model.train()
    optimizer.zero_grad()
    loss = criterion(model.as_torch()(torch.ones(1, 2)), torch.zeros(1, 1))
    loss.backward()
    optimizer.step()
    assert batches == [["Load"]]
    assert loss.item() > 0
    builds = ["Build"] * 3
    steps = ["train", "zero_grad", "__call__", "__call__", "backward", "step", "value"]
    assert batches == [["Load"], [*builds, *steps]]


def test_order_is_kept(make):
    model = net(make)
    for value in (1.0, 2.0, 3.0):
        model.set_parameters({"weight": torch.full((1,), value)})
    assert model(torch.ones(1)).value.data.item() == 3
    assert model.eval().modes() == {"": False}
    assert model.eval().train().modes() == {"": True}


def test_what_waits_is_as_it_was_when_it_was_asked(make):
    model = net(make)
    values = torch.ones(1)
    model.set_parameters({"weight": values})
    values.fill_(7)
    assert model.named_parameters()["weight"].item() == 1


def test_a_failure_has_its_own_label_and_nothing_runs_after_it(make):
    student = make(MODEL, "Net")
    model = student.Net.keep()
    model.eval()
    model.set_parameters({"nothing": torch.ones(1)})
    model.set_parameters({"weight": torch.ones(1)})
    found = finding_of(model, torch.ones(1))
    assert isinstance(found, ExceptionRaised)
    assert (found.type, found.call) == ("ValueError", "Net().set_parameters(dict of 1)")
    # The next one is carried out, the worker is the same, and what came after the failure is not done.
    assert model(torch.ones(1)).value.data.item() == 0
    assert model.modes() == {"": False}
    assert student.end_test() == "forward\n"


def test_what_was_to_be_released_is_released_though_the_call_is_left_out(make):
    student = make(
        "import gc, torch\nclass Thing(torch.nn.Module): pass\ndef count(): return 1", "Thing", "count"
    )
    first, second = student.Thing.keep(), student.Thing.keep()
    handle = second.handle_value.handle
    first.set_parameters({"nothing": torch.ones(1)})
    del second
    finding_of(first.modes)
    again = student.Thing.keep()
    again._value = type(again._value)(handle, "module", "Thing")
    assert finding_of(again.modes).type == "UnknownHandle"


def test_what_is_forbidden_ends_a_batch_too(make):
    rules = ({"say": "ReLU", "operators": ("relu",)},)
    student = make(MODEL, "Net", forbidden=rules)
    model = student.Net.keep("try: torch.relu(x)\nexcept RuntimeError: pass")
    output = model.as_torch()(torch.ones(1))
    found = finding_of(output.fetch)
    assert isinstance(found, ForbiddenUsed)
    assert found.call == model.label + "(tensor[1] float32)"


def test_a_failure_is_told_at_the_end_at_the_latest(make):
    student = make(MODEL, "Net")
    student.Net.keep("1 / 0").train()
    assert finding_of(student.settle).call == "Net('1 / 0').train(True)"
    student.settle()
    student.Net.keep("1 / 0").train()
    assert finding_of(student.end_test).type == "ZeroDivisionError"
    student.Net.keep("1 / 0").train()
    assert finding_of(student.restart).type == "ZeroDivisionError"


def test_what_waits_when_a_student_is_closed_is_not_sent(make, batches):
    student = make(MODEL, "Net")
    student.Net.keep("1 / 0").train()
    student.close()
    student.begin_test("cpu", "another")
    assert student.end_test() == ""
    assert batches == [["Load"], ["Net"]]


def test_a_failure_is_no_failure_to_load_a_companion(make):
    student = make(MODEL, "Net", companions={"more": "def other(): return 1"})
    student.Net.keep("1 / 0").train()
    assert finding_of(student.companion, "more").type == "ZeroDivisionError"
    assert student.companion("more")
    student.restart()
    student.Net.keep("1 / 0").train()
    assert finding_of(student.other).type == "ZeroDivisionError"
    assert student.other().value == 1


def test_not_too_much_waits(make, batches):
    model = net(make)
    for _ in range(MOST_REQUESTS):
        model.eval()
    assert [len(batch) for batch in batches] == [1, 1, MOST_REQUESTS]
    model.eval()
    assert (
        finding_of(model.load_state_dict, {"weight": torch.zeros(MOST_BYTES // 4 + 1)}).type == "RuntimeError"
    )
    assert [len(batch) for batch in batches] == [1, 1, MOST_REQUESTS, 2]


@pytest.mark.parametrize(
    "how", ["os._exit(3)", "threading.Thread(target=os._exit, args=(3,)).start(); time.sleep(9)"]
)
def test_a_death_is_that_of_the_request_that_it_happened_in(make, how):
    model = net(make, how)
    model.eval()
    model.zero_grad()
    output = model.as_torch()(torch.ones(1))
    output.backward()
    found = finding_of(output.fetch)
    assert found == Crashed(call=f"{model.label}(tensor[1] float32)", how="exit status 3")


@pytest.mark.parametrize("kind", ["deferred", "last"])
def test_a_hang_is_that_of_the_request_that_it_happened_in(make, kind):
    model = net(make, "time.sleep(60)", call_seconds=1.0)
    model.eval()
    model.zero_grad()
    started = time.monotonic()
    if kind == "deferred":
        output = model.as_torch()(torch.ones(1))
        output.backward()
        found = finding_of(output.fetch)
    else:
        found = finding_of(model, torch.ones(1))
    assert time.monotonic() - started < 1.9
    assert found == TimedOut(call=f"{model.label}(tensor[1] float32)", what="call", seconds=1.0)


def test_each_request_has_its_own_time(make):
    model = net(make, "time.sleep(0.6)", call_seconds=1.0)
    model.train()
    model.train()
    assert model(torch.ones(1)).value.data.item() == 0


def test_the_clock_of_the_test_holds_for_all_together(make):
    model = net(make, "time.sleep(0.4)", call_seconds=1.0, test_seconds=1.0)
    for _ in range(4):
        model.train()
    found = finding_of(model.modes)
    assert (found.what, found.call) == ("test", f"{model.label}.train(True)")


FORGED = """
import os, time
from grader.wire import frames, messages as m

def f(*numbers):
    nothing = m.Packed((m.NoneNode(),))
    answers = [frames.frame(m.Returned(number, nothing, None, None, (), ())) for number in numbers]
    os.write(3, b"".join(b"".join(answer) for answer in answers))
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((2, 3, 5), "something else"),
        ((3, 2), "something else"),
        ((2, 3, 4, 5), "more than it was asked"),
        ((2, 3, 4, 4), "more than it was asked"),
        ((2, 2), "something else"),
    ],
)
def test_too_few_too_many_or_other_answers_break_the_protocol(make, numbers, said):
    student = make(FORGED, call_seconds=5.0)
    student.load()
    session = student._session
    call_later(session, Target("f"), "f()", numbers, {})
    call_later(session, Target("f"), "f()", (), {})
    with pytest.raises(StudentFailed) as caught:
        call(session, Target("f"), "f()", (), {})
    assert isinstance(caught.value.finding, BrokeProtocol)
    assert said in caught.value.finding.what
    assert not session.alive


def test_what_was_built_must_have_the_number_that_was_asked_for(make):
    student = make(
        """
        def f():
            from grader.worker.handles import Handles
            keep = Handles.keep
            Handles.keep = lambda self, number, *args, **kwargs: keep(self, number + 1, *args, **kwargs)
        """
    )
    student.f()
    model = student.build(NET)
    found = finding_of(model.modes)
    assert isinstance(found, BrokeProtocol)
    assert found.call == "building the model"


# --- the pace -----------------------------------------------------------------------


def asked(*numbers):
    nothing = Packed((NoneNode(),))
    return [
        Asked(Call(number, None, "f", nothing, nothing, "cpu", False, False, None, ()), (), f"f{number}")
        for number in numbers
    ]


def test_a_number_that_was_not_sent_means_nothing():
    pace = Pace(asked(4, 5, 6), 10.0)
    for number in (None, 3, 7):
        pace.seen(number)
        assert pace.position == 0
    pace.seen(5)
    assert pace.position == 1
    pace.seen(4)
    assert pace.position == 1
    pace.answered(3)
    assert pace.position == 2


def test_time_starts_again_with_each_request_and_only_then():
    pace = Pace(asked(4, 5), 10.0)
    first = pace.deadline
    pace.seen(4)
    assert pace.deadline == first
    assert pace.next_look < first
    time.sleep(0.01)
    pace.seen(5)
    assert pace.deadline > first
    assert pace.next_look == pace.deadline


def test_a_process_shows_its_number_until_it_is_reaped():
    assert shown(os.getpid()) is None
    child = os.fork()
    if child == 0:
        show(12345)
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert shown(child) == 12345
    os.waitpid(child, 0)
    assert shown(child) is None
