"""Hidden tests of training_loop.

The same problem (model, loader, optimizer, criterion) is built twice: on the far
side for the student's loop, and here for the reference, in float64. A right loop
walks the same path, so its parameters are compared one by one. Parameters and
returned losses have tests of their own, many tests have a single batch, and most
tests of evaluate look at the loss alone: one mistake costs its share and no more.

No test draws random numbers while training: Dropout drops everything (p = 1), so
that what a mode does can be told from the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.checks import check, cites, expect, points
from grader.compare.tolerance import Allowance
from grader.student.proxy import Answer
from grader.wire.values import TensorValue

F64 = torch.float64

INPUTS, HIDDEN, CLASSES = 5, 8, 3
PLAIN = (("linear", INPUTS, HIDDEN), ("relu",), ("linear", HIDDEN, CLASSES))
# BatchNorm stands before anything learned: behind a ReLU, a small batch can have a feature without
# any variance, and then rounding alone decides where training goes.
NORMED = (("batchnorm1d", INPUTS), *PLAIN)
DROPPED = (("linear", INPUTS, HIDDEN), ("relu",), ("dropout", 1.0), ("linear", HIDDEN, CLASSES))

# Right loops agree to the last bit on a CPU. A GPU sums in another order, and a dozen steps enlarge a
# rounding at most 170-fold (measured: 36 problems, 200 seeds each; RMSprop is the worst, all others stay
# below 5). This allows 4e5 units of eps, 1e-10 in float64; of seven mistakes the mildest, on the mildest
# of 100 seeds, moved a parameter by 9e-3.
DRIFT = Allowance(terms=10_000, magnitude=1_000.0)

# In float32, with SGD only: 5 units measured, 400 allowed, which is 5e-5.
DRIFT_FLOAT32 = Allowance(terms=64, magnitude=10.0)


@dataclass(frozen=True)
class Problem:
    """Something to train or to measure."""

    model: ModelBlueprint
    loader: LoaderBlueprint
    criterion: str = "cross_entropy"
    optimizer: str = "sgd"
    options: Mapping[str, float | bool] = field(default_factory=lambda: {"lr": 0.1})


@dataclass(frozen=True)
class Run:
    """What came of a student's `train`, beside what should have."""

    answer: Answer
    expected_losses: list[float]
    state: Answer
    expected_state: Mapping[str, torch.Tensor]

    def expect_losses(self, *, floats: bool = False) -> None:
        """The returned losses are right. A right program may have added them up in float32."""
        allowance = Allowance(terms=100, magnitude=max(1.0, *self.expected_losses))
        expect(self.answer if floats else plain(self.answer)).matches(
            self.expected_losses, allowance=allowance
        )

    def expect_state(self, allowance: Allowance = DRIFT) -> None:
        """Parameters and buffers of the trained model are right."""
        expect(self.state).matches(self.expected_state, allowance=allowance)


def batches(rng, *sizes, shape=(INPUTS,), numbers=False, dtype=F64) -> LoaderBlueprint:
    """Batches of these sizes, with class indices, or with numbers, as targets."""
    pairs = []
    for size in sizes:
        targets = rng.normal(size, CLASSES, dtype=dtype) if numbers else rng.integers(size, high=CLASSES)
        pairs.append((rng.normal(size, *shape, dtype=dtype), targets))
    return LoaderBlueprint(tuple(pairs))


def model(rng, layers=PLAIN, dtype=F64) -> ModelBlueprint:
    """A model of these layers."""
    return ModelBlueprint.seeded(layers, rng.integer(0, 2**31), dtype)


def double(value: torch.Tensor) -> torch.Tensor:
    """In float64, if it is a floating tensor."""
    return value.double() if value.is_floating_point() else value


def doubled(loader: LoaderBlueprint) -> LoaderBlueprint:
    """The same batches in float64."""
    return replace(loader, batches=tuple((double(x), double(y)) for x, y in loader.batches))


def plain(answer):
    """The answer with one-element tensors as numbers: whether they are floats is a test of its own."""

    def number(value):
        if isinstance(value, TensorValue) and value.data.numel() <= 100 and not value.data.is_complex():
            return value.data.double().tolist()
        return [number(item) for item in value] if isinstance(value, list | tuple) else value

    return replace(answer, value=number(answer.value))


def state_of(answer, far):
    """Parameters and buffers of the far side's model, as if the call had returned them."""
    tensors = {name: TensorValue(t, answer.device, False) for name, t in far.state_dict().items()}
    return replace(answer, value=tensors)


def trained(student, reference, device: str, problem: Problem, epochs: int = 1) -> Run:
    """Train a problem on both sides. The far side's model arrives in evaluation mode."""
    far = student.build(problem.model)
    far.eval()
    answer = student.train(
        far,
        student.build(problem.loader),
        student.build(OptimizerBlueprint(problem.optimizer, far, problem.options)),
        student.build(CriterionBlueprint(problem.criterion)),
        epochs,
        device,
    )
    state = state_of(answer, far)
    near = problem.model.build().double()
    losses = reference.module.train(
        near,
        doubled(problem.loader).build(),
        OptimizerBlueprint(problem.optimizer, near, problem.options).build(),
        CriterionBlueprint(problem.criterion).build(),
        epochs,
        "cpu",
    )
    return Run(answer, losses, state, near.state_dict())


def measured(student, problem: Problem, device: str, *, training: bool):
    """Call a student's `evaluate`; the answer and the far side's model."""
    far = student.build(problem.model)
    far.train(training)
    answer = student.evaluate(
        far, student.build(problem.loader), student.build(CriterionBlueprint(problem.criterion)), device
    )
    return answer, far


def oracle(reference, problem: Problem):
    """What `evaluate` should return."""
    criterion = CriterionBlueprint(problem.criterion).build()
    return reference.evaluate(
        problem.model.build().double(), doubled(problem.loader).build(), criterion, "cpu"
    )


def some_right(rng, blueprint: ModelBlueprint, *sizes: int) -> LoaderBlueprint:
    """Batches of which the model, in evaluation mode, gets some right and some wrong; never a third.

    Of three times as many samples, those are taken whose largest output is largest by far, so that
    no rounding makes another class the largest.
    """
    total = sum(sizes)
    drawn = rng.normal(3 * total, INPUTS, dtype=F64)
    with torch.no_grad():
        outputs = blueprint.build().double().eval()(drawn)
    best = outputs.topk(2).values
    kept = (best[:, 0] - best[:, 1]).argsort(descending=True)[:total]
    inputs, predicted = drawn[kept], outputs[kept].argmax(dim=1)
    others = (predicted + rng.integers(total, low=1, high=CLASSES)) % CLASSES
    hits = rng.choice([n for n in range(1, total) if 3 * n != total])
    targets = torch.where(rng.permutation(total) < hits, predicted, others)
    inputs = inputs.to(next(iter(blueprint.state.values())).dtype)
    return LoaderBlueprint(tuple(zip(inputs.split(sizes), targets.split(sizes), strict=True)))


# --- train: what it does to the model ---------------------------------------------


@points(3)
@cites("trains model in place, with exactly one optimizer step for each batch")
def test_one_step(student, reference, rng, device):
    """train: one batch, one epoch: the parameters after one step."""
    problem = Problem(model(rng), batches(rng, 6))
    trained(student, reference, device, problem).expect_state()


@points(3)
@cites("exactly one optimizer step for each batch, from that batch's gradient alone")
def test_gradients_do_not_add_up(student, reference, rng, device):
    """train: each step uses its own batch's gradient alone."""
    problem = Problem(model(rng), batches(rng, 4, 4, 4))
    trained(student, reference, device, problem).expect_state()


@points(2)
@cites("goes through loader once for each epoch", "Batches may differ in size, down to one sample")
def test_epochs(student, reference, rng, device):
    """train: several epochs, with a smaller last batch."""
    problem = Problem(model(rng), batches(rng, 4, 4, 1))
    trained(student, reference, device, problem, epochs=3).expect_state()


@points(1)
@cites(
    "exactly one optimizer step for each batch, from that batch's gradient alone",
    "SGD with or without momentum and weight decay",
)
def test_momentum(student, reference, rng, device):
    """train: momentum and weight decay: exactly one step for each batch."""
    options = {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}
    problem = Problem(model(rng), batches(rng, 4, 4, 3), options=options)
    trained(student, reference, device, problem, epochs=2).expect_state()


@points(2)
@cites("works with any optimizer whose step() needs no arguments")
def test_any_optimizer(student, reference, rng, device):
    """train: Adam, AdamW, RMSprop, and an optimizer that you have never seen."""
    start, loader = model(rng), batches(rng, 4, 4, 2)
    for name in ("adam", "adamw", "rmsprop", "signs"):
        problem = Problem(start, loader, optimizer=name, options={"lr": 0.01})
        trained(student, reference, device, problem, epochs=2).expect_state()


@points(2)
@cites(
    "with any criterion and its targets: class indices (N,), or numbers of the same shape as the outputs",
    "It may be an nn loss or a plain function",
)
def test_any_criterion(student, reference, rng, device):
    """train: a mean squared error, and a criterion that is a plain function."""
    start, loader = model(rng), batches(rng, 4, numbers=True)
    for name in ("mse", "half_square"):
        trained(student, reference, device, Problem(start, loader, criterion=name)).expect_state()


@points(2)
@cites("has the model in training mode for every batch. It may arrive in evaluation mode.")
def test_batchnorm_learns(student, reference, rng, device):
    """train: BatchNorm is in training mode, though the model arrives in evaluation mode."""
    problem = Problem(model(rng, NORMED), batches(rng, 6))
    trained(student, reference, device, problem).expect_state()


@points(1)
@cites("has the model in training mode for every batch")
def test_dropout_drops(student, reference, rng, device):
    """train: Dropout is in training mode for every batch."""
    problem = Problem(model(rng, DROPPED), batches(rng, 4, 4))
    trained(student, reference, device, problem, epochs=2).expect_state()


@points(1)
@cites("going through it once more may bring other batches, or the same in another order")
def test_loader_is_walked_once_an_epoch(student, reference, rng, device):
    """train: the loader is gone through once an epoch; it comes in another order each time."""
    loader = replace(batches(rng, 4, 3, 2), rotate=True)
    problem = Problem(model(rng), loader, options={"lr": 0.05, "momentum": 0.9})
    trained(student, reference, device, problem, epochs=3).expect_state()


@points(1)
@cites("Inputs have any shape (N, ...), images too.")
def test_images(student, reference, rng, device):
    """train: a small convolutional network on images."""
    layers = (("conv2d", 1, 2, 3), ("relu",), ("flatten",), ("linear", 8, CLASSES))
    problem = Problem(model(rng, layers), batches(rng, 4, shape=(1, 4, 4)))
    trained(student, reference, device, problem).expect_state()


@points(1)
@cites("model is any nn.Module, of float32 or float64")
def test_float32(student, reference, rng, device):
    """train: a model and batches of float32."""
    problem = Problem(model(rng, dtype=torch.float32), batches(rng, 5, dtype=torch.float32))
    trained(student, reference, device, problem).expect_state(DRIFT_FLOAT32)


@points(1)
@cites("Global settings of torch (grad mode above all) are afterwards as they were before.")
def test_train_leaves_global_state(student, reference, rng, device):
    """train: global settings of torch are as they were."""
    run = trained(student, reference, device, Problem(model(rng), batches(rng, 4)))
    expect(run.state).leaves_state_alone()
    run.expect_state()


# --- train: the losses that it returns ---------------------------------------------


@points(2)
@cites("each batch with the loss that it had when it was trained on, just before its step")
def test_loss_of_one_batch(student, reference, rng, device):
    """train: the loss of a single batch, as it was before the step."""
    problem = Problem(model(rng), batches(rng, 6))
    trained(student, reference, device, problem).expect_losses()


@points(2)
@cites(
    "the mean training loss per sample, as in the formula above",
    "epoch loss = sum over batches of |B| * loss(B) / sum over batches of |B|",
)
def test_loss_is_per_sample(student, reference, rng, device):
    """train: the mean loss per sample when the last batch is smaller; the learning rate is 0."""
    problem = Problem(model(rng), batches(rng, 5, 5, 1), options={"lr": 0.0})
    trained(student, reference, device, problem).expect_losses()


@points(2)
@cites("These are the losses that the batches had while training, not those of a second walk afterwards.")
def test_loss_of_each_epoch(student, reference, rng, device):
    """train: one loss for each epoch."""
    problem = Problem(model(rng), batches(rng, 4, 4, 4), options={"lr": 0.3})
    trained(student, reference, device, problem, epochs=4).expect_losses()


@points(1)
@cites("returns a list (a tuple is as good) with one Python float for each epoch")
def test_losses_are_floats(student, reference, rng, device):
    """train: the losses are Python floats, without a graph."""
    problem = Problem(model(rng), batches(rng, 4))
    trained(student, reference, device, problem).expect_losses(floats=True)


# --- train: real data ----------------------------------------------------------------

# Adam, 4 epochs of 23 batches: a right loop gets 0.933 or more of the test images right whatever the
# start (50 seeds, mean 0.946). Start and order are fixed, so that right loops all get the same; guessing
# gets 0.1.
DIGITS_NEEDED = 0.85
DIGITS_LAYERS = (("linear", 64, 32), ("relu",), ("linear", 32, 10))


@points(2)
@cites("must recognise at least 85% of the images that it hasn't seen")
def test_learns_digits(student, reference, digits, device):
    """train: a small network learns to read handwritten digits."""
    order = torch.randperm(len(digits.train), generator=torch.Generator().manual_seed(0))
    blueprint = ModelBlueprint.seeded(DIGITS_LAYERS, seed=0)
    far = student.build(blueprint)
    answer = student.train(
        far,
        student.build(LoaderBlueprint.split(digits.train.x[order], digits.train.y[order], 64)),
        student.build(OptimizerBlueprint("adam", far, {"lr": 0.01})),
        student.build(CriterionBlueprint("cross_entropy")),
        4,
        device,
    )
    # First names, shapes and dtypes: then what is left of the network can be rebuilt here.
    anything = Allowance(magnitude=1e30)
    kind = torch.get_default_dtype()
    expect(state_of(answer, far)).matches(dict(blueprint.state), allowance=anything, dtype=kind)
    near = replace(blueprint, state=far.state_dict()).build()
    criterion = CriterionBlueprint("cross_entropy").build()
    _, accuracy = reference.module.evaluate(near, [(digits.test.x, digits.test.y)], criterion, "cpu")
    check(
        accuracy >= DIGITS_NEEDED,
        f"After 4 epochs the network recognises at least {DIGITS_NEEDED:.0%} of the test images.",
        f"It recognises {accuracy:.0%}.",
    )


# --- evaluate ------------------------------------------------------------------------


@points(2)
@cites("evaluate gives the same mean, with parameters that stand still")
def test_mean_loss(student, reference, rng, device):
    """evaluate: the mean loss."""
    start = model(rng)
    problem = Problem(start, some_right(rng, start, 5, 5))
    answer, _ = measured(student, problem, device, training=True)
    expect(plain(answer)).matches(oracle(reference, problem), part=0)


@points(2)
@cites("accuracy = number of samples whose largest output is the right class / number of samples")
def test_accuracy(student, reference, rng, device):
    """evaluate: the accuracy."""
    start = model(rng)
    problem = Problem(start, some_right(rng, start, 5, 5))
    answer, _ = measured(student, problem, device, training=True)
    expect(plain(answer)).matches(oracle(reference, problem), part=1)


@points(2)
@cites(
    "Batches may differ in size, down to one sample",
    "two Python floats, per sample, accuracy from 0 to 1 and not in percent",
)
def test_uneven_batches(student, reference, rng, device):
    """evaluate: loss and accuracy per sample when batches differ in size."""
    start = model(rng)
    problem = Problem(start, some_right(rng, start, 7, 4, 1))
    answer, _ = measured(student, problem, device, training=True)
    expect(plain(answer)).matches(oracle(reference, problem))


@points(3)
@cites(
    "so that BatchNorm uses its running statistics and Dropout does nothing",
    "leaves parameters and BatchNorm's running statistics untouched",
)
def test_evaluation_mode(student, reference, rng, device):
    """evaluate: BatchNorm uses its running statistics and leaves them alone, Dropout does nothing."""
    layers = (("batchnorm1d", INPUTS), *DROPPED)
    start = model(rng, layers)
    statistics = {
        "0.running_mean": rng.normal(INPUTS, dtype=F64),
        "0.running_var": rng.uniform(INPUTS, low=0.5, high=2.0, dtype=F64),
    }
    start = replace(start, state={**start.state, **statistics})
    problem = Problem(start, some_right(rng, start, 5, 5))
    answer, far = measured(student, problem, device, training=True)
    expect(plain(answer)).matches(oracle(reference, problem), part=0)
    expect(state_of(answer, far)).matches(dict(start.state), allowance=Allowance(magnitude=0.0))


@points(2)
@cites("in the mode that it came in: training mode if it was in training mode")
def test_training_mode_comes_back(student, reference, rng, device):
    """evaluate: a model that was in training mode is in training mode afterwards."""
    start = model(rng, NORMED)
    problem = Problem(start, some_right(rng, start, 4, 4))
    answer, far = measured(student, problem, device, training=True)
    expect(plain(answer)).matches(oracle(reference, problem), part=0)
    check(all(far.modes().values()), "All layers are in training mode again.", *_modes(far))


@points(1)
@cites("in the mode that it came in", "evaluation mode if it was in evaluation mode")
def test_evaluation_mode_stays(student, reference, rng, device):
    """evaluate: a model that was in evaluation mode is in evaluation mode afterwards."""
    start = model(rng, NORMED)
    problem = Problem(start, some_right(rng, start, 4, 4))
    answer, far = measured(student, problem, device, training=False)
    expect(plain(answer)).matches(oracle(reference, problem), part=0)
    check(not any(far.modes().values()), "All layers are still in evaluation mode.", *_modes(far))


def _modes(far) -> tuple[str, list[str]]:
    """How many layers are in training mode, in words, and which."""
    modes = far.modes()
    training = [name or "the model" for name, mode in modes.items() if mode]
    return f"In training mode: {len(training)} of {len(modes)}.", training


@points(2)
@cites(
    "what the model returns must carry no graph, and .grad of every parameter stays as it is",
    "Global settings of torch (grad mode above all) are afterwards as they were before.",
)
def test_no_gradients(student, reference, rng, device):
    """evaluate: no gradients are recorded, those that are there stay, parameters too."""
    start = model(rng)
    problem = Problem(start, some_right(rng, start, 4, 4))
    far, criterion = student.build(start), student.build(CriterionBlueprint("cross_entropy"))
    inputs, targets = problem.loader.batches[0]
    criterion(far.as_torch()(inputs), targets).backward()
    before = {name: gradient.tolist() for name, gradient in far.gradients().items()}
    answer = student.evaluate(far, student.build(problem.loader), criterion, device)
    expect(plain(answer)).matches(oracle(reference, problem), part=0).leaves_state_alone()
    after = {name: gradient.tolist() for name, gradient in far.gradients().items()}
    check(before == after, "The gradients of the parameters are as they were.", "They changed.")
    expect(state_of(answer, far)).matches(dict(start.state), allowance=Allowance(magnitude=0.0))
    check(not _graphs(far), "The model's outputs carry no graph.", "Autograd recorded them.")


def _graphs(far) -> bool:
    """Whether autograd recorded a forward pass after the first, which is the test's own."""
    record = far.trace()
    graphs = record.get("graph") if isinstance(record, dict) else None
    return not isinstance(graphs, TensorValue) or bool(graphs.data.reshape(-1)[1:].any())


@points(1)
@cites("It may be an nn loss or a plain function: you can only call it.")
def test_evaluate_with_any_criterion(student, reference, rng, device):
    """evaluate: a margin loss, and a criterion that is a plain function."""
    start = model(rng)
    loader = some_right(rng, start, 4, 4)
    for name in ("margin", "brier"):
        problem = Problem(start, loader, criterion=name)
        answer, _ = measured(student, problem, device, training=True)
        expect(plain(answer)).matches(oracle(reference, problem), part=0)


@points(1)
@cites("two Python floats, per sample, accuracy from 0 to 1 and not in percent")
def test_metrics_are_floats(student, reference, rng, device):
    """evaluate: both numbers are Python floats; a float32 model."""
    start = model(rng, dtype=torch.float32)
    problem = Problem(start, some_right(rng, start, 5, 5))
    answer, _ = measured(student, problem, device, training=True)
    expect(answer).matches(oracle(reference, problem))
