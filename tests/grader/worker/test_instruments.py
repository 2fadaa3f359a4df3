"""What the grader's own objects remember, and that they look like anybody's."""

import pytest
import torch

from grader.blueprints import (
    OPTIMIZERS,
    CriterionBlueprint,
    LoaderBlueprint,
    ModelBlueprint,
    OptimizerBlueprint,
)
from grader.wire.caps import Caps
from grader.wire.messages import Build
from grader.wire.packing import pack
from tests.grader.worker.driver import Zygote, shared

LOOPS = """
import copy
import torch
from torch import nn

def train(model, loader, optimizer, criterion, epochs, device):
    history = []
    model.train()
    for _ in range(epochs):
        total = n = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            n += len(x)
        history.append(total / n)
    return history

def every_second(model, loader, optimizer, criterion, epochs, device):
    for i, (x, y) in enumerate(loader):
        criterion(model(x), y).backward()
        if i % 2:
            optimizer.step()
            model.zero_grad()

kept = []
def hoard(model, loader, optimizer, criterion, epochs, device):
    for x, y in loader:
        kept.append(criterion(model(x), y))

def hoard_and_step(model, loader, optimizer, criterion, epochs, device):
    for x, y in loader:
        kept.append(criterion(model(x), y))
        kept[-1].backward()
        optimizer.step()

def evaluate(model, loader, criterion, device):
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            criterion(model(x), y)

def half_eval(model, loader, criterion, device):
    model.train()
    model[1].eval()
    for x, y in loader:
        model(x)

def looks(model, loader, optimizer, criterion):
    return [
        isinstance(model, nn.Module), type(model).__name__, isinstance(optimizer, torch.optim.Optimizer),
        type(optimizer).__name__, hasattr(loader, "__len__"), hasattr(loader, "dataset"),
        isinstance(criterion, nn.Module), sum(p.numel() for p in model.parameters()),
    ]

def on_a_copy(model, loader):
    for x, y in loader:
        copy.deepcopy(model)(x)
"""
NAMES = ("train", "every_second", "hoard", "hoard_and_step", "evaluate", "half_eval", "looks", "on_a_copy")

LAYERS = (("linear", 4, 5), ("batchnorm1d", 5), ("relu",), ("linear", 5, 3))


@pytest.fixture
def zygote() -> Zygote:
    """A warm one: a cold worker takes a second for its first optimizer."""
    return shared("--warm")


class Objects:
    """A model, a loader of three batches (4, 4, 2), an optimizer and a criterion in a worker."""

    def __init__(self, worker, optimizer="sgd", criterion="cross_entropy", **more):
        self.worker = worker
        self.inputs, self.targets = torch.randn(10, 4), torch.randint(3, (10,))
        self.model_blueprint = ModelBlueprint.seeded(LAYERS, seed=1)
        self.loader_blueprint = LoaderBlueprint.split(self.inputs, self.targets, 4)
        self.model = worker.build(self.model_blueprint)
        self.loader = worker.build(self.loader_blueprint)
        self.optimizer = worker.build(OptimizerBlueprint(optimizer, self.model, {"lr": 0.1}), **more)
        self.criterion = worker.build(CriterionBlueprint(criterion), **more)

    def train(self, name="train", epochs=2):
        return self.worker.value(name, self.model, self.loader, self.optimizer, self.criterion, epochs, "cpu")

    def trace(self, thing):
        return self.worker.value("trace", handle=thing.handle)


@pytest.fixture
def objects(worker) -> Objects:
    assert worker.load(LOOPS, *NAMES).missing == ()
    return Objects(worker)


def test_objects_look_ordinary(objects):
    looks = objects.worker.value("looks", objects.model, objects.loader, objects.optimizer, objects.criterion)
    assert looks == [True, "Sequential", True, "SGD", False, False, True, 4 * 5 + 5 + 5 + 5 + 5 * 3 + 3]


def test_training_there_is_training_here(objects):
    """The instruments change no number."""
    history = objects.train()
    model = objects.model_blueprint.build()
    loader = objects.loader_blueprint.build()
    optimizer = OptimizerBlueprint("sgd", model, {"lr": 0.1}).build()
    namespace: dict = {}
    exec(LOOPS, namespace)
    expected = namespace["train"](model, loader, optimizer, torch.nn.CrossEntropyLoss(), 2, "cpu")
    assert history == pytest.approx(expected, rel=1e-5)
    state = objects.worker.value("state_dict", handle=objects.model.handle)
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(state[name], tensor)


def test_an_honest_loop_leaves_an_honest_record(objects):
    objects.train(epochs=2)
    model = objects.trace(objects.model)
    assert model["modules"] == ["", "0", "1", "2", "3"]
    assert model["training"].shape == (6, 5)
    assert model["training"].all()
    assert model["grad"].tolist() == [True] * 6
    assert model["batch"].tolist() == [0, 1, 2, 3, 4, 5]
    assert model["devices"] == ["cpu"]
    loader = objects.trace(objects.loader)
    assert (loader["rounds"], loader["batches"]) == (2, 6)
    optimizer = objects.trace(objects.optimizer)
    assert optimizer["steps"] == 6
    assert optimizer["at"].tolist() == [1, 2, 3, 4, 5, 6]
    assert (optimizer["since"], optimizer["zero_grads"]) == (0, 6)
    criterion = objects.trace(objects.criterion)
    assert criterion["calls"] == 6
    assert criterion["samples"].tolist() == [4, 4, 2, 4, 4, 2]
    assert criterion["graphs_alive"] == 0


def test_a_second_loop_in_the_same_worker_counts_from_zero(objects):
    objects.train(epochs=1)
    again = Objects(objects.worker)
    again.train(epochs=1)
    assert again.trace(again.model)["batch"].tolist() == [0, 1, 2]
    assert again.trace(again.criterion)["batch"].tolist() == [0, 1, 2]
    assert again.trace(again.optimizer)["at"].tolist() == [1, 2, 3]
    assert again.trace(again.loader)["batches"] == 3
    assert objects.trace(objects.loader)["batches"] == 3


def test_batches_without_a_step_show(objects):
    objects.train("every_second")
    optimizer = objects.trace(objects.optimizer)
    assert optimizer["at"].tolist() == [2]
    assert (optimizer["since"], optimizer["zero_grads"]) == (1, 0)


def test_evaluation_without_gradients_shows(objects):
    objects.worker.call("evaluate", objects.model, objects.loader, objects.criterion, "cpu")
    model = objects.trace(objects.model)
    assert not model["training"].any()
    assert not model["grad"].any()


def test_the_mode_of_each_part_shows(objects):
    objects.worker.call("half_eval", objects.model, objects.loader, objects.criterion, "cpu")
    assert objects.trace(objects.model)["training"].tolist() == [[True, True, False, True, True]] * 3


def test_graphs_that_are_kept_show(objects):
    objects.train("hoard")
    # Each loss, and what its graph keeps alive.
    assert objects.trace(objects.model)["graphs_alive"] >= 3


def test_a_copy_of_the_model_is_recorded_too(objects):
    objects.worker.call("on_a_copy", objects.model, objects.loader)
    assert objects.trace(objects.model)["forwards"] == 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_counted(worker, optimizer):
    worker.load(LOOPS, *NAMES)
    objects = Objects(worker, optimizer)
    objects.train(epochs=1)
    trace = objects.trace(objects.optimizer)
    assert (trace["steps"], trace["zero_grads"]) == (3, 3)


def test_a_criterion_may_be_a_plain_function(worker):
    worker.load(LOOPS, *NAMES)
    inputs, targets = torch.randn(6, 4), torch.randn(6, 3)
    objects = Objects(worker)
    loader = worker.build(LoaderBlueprint.split(inputs, targets, 4))
    criterion = worker.build(CriterionBlueprint("half_square"))
    assert criterion.kind == "object"
    looks = worker.value("looks", objects.model, loader, objects.optimizer, criterion)
    assert looks[6] is False
    worker.call("train", objects.model, loader, objects.optimizer, criterion, 1, "cpu")
    assert objects.trace(criterion)["samples"].tolist() == [4, 2]


def test_a_blueprint_that_does_not_exist_is_no_crash(worker):
    packed, _ = pack({"name": "nonsense"}, Caps())
    answer = worker.ask(Build(1, "criterion", packed, "cpu"))
    assert answer.exception.type == "UsageError"
    assert "nonsense" in answer.exception.message


@pytest.mark.parametrize("criterion", ["cross_entropy", "brier"])
def test_a_tape_is_kept_where_one_was_asked_for(worker, criterion):
    worker.load(LOOPS, *NAMES)
    objects = Objects(worker, criterion=criterion)
    objects.train(epochs=1)
    assert "tape" not in objects.trace(objects.optimizer)
    taped = Objects(worker, criterion=criterion, taped=True)
    taped.train(epochs=1)
    tape = taped.trace(taped.optimizer)["tape"]
    assert tape["states"].shape[0] == 4
    assert (tape["at"].tolist(), tape["graphs"].tolist(), tape["whole"]) == ([1, 2, 3], [1, 1, 1], True)
    kept = Objects(worker, criterion=criterion, taped=True)
    kept.train("hoard_and_step", epochs=1)
    assert kept.trace(kept.optimizer)["tape"]["graphs"].tolist() == [1, 2, 3]
