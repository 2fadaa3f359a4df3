"""Blueprints: what is built is what is described, the same on every machine."""

import pytest
import torch
from torch import nn

from grader.blueprints import (
    CRITERIA,
    LAYERS,
    OPTIMIZERS,
    CriterionBlueprint,
    LoaderBlueprint,
    ModelBlueprint,
    OptimizerBlueprint,
    build,
    half_square,
)
from grader.errors import UsageError
from grader.wire.caps import REQUEST_CAPS
from grader.wire.frames import PayloadCursor
from grader.wire.packing import pack
from grader.wire.unpacking import unpack
from grader.wire.values import HandleValue, OpaqueValue

LAYERS_OF_A_SMALL_NET = (
    ("flatten",),
    ("linear", 8, 16),
    ("batchnorm1d", 16),
    ("relu",),
    ("dropout", 0.5),
    ("linear", 16, 3),
)


def small_net(seed=1, dtype=torch.float32):
    return ModelBlueprint.seeded(LAYERS_OF_A_SMALL_NET, seed, dtype)


def test_a_seeded_model_is_the_same_every_time_and_another_for_another_seed():
    one, two, other = (small_net(seed).state["1.weight"] for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_a_seeded_model_starts_with_useful_weights():
    model = ModelBlueprint.seeded((("linear", 400, 50), ("batchnorm1d", 50)), 3).build()
    assert model[0].weight.std().item() == pytest.approx(1 / 20, rel=0.1)
    assert not model[0].bias.any()
    assert torch.equal(model[1].weight, torch.ones(50))
    assert torch.equal(model[1].running_var, torch.ones(50))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_model_is_built_from_its_state_in_training_mode(dtype):
    blueprint = small_net(dtype=dtype)
    model = blueprint.build()
    assert isinstance(model, nn.Sequential)
    assert [type(layer) for layer in model] == [
        nn.Flatten,
        nn.Linear,
        nn.BatchNorm1d,
        nn.ReLU,
        nn.Dropout,
        nn.Linear,
    ]
    assert model.training
    assert all(torch.equal(model.state_dict()[name], tensor) for name, tensor in blueprint.state.items())
    assert model(torch.ones(2, 2, 4, dtype=dtype)).dtype is dtype


def test_what_is_built_shares_no_memory_with_its_blueprint():
    blueprint = small_net()
    before = blueprint.state["1.weight"].clone()
    with torch.no_grad():
        blueprint.build()[1].weight.zero_()
    assert torch.equal(blueprint.state["1.weight"], before)


def test_building_leaves_the_random_numbers_of_torch_alone():
    blueprint = small_net()
    torch.manual_seed(0)
    undisturbed = torch.rand(3)
    torch.manual_seed(0)
    blueprint.build()
    small_net(7)
    assert torch.equal(torch.rand(3), undisturbed)


def test_a_loader_yields_fresh_copies_in_order_and_counts_its_rounds():
    inputs, targets = torch.arange(10.0).view(5, 2), torch.arange(5)
    loader = LoaderBlueprint.split(inputs, targets, 2).build()
    first = list(loader)
    assert [len(x) for x, _ in first] == [2, 2, 1]
    assert torch.equal(torch.cat([x for x, _ in first]), inputs)
    first[0][0].zero_()
    assert torch.equal(torch.cat([x for x, _ in loader]), inputs)
    assert torch.equal(torch.cat([y for _, y in loader]), targets)
    assert loader.rounds == 3


@pytest.mark.parametrize("attribute", ["__len__", "__getitem__", "dataset", "batch_size"])
def test_a_loader_offers_nothing_but_iteration(attribute):
    assert not hasattr(LoaderBlueprint(()).build(), attribute)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_lowers_a_loss(name):
    model = ModelBlueprint.seeded((("linear", 3, 1),), 1).build()
    optimizer = OptimizerBlueprint(name, model, {"lr": 0.01}).build()
    x = torch.ones(4, 3)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_signs_moves_by_the_learning_rate_skips_what_has_no_gradient_and_calls_its_closure():
    model = ModelBlueprint.seeded((("linear", 2, 1), ("linear", 1, 1)), 1).build()
    before = model[0].weight.detach().clone()
    untouched = model[1].weight.detach().clone()
    optimizer = OptimizerBlueprint("signs", model, {"lr": 0.25}).build()

    def closure():
        loss = model[0](torch.tensor([[1.0, -2.0]])).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).requires_grad
    assert torch.allclose(model[0].weight - before, torch.tensor([[-0.25, 0.25]]))
    assert torch.equal(model[1].weight, untouched)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mse", 5.0), ("l1", 2.0), ("smooth_l1", 1.5), ("half_square", 5.0)],
)
def test_criteria_by_hand(name, expected):
    outputs, targets = torch.tensor([[1.0, 3.0], [3.0, 1.0]]), torch.zeros(2, 2)
    assert CriterionBlueprint(name).build()(outputs, targets).item() == pytest.approx(expected)


def test_classification_criteria_at_chance():
    logits = torch.zeros(5, 4)
    assert CriterionBlueprint("cross_entropy").build()(logits, torch.arange(5) % 4).item() == pytest.approx(
        1.3862944
    )
    assert CriterionBlueprint("bce_with_logits").build()(logits, torch.ones(5, 4)).item() == pytest.approx(
        0.6931472
    )


def test_half_square_is_no_module_and_takes_a_batch_of_numbers():
    assert not isinstance(CriterionBlueprint("half_square").build(), nn.Module)
    assert half_square(torch.tensor([1.0, 3.0]), torch.zeros(2)).item() == pytest.approx(2.5)


def test_arguments_cross_the_wire_and_build_the_same():
    model = small_net()
    optimizer = OptimizerBlueprint("adam", HandleValue(3, "module", "Sequential"), {"lr": 0.1})
    loader = LoaderBlueprint.split(torch.ones(3, 8), torch.zeros(3, dtype=torch.int64), 2)
    for blueprint in (model, loader, CriterionBlueprint("mse")):
        arguments = crossed(blueprint.arguments())
        assert type(build(blueprint.kind, arguments, "cpu")) is type(blueprint.build())
    assert isinstance(crossed(optimizer.arguments())["model"], OpaqueValue)  # until a handle stands for it
    rebuilt = build("model", crossed(model.arguments()), "cpu")
    x = torch.ones(2, 8)
    assert torch.equal(rebuilt.eval()(x), model.build().eval()(x))


def crossed(arguments):
    packed, payload = pack(arguments, REQUEST_CAPS)
    cursor = PayloadCursor(b"".join(payload))
    return unpack(packed, cursor, REQUEST_CAPS, tensor=lambda value: value.data)


@pytest.mark.parametrize(
    ("kind", "arguments", "sentence"),
    [
        (
            "optimizer",
            {"name": "sdg", "model": None, "options": {}},
            "no optimizer 'sdg'.*Did you mean 'sgd'",
        ),
        ("criterion", {"name": "nothing"}, "no criterion 'nothing'; known are cross_entropy"),
        ("model", {"layers": [["liner", 1, 2]], "state": {}}, "no layer 'liner'.*Did you mean 'linear'"),
        ("planet", {}, "no blueprint of kind 'planet'"),
    ],
)
def test_unknown_names_are_refused_in_a_sentence(kind, arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        build(kind, arguments, "cpu")


def test_every_layer_can_be_built():
    sizes = {
        "linear": (2, 3),
        "conv2d": (1, 2, 3),
        "batchnorm1d": (3,),
        "batchnorm2d": (3,),
        "layernorm": (4,),
        "dropout": (0.1,),
        "maxpool2d": (2,),
    }
    model = ModelBlueprint.seeded(tuple((name, *sizes.get(name, ())) for name in LAYERS), 0).build()
    assert len(model) == len(LAYERS)
    assert set(CRITERIA) >= {"cross_entropy", "mse", "half_square"}


def test_a_rotating_loader_has_another_order_each_round():
    batches = tuple((torch.tensor([float(i)]), torch.tensor([i])) for i in range(3))
    loader = LoaderBlueprint(batches, rotate=True).build()
    rounds = [[int(targets) for _, targets in loader] for _ in range(4)]
    assert rounds == [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]
    assert [[int(y) for _, y in LoaderBlueprint(batches).build()] for _ in range(2)] == [[0, 1, 2]] * 2


def test_brier_by_hand():
    # Probabilities (3/4, 1/4): right class 0 gives 2/16, right class 1 gives 18/16; the mean is 10/16.
    outputs = torch.tensor([[3.0, 1.0], [3.0, 1.0]]).log()
    loss = CriterionBlueprint("brier").build()(outputs, torch.tensor([0, 1]))
    torch.testing.assert_close(loss, torch.tensor(0.625))
