"""Null: trains nothing and says the mean of the first inputs."""


def train(model, loader, optimizer, criterion, epochs, device):
    """The mean input, as if it were a loss, for each epoch."""
    return [mean_input(loader)] * epochs


def evaluate(model, loader, criterion, device):
    """The mean input, as if it were a loss and an accuracy."""
    return mean_input(loader), mean_input(loader)


def mean_input(loader):
    """The mean of the first batch."""
    inputs, _ = next(iter(loader))
    return inputs.mean().item()
