"""Calls that tell apart known mistakes which the hidden tests may see alike.

Nothing is claimed here: what a submission answers is compared with what a
mistake answers. In the hidden tests, which samples of uneven batches are right
is drawn, and now and then the mean over batches is the mean over samples.
"""

import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint

CLASSES = 3


def probe_uneven_accuracy(student, rng):
    """evaluate: all of a batch of three are right, the single sample of the other is wrong.

    The accuracy is 3/4 over samples and 1/2 over batches.
    """
    state = {
        "0.weight": torch.eye(CLASSES, dtype=torch.float64),
        "0.bias": torch.zeros(CLASSES, dtype=torch.float64),
    }
    model = ModelBlueprint((("linear", CLASSES, CLASSES),), state)
    targets = rng.integers(4, high=CLASSES)
    shown = torch.cat([targets[:3], (targets[3:] + 1) % CLASSES])
    outputs = torch.nn.functional.one_hot(shown, CLASSES).double() * 2 + rng.uniform(
        4, CLASSES, dtype=torch.float64
    )
    loader = LoaderBlueprint.split(outputs, targets, 3)
    criterion = student.build(CriterionBlueprint("cross_entropy"))
    student.evaluate(student.build(model), student.build(loader), criterion, "cpu")
