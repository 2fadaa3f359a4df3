"""Null: trains nothing and says 1."""


def train(model, loader, optimizer, criterion, epochs, device):
    """Ones."""
    return [1.0] * epochs


def evaluate(model, loader, criterion, device):
    """Ones."""
    return 1.0, 1.0
