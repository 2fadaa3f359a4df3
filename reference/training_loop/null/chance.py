"""Null: trains nothing and guesses what an untrained model would score."""

import math


def train(model, loader, optimizer, criterion, epochs, device):
    """The loss of an undecided model."""
    return [math.log(3)] * epochs


def evaluate(model, loader, criterion, device):
    """The loss and the accuracy of an undecided model."""
    return math.log(3), 1 / 3
