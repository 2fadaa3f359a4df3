"""Tapes: what each step did, by number, and nothing of it changed by looking."""

import pytest
import torch

from grader import tape as module
from grader.blueprints import OPTIMIZERS, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.tape import Tape

LAYERS = (("batchnorm1d", 4), ("linear", 4, 3))
NUMBERS = 4 + 4 + 12 + 3
BUFFERS = 4 + 4 + 1


def trained(optimizer="sgd", taped=True, steps=3, after_each=lambda model, optimizer: None, **options):
    model = ModelBlueprint.seeded(LAYERS, 1, torch.float64).build()
    steps_of = OptimizerBlueprint(optimizer, model, {"lr": 0.1, **options}).build()
    counted = iter(range(1, steps + 1))
    tape = Tape(model, steps_of, lambda: next(counted), lambda: 7) if taped else None
    generator = torch.Generator().manual_seed(2)
    inputs = torch.randn(4 * steps, 4, generator=generator, dtype=torch.float64)
    loader = LoaderBlueprint.split(inputs, torch.randint(3, (4 * steps,), generator=generator), 4)
    states, gradients = [], []
    for x, y in loader.build():
        steps_of.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        gradients.append(torch.cat([p.grad.reshape(-1) for p in model.parameters()]).clone())
        steps_of.step()
        states.append(torch.cat([p.detach().reshape(-1) for p in model.parameters()]))
        after_each(model, steps_of)
    return tape, states, gradients


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_tape_holds_states_and_gradients_and_changes_no_number(optimizer):
    tape, states, gradients = trained(optimizer)
    record = tape.record()
    assert record["states"].shape == (4, NUMBERS + BUFFERS)
    assert torch.equal(record["states"][1:, :NUMBERS], torch.stack(states))
    assert torch.equal(record["gradients"], torch.stack(gradients))
    assert torch.equal(torch.stack(trained(optimizer, taped=False)[1]), torch.stack(states))
    columns = {name: record[name].tolist() for name in ("at", "moved", "settings", "graphs", "forwards")}
    assert columns == {
        "at": [1, 2, 3],
        "moved": [0, 0, 0, 0],
        "settings": [0, 0, 0],
        "graphs": [7, 7, 7],
        "forwards": [1, 2, 3],
    }
    assert record["modes"].tolist() == [1, 1, 1]
    assert record["whole"] is True


def test_before_the_first_step_there_is_only_the_start():
    model = ModelBlueprint.seeded(LAYERS, 1).build()
    record = Tape(model, OptimizerBlueprint("sgd", model, {"lr": 0.1}).build()).record()
    assert record["states"].shape == (1, NUMBERS + BUFFERS)
    assert record["gradients"].shape == (0, NUMBERS)
    assert record["moved"].tolist() == [0]


def test_what_changes_between_steps_shows():
    def shrinks(model, optimizer):
        optimizer.param_groups[0]["lr"] = 0.2
        with torch.no_grad():
            model[1].weight.mul_(0.5)

    record = trained(after_each=shrinks)[0].record()
    assert record["moved"].tolist() == [0, 1, 1, 1]
    assert record["settings"].tolist() == [0, 1, 1]


def test_modes_of_forward_passes_show():
    model = ModelBlueprint.seeded(LAYERS, 1).build()
    tape = Tape(model, OptimizerBlueprint("sgd", model, {"lr": 0.1}).build())
    for mode in (lambda: model.train(), lambda: model.eval(), lambda: model[0].train()):
        mode()
        model(torch.ones(2, 4))
    assert tape.record()["modes"].tolist() == [1, 0, 2]


def test_a_tape_ends_where_it_is_full(monkeypatch):
    monkeypatch.setattr(module, "MOST_STEPS", 2)
    record = trained()[0].record()
    assert (len(record["states"]), record["whole"]) == (3, False)
    monkeypatch.setattr(module, "MOST_STEPS", 64)
    monkeypatch.setattr(module, "MOST_NUMBERS", 2 * 2 * (NUMBERS + BUFFERS))
    assert len(trained()[0].record()["gradients"]) == 2


def test_a_tape_ends_where_the_model_is_rebuilt_and_breaks_nothing():
    def grows(model, optimizer):
        model.append(torch.nn.Linear(3, 3, dtype=torch.float64))

    record = trained(after_each=grows)[0].record()
    assert (len(record["states"]), record["whole"]) == (2, False)
    assert record["moved"].tolist() == [0, 0]
