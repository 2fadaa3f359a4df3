"""Null: does nothing and returns None."""


def train(model, loader, optimizer, criterion, epochs, device):
    """None."""


def evaluate(model, loader, criterion, device):
    """None."""
