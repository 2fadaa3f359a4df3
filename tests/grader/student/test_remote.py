"""Live objects on the far side, and a training loop that drives them from the judge."""

import gc

import pytest
import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.student.calls import Refusal
from grader.student.failures import StudentFailed
from grader.student.remote import RemoteTensor
from grader.verdicts import Verdict

NET = ModelBlueprint.seeded((("linear", 4, 8), ("batchnorm1d", 8), ("relu",), ("linear", 8, 3)), seed=1)

MLP = """
import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, d_in=4, d_hidden=8, d_out=3):
        super().__init__()
        self.first = nn.Linear(d_in, d_hidden)
        self.last = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        return self.last(torch.relu(self.first(x)))

class NotAModule:
    def __call__(self, x):
        return x + 1

def stub():
    raise NotImplementedError

def number():
    return torch.tensor(3.0)
"""


@pytest.fixture
def student(make):
    return make(MLP, "MLP", "NotAModule", "number", "stub")


def data(batches=3, size=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(batches * size - 2, 4, generator=generator)
    y = torch.randint(0, 3, (len(x),), generator=generator)
    return LoaderBlueprint.split(x, y, size)


def train(model, loader, optimizer, criterion, epochs):
    """A loop as any student writes it; knows nothing of walls."""
    losses = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            count += len(y)
        losses.append(total / count)
    return losses


def evaluate(model, loader, criterion):
    was_training = model.training
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            total += criterion(out, y).item() * len(y)
            correct += (out.argmax(dim=1) == y).sum().item()
            count += len(y)
    model.train(was_training)
    return total / count, correct / count


def test_a_loop_in_the_judge_trains_a_model_on_the_far_side_as_it_would_here(student):
    options = {"lr": 0.1, "momentum": 0.9}
    remote = student.build(NET)
    optimizer = student.build(OptimizerBlueprint("sgd", remote, options))
    criterion = student.build(CriterionBlueprint("cross_entropy"))
    theirs = train(remote.as_torch(), data().build(), optimizer, criterion, 3)

    local = NET.build()
    here = CriterionBlueprint("cross_entropy").build()
    ours = train(local, data().build(), OptimizerBlueprint("sgd", local, options).build(), here, 3)

    # Not bit for bit: the two processes may use another number of threads.
    assert theirs == pytest.approx(ours, rel=1e-5)
    assert theirs[-1] < theirs[0]
    torch.testing.assert_close(remote.state_dict(), dict(local.state_dict()))
    assert evaluate(remote.as_torch(), data().build(), criterion) == pytest.approx(
        evaluate(local, data().build(), here), rel=1e-5
    )
    assert remote.training


def test_a_students_class_is_made_called_and_looked_at(student):
    model = student.MLP.keep(4, 6, d_out=2)
    x = torch.rand(3, 4)
    answer = model(x)
    assert answer.call == "MLP(4, 6, d_out=2)(tensor[3, 4] float32)"
    state = model.state_dict()
    assert {name: tuple(value.shape) for name, value in state.items()} == {
        "first.weight": (6, 4),
        "first.bias": (6,),
        "last.weight": (2, 6),
        "last.bias": (2,),
    }
    hidden = torch.relu(x @ state["first.weight"].t() + state["first.bias"])
    torch.testing.assert_close(answer.value.data, hidden @ state["last.weight"].t() + state["last.bias"])
    assert list(model.named_parameters()) == list(state)
    assert [tuple(p.shape) for p in model.parameters()] == [tuple(value.shape) for value in state.values()]
    assert model.buffers() == {}


def test_parameters_modes_and_gradients(student):
    model = student.MLP.keep()
    assert model.modes() == {"": True, "first": True, "last": True}
    assert model.eval().training is False
    assert model.train().training is True
    model.set_parameters({name: torch.ones_like(p) for name, p in model.named_parameters().items()})
    assert model(torch.ones(1, 4)).value.data.tolist() == [[41.0, 41.0, 41.0]]
    assert model.gradients() == {}
    loss = student.build(CriterionBlueprint("cross_entropy"))(
        model.as_torch()(torch.ones(1, 4)), torch.tensor([0])
    )
    loss.backward()
    gradients = model.gradients()
    assert set(gradients) == set(model.named_parameters())
    assert gradients["last.bias"].tolist() == pytest.approx([-2 / 3, 1 / 3, 1 / 3])
    model.zero_grad()
    assert model.gradients() == {}


def test_calls_of_a_model_can_be_watched_refused_and_differentiated(student):
    model = student.MLP.keep()
    x = torch.rand(2, 4)
    assert torch.equal(model.watched(x).arguments[0].data, x)
    refusal = model.attempt(torch.rand(2, 5))
    assert isinstance(refusal, Refusal)
    assert refusal.call == "MLP()(tensor[2, 5] float32)"
    (gradient,) = model.with_gradient(x, cotangent=torch.ones(2, 3)).gradients
    assert gradient.data.shape == x.shape


def test_a_live_object_can_be_an_argument(make):
    student = make("def f(model, loader):\n    return [model(x).shape[0] for x, _ in loader]")
    model, loader = student.build(NET), student.build(data())
    answer = student.f(model, loader)
    assert answer.value == [5, 5, 3]
    assert answer.call == "f(model, loader)"
    assert loader.trace()["rounds"] == 1
    assert student.f.watched(model, loader).arguments[0].kind == "module"


def test_optimizers_and_loaders_say_how_they_were_used(student):
    model = student.build(NET)
    optimizer = student.build(OptimizerBlueprint("sgd", model, {"lr": 0.1}))
    criterion = student.build(CriterionBlueprint("cross_entropy"))
    train(model.as_torch(), data().build(), optimizer, criterion, 2)
    assert (optimizer.trace()["steps"], optimizer.trace()["zero_grads"]) == (6, 6)
    assert model.trace()["forwards"] == criterion.trace()["calls"] == 6


def test_what_is_no_module_can_be_called_but_not_looked_into(student):
    thing = student.NotAModule.keep()
    assert thing(torch.ones(1)).value.data.item() == 2
    for look in (thing.state_dict, thing.eval, thing.modes):
        with pytest.raises(StudentFailed) as caught:
            look()
        assert caught.value.verdict is Verdict.WRONG_ANSWER
        assert (caught.value.finding.expected, caught.value.finding.yours) == (
            "torch.nn.Module",
            thing.type_name,
        )


def test_a_remote_tensor_is_read_like_a_tensor(student):
    tensor = student.number.keep()
    assert isinstance(tensor, RemoteTensor)
    assert tensor.label == "number()"
    assert float(tensor) == tensor.item() == 3
    assert bool(tensor)
    assert [(tensor * 2).item(), (2 * tensor).item(), (tensor + tensor).item(), (1 + tensor).item()] == [
        6,
        6,
        6,
        4,
    ]
    assert (tensor / 2).item() == 1.5
    assert torch.stack([tensor, tensor]).tolist() == [3, 3]
    assert torch.add(tensor, other=tensor).item() == 6
    assert tensor.shape == ()
    outputs = student.build(NET).as_torch().to("cpu")(torch.rand(2, 4))
    assert len(outputs) == 2
    assert outputs[0].shape == (3,)


def test_a_criterion_of_plain_tensors_gives_a_plain_tensor(student):
    loss = student.build(CriterionBlueprint("half_square"))(torch.ones(2, 2), torch.zeros(2, 2))
    assert type(loss) is torch.Tensor
    assert loss.item() == 1


def test_what_cannot_be_built_is_not_kept(student):
    with pytest.raises(StudentFailed):
        student.MLP.keep("four")
    with pytest.raises(StudentFailed) as caught:
        student.stub.keep()
    assert caught.value.verdict is Verdict.NOT_IMPLEMENTED


def test_an_object_is_gone_with_its_worker(student):
    model = student.MLP.keep()
    student.restart()
    with pytest.raises(RuntimeError, match=r"'MLP\(\)' is gone"):
        model(torch.ones(1, 4))
    again = student.MLP.keep()
    with pytest.raises(RuntimeError, match="is gone"):
        student.NotAModule(model)
    assert again(torch.ones(1, 4)).value.data.shape == (1, 3)


def test_objects_that_nobody_needs_are_released(make):
    student = make(
        """
        import weakref
        alive = weakref.WeakSet()
        class Thing:
            def __init__(self):
                alive.add(self)
        def count():
            return len(alive)
        """,
        "Thing",
        "count",
    )
    things = [student.Thing.keep() for _ in range(3)]
    assert student.count().value == 3
    del things[0]
    gc.collect()
    assert student.count().value == 2
    things.clear()
    student.restart()
    assert student.count().value == 0


FORGED = """
import os
from grader.wire import frames, messages as m
def f():
    answer = m.Returned(2, m.Packed((m.HandleNode(1, "module", "Net"),)), None, None, (), ())
    os.write(3, b"".join(frames.frame(answer)))
    import time; time.sleep(60)
"""


def test_a_forged_handle_leads_nowhere(make):
    student = make(FORGED, call_seconds=1.0)
    model = student.f.keep()
    with pytest.raises(StudentFailed) as caught:
        model.state_dict()
    assert caught.value.verdict is Verdict.TIMED_OUT


LIAR = """
import os, time
from grader.wire import frames, messages as m

def send(number, *nodes):
    os.write(3, b"".join(frames.frame(m.Returned(number, m.Packed(nodes), None, None, (), ()))))

def f():
    send(2, m.HandleNode(1, "{kind}", "Net"))
    os.read(3, 1 << 20)
    send(3, {answer})
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("kind", "answer", "ask", "expected"),
    [
        ("module", "m.IntNode(1)", lambda model: model.state_dict(), "dict of tensors"),
        ("module", "m.MappingNode(('',)), m.IntNode(1)", lambda model: model.training, "dict of bools"),
        (
            "module",
            "m.MappingNode(('a',)), m.NoneNode()",
            lambda model: model.state_dict(),
            "dict of tensors",
        ),
        ("module", "m.OpaqueNode('Odd', ())", lambda model: model.as_torch()(torch.ones(1)).fetch(), None),
        ("tensor", "m.OpaqueNode('Odd', ())", lambda tensor: tensor.item(), "tensor"),
        ("tensor", "m.NoneNode()", lambda tensor: tensor.value, "tensor"),
        ("tensor", "m.SequenceNode('list', 0)", lambda tensor: tensor.shape, "tensor"),
    ],
)
def test_an_object_that_answers_something_else_is_a_finding(make, kind, answer, ask, expected):
    thing = make(LIAR.format(kind=kind, answer=answer)).f.keep()
    with pytest.raises(StudentFailed) as caught:
        ask(thing)
    if expected is not None:
        assert caught.value.finding.expected == expected
        assert caught.value.verdict is Verdict.WRONG_ANSWER


def test_gradients_that_are_no_tensors_are_none(make):
    assert make(LIAR.format(kind="module", answer="m.IntNode(1)")).f.keep().gradients() == {}


def test_a_builder_that_keeps_nothing_breaks_the_protocol(make):
    student = make(
        """
        import os, threading, time
        from grader.wire import frames, messages as m
        answer = m.Returned(3, m.Packed((m.IntNode(1),)), None, None, (), ())
        def f():
            from grader.worker import instruments
            instruments.make = lambda *_: (os.write(3, b"".join(frames.frame(answer))), time.sleep(60))
        """
    )
    student.f()
    with pytest.raises(StudentFailed) as caught:
        student.build(NET).modes()
    assert caught.value.finding.code == "broke-protocol"


def test_a_state_dict_goes_from_one_model_to_another(student):
    a, b = student.MLP.keep(), student.MLP.keep()
    a.set_parameters({name: p + 1 for name, p in a.named_parameters().items()})
    x = torch.ones(2, 4)
    assert not torch.equal(a(x).value.data, b(x).value.data)
    b.load_state_dict(a.state_dict())
    assert torch.equal(a(x).value.data, b(x).value.data)
    b.load_state_dict({"first.weight": torch.zeros(8, 4)})
    with pytest.raises(StudentFailed) as failure:
        b.modes()
    assert failure.value.finding.type == "RuntimeError"


def test_a_model_is_converted_to_a_dtype(student):
    model = student.MLP.keep().to(torch.float64)
    assert {p.dtype for p in model.named_parameters().values()} == {torch.float64}
    assert model.to("cpu")(torch.ones(1, 4, dtype=torch.float64)).value.data.dtype == torch.float64


def test_gradients_are_those_that_are_there(student):
    model = student.MLP.keep()
    assert model.gradients() == {}
    criterion = student.build(CriterionBlueprint("mse"))
    criterion(model.as_torch()(torch.ones(2, 4)), torch.zeros(2, 3)).backward()
    assert set(model.gradients()) == set(model.named_parameters())


def test_a_trace_tells_which_outputs_carried_a_graph(student):
    model = student.build(NET)
    stand_in = model.as_torch()
    stand_in(torch.ones(2, 4))
    assert model.trace()["graph"].data.tolist() == [True]
