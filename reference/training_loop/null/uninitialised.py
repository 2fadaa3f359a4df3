"""Null: trains nothing and says what stood in memory that nobody wrote."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Any numbers."""
    return torch.empty(epochs).tolist()


def evaluate(model, loader, criterion, device):
    """Any numbers."""
    return tuple(torch.empty(2).tolist())
