"""Null: trains nothing and says the first number of the first inputs."""


def train(model, loader, optimizer, criterion, epochs, device):
    """The first input, as if it were a loss, for each epoch."""
    return [first_input(loader)] * epochs


def evaluate(model, loader, criterion, device):
    """The first input, as if it were a loss and an accuracy."""
    return first_input(loader), first_input(loader)


def first_input(loader):
    """The first number of the first batch."""
    inputs, _ = next(iter(loader))
    return inputs.flatten()[0].item()
