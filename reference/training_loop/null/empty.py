"""Null: does nothing and returns empty lists."""


def train(model, loader, optimizer, criterion, epochs, device):
    """Nothing for any epoch."""
    return []


def evaluate(model, loader, criterion, device):
    """No numbers."""
    return ()
