"""Right: asks autograd for the gradients and sets them; inputs of evaluation need no graph either."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """torch.autograd.grad never adds to .grad, so that nothing has to be cleared."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    history = []
    for _ in range(epochs):
        model.train()
        weighted, count = [], 0
        for x, y in loader:
            loss = criterion(model(x.to(device)), y.to(device))
            for parameter, gradient in zip(
                parameters, torch.autograd.grad(loss, parameters, allow_unused=True), strict=True
            ):
                parameter.grad = gradient
            optimizer.step()
            weighted.append(len(y) * float(loss.detach()))
            count += len(y)
        history.append(sum(weighted) / count)
    return history


def evaluate(model, loader, criterion, device):
    """Counts with Python's own numbers."""
    before = model.training
    model.train(False)
    gradients_were_on = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        out = model(x.to(device))
        total += criterion(out, y.to(device)).item() * y.numel()
        right += sum(int(row.argmax()) == int(label) for row, label in zip(out, y, strict=True))
        n += y.numel()
    torch.set_grad_enabled(gradients_were_on)
    model.train(before)
    return total / n, right / n
