"""Training loops as students write them, right or wrong in one place, and small problems for them."""

from pathlib import Path

import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, OptimizerBlueprint
from grader.course import read_course

ROOT = Path(__file__).parents[4]
COURSE = read_course(ROOT, staff=True)
EXERCISE = COURSE.exercise("training_loop")
FOLDER = ROOT / "reference" / "training_loop"

PLAIN = (("linear", 4, 6), ("relu",), ("linear", 6, 3))
NORMED = (("batchnorm1d", 4), *PLAIN)
DROPPED = (*PLAIN[:2], ("dropout", 1.0), PLAIN[2])

HEAD = "import copy, torch\n"
TRAIN = """
def train(model, loader, optimizer, criterion, epochs, device):
    {before}
    history = []
    for epoch in range(epochs):
        {start}
        losses, sizes = [], []
        for i, (x, y) in enumerate({loader}):
            {body}
            losses.append(loss.item()); sizes.append(len(y))
        {end}
        history.append({loss})
    return history
"""
USUAL = {
    "before": "pass",
    "start": "model.train()",
    "loader": "loader",
    "body": "optimizer.zero_grad(); loss = criterion(model(x), y); loss.backward(); optimizer.step()",
    "end": "pass",
    "loss": "sum(a * b for a, b in zip(losses, sizes)) / sum(sizes)",
}
EVALUATE = """
def evaluate(model, loader, criterion, device):
    {before}
    losses, hits, sizes = [], [], []
    for x, y in loader:
        outputs = model(x)
        loss = criterion(outputs, y)
        {body}
        losses.append(loss.item()); hits.append((outputs.argmax(1) == y).sum().item()); sizes.append(len(y))
    torch.set_grad_enabled(True)
    return {loss}, {accuracy}
"""
MEASURES = {
    "before": "model.eval(); torch.set_grad_enabled(False)",
    "body": "pass",
    "loss": USUAL["loss"],
    "accuracy": "sum(hits) / sum(sizes)",
}


def trains(**changes):
    return HEAD + TRAIN.format(**(USUAL | changes)) + EVALUATE.format(**MEASURES)


def measures(**changes):
    return HEAD + TRAIN.format(**USUAL) + EVALUATE.format(**(MEASURES | changes))


NO_CLEARING = "loss = criterion(model(x), y); loss.backward(); optimizer.step()"


def batches(*sizes, rotate=False, dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    pairs = [
        (
            torch.randn(size, 4, generator=generator, dtype=dtype),
            torch.randint(3, (size,), generator=generator),
        )
        for size in sizes
    ]
    return LoaderBlueprint(tuple(pairs), rotate)


def called(student, name, blueprint, loader, optimizer, options, epochs):
    far = student.build(blueprint)
    far.eval()
    given = [student.build(loader)]
    if name == "train":
        given.append(student.build(OptimizerBlueprint(optimizer, far, options)))
    given.append(student.build(CriterionBlueprint("cross_entropy")))
    getattr(student, name)(far, *given, *([epochs] if name == "train" else []), "cpu")
