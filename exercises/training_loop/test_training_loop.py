"""Visible tests of training_loop. `grader check training_loop` runs them; read them, add your own.

`student` is your file on the other side of a wall. Models, loaders, optimizers and
criteria are built over there from descriptions (blueprints): your functions get
ordinary torch objects. What you return, and the model's parameters, come back.
"""

import pytest
import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.checks import check, expect


@pytest.fixture
def line(student):
    """The handout's example: output = w * x + b with w = b = 0, three samples in two batches."""
    state = {"0.weight": torch.zeros(1, 1), "0.bias": torch.zeros(1)}
    model = student.build(ModelBlueprint((("linear", 1, 1),), state))
    x, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[2.0], [4.0], [5.0]])
    return model, student.build(LoaderBlueprint.split(x, y, 2))


def mean_squared_error(student):
    """nn.MSELoss()."""
    return student.build(CriterionBlueprint("mse"))


def test_train_by_hand(student, line, device):
    """train: two batches, two steps: where w and b end, computed by hand."""
    model, loader = line
    optimizer = student.build(OptimizerBlueprint("sgd", model, {"lr": 0.1}))
    student.train(model, loader, optimizer, mean_squared_error(student), 1, device)
    # Batch 1: outputs 0 and 0, d/dw = mean(2 * -2 * 1, 2 * -4 * 2) = -10, d/db = mean(-4, -8) = -6.
    # So w = 1.0, b = 0.6. Batch 2: output 3.6, error -1.4, d/dw = 2 * -1.4 * 3 = -8.4, d/db = -2.8.
    after = model.state_dict()
    w, b = float(after["0.weight"]), float(after["0.bias"])
    check(abs(w - 1.84) < 1e-5, "w is 1.84 after two steps.", f"It is {w:.4f}.")
    check(abs(b - 0.88) < 1e-5, "b is 0.88 after two steps.", f"It is {b:.4f}.")


def test_train_loss_by_hand(student, line, device):
    """train: the loss of the epoch is the mean over samples, not over batches."""
    model, loader = line
    optimizer = student.build(OptimizerBlueprint("sgd", model, {"lr": 0.1}))
    answer = student.train(model, loader, optimizer, mean_squared_error(student), 1, device)
    # Batch 1: mean(4, 16) = 10. Batch 2: 1.4 ** 2 = 1.96. (2 * 10 + 1 * 1.96) / 3 samples.
    expect(answer).matches([21.96 / 3])


def test_loss_goes_down(student, rng, device):
    """train: one float for each epoch, and the loss goes down."""
    model = student.build(ModelBlueprint.seeded((("linear", 4, 3),), seed=1))
    x = rng.normal(20, 4)
    y = x[:, :3] + 1  # the model has to learn to pass three numbers on, plus 1
    loader = student.build(LoaderBlueprint.split(x, y, 8))
    optimizer = student.build(OptimizerBlueprint("adam", model, {"lr": 0.05}))
    losses = student.train(model, loader, optimizer, mean_squared_error(student), 5, device).value
    check(isinstance(losses, list | tuple) and len(losses) == 5, "There is a loss for each of 5 epochs.")
    check(all(type(loss) is float for loss in losses), "All losses are Python floats.")
    check(losses[-1] < losses[0], "The last loss is smaller than the first.", str(losses))


def test_evaluate_by_hand(student, device):
    """evaluate: the handout's example: loss 0.6539, accuracy 2/3."""
    identity = {"0.weight": torch.eye(2), "0.bias": torch.zeros(2)}
    model = student.build(ModelBlueprint((("linear", 2, 2),), identity))
    outputs = torch.tensor([[1.0, 3.0], [1.0, 3.0], [3.0, 1.0]]).log()
    loader = student.build(LoaderBlueprint.split(outputs, torch.tensor([1, 0, 0]), 2))
    criterion = student.build(CriterionBlueprint("cross_entropy"))
    losses = torch.tensor([3 / 4, 1 / 4, 3 / 4], dtype=torch.float64).log().neg()
    expect(student.evaluate(model, loader, criterion, device)).matches((float(losses.mean()), 2 / 3))


def test_evaluate_leaves_the_model_alone(student, rng, device):
    """evaluate: BatchNorm's statistics are used and not updated, and training mode comes back."""
    blueprint = ModelBlueprint.seeded((("batchnorm1d", 4), ("linear", 4, 3)), seed=2)
    model = student.build(blueprint)
    x, y = rng.normal(10, 4, shift=1.0), rng.integers(10, high=3)
    loader = student.build(LoaderBlueprint.split(x, y, 4))
    criterion = student.build(CriterionBlueprint("cross_entropy"))
    answer = student.evaluate(model, loader, criterion, device)
    with torch.no_grad():
        outputs = blueprint.build().eval()(x)
    loss = torch.nn.functional.cross_entropy(outputs, y).item()
    accuracy = (outputs.argmax(dim=1) == y).double().mean().item()
    expect(answer).matches((loss, accuracy))
    for name, before in blueprint.state.items():
        check(torch.equal(model.state_dict()[name], before), f"'{name}' is as it was before.")
    check(all(model.modes().values()), "The model is in training mode again.", str(model.modes()))
