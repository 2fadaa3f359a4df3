"""Null: trains nothing and says NaN."""


def train(model, loader, optimizer, criterion, epochs, device):
    """NaN."""
    return [float("nan")] * epochs


def evaluate(model, loader, criterion, device):
    """NaN."""
    return float("nan"), float("nan")
