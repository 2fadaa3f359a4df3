"""Right: hands the optimizer a closure, walks the loader by hand, evaluates a copy of the model."""

import copy


def train(model, loader, optimizer, criterion, epochs, device):
    """As the documentation of `torch.optim` shows for optimizers that need a closure."""
    model.train()
    history = []
    while len(history) < epochs:
        total, count = 0.0, 0
        batches = iter(loader)
        while (batch := next(batches, None)) is not None:
            x, y = (tensor.to(device) for tensor in batch)

            def closure(x=x, y=y):
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                return loss

            total += optimizer.step(closure).item() * len(x)
            count += len(x)
        history.append(total / count)
    return history


def evaluate(model, loader, criterion, device):
    """The model itself is never touched, so that there is no mode to restore."""
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    results = []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = frozen(x)
        results.append((criterion(out, y).item() * len(y), sum((out.argmax(1) == y).tolist()), len(y)))
    losses, hits, sizes = zip(*results, strict=True)
    return sum(losses) / sum(sizes), sum(hits) / sum(sizes)
