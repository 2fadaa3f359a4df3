from contextlib import contextmanager

import torch


class Average:
    """Running mean, weighted."""

    def __init__(self):
        self.sum, self.n = 0.0, 0

    def add(self, value, n):
        self.sum += float(value) * n
        self.n += n

    @property
    def value(self):
        return self.sum / self.n


@contextmanager
def in_mode(model, training):
    before = model.training
    model.train(training)
    yield
    model.train(before)


def batches(loader, device):
    for x, y in loader:
        yield x.to(device), y.to(device)


def train(model, loader, optimizer, criterion, epochs, device):
    def one_epoch():
        avg = Average()
        with in_mode(model, True):
            for x, y in batches(loader, device):
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
                avg.add(loss.detach(), y.shape[0])
        return avg.value

    return [one_epoch() for _ in range(epochs)]


def evaluate(model, loader, criterion, device):
    loss, acc = Average(), Average()
    with in_mode(model, False), torch.inference_mode():
        for x, y in batches(loader, device):
            out = model(x)
            loss.add(criterion(out, y), len(y))
            acc.add((out.max(1).indices == y).float().mean(), len(y))
    return loss.value, acc.value
