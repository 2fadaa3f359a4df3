"""Null: trains nothing and says 0."""


def train(model, loader, optimizer, criterion, epochs, device):
    """Zeros."""
    return [0.0] * epochs


def evaluate(model, loader, criterion, device):
    """Zeros."""
    return 0.0, 0.0
