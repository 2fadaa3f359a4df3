"""Right: clears the gradients after the step, to zero instead of None; plain indices; returns a tuple."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Clear after the step: the parameters arrive without gradients."""
    model.train()
    history = ()
    for epoch in range(epochs):
        losses, sizes = [], []
        for step, batch in enumerate(loader):
            x, y = batch[0].to(device), batch[1].to(device)
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            model.zero_grad(set_to_none=False)
            losses.append(loss.item() * x.size(0))
            sizes.append(x.size(0))
            if step % 100 == 0:
                print("epoch", epoch, "step", step, "loss", losses[-1])
        history += (sum(losses) / sum(sizes),)
    return history


@torch.no_grad()
def evaluate(model, loader, criterion, device):
    """A decorator instead of a with block; a list instead of a tuple."""
    mode = model.training
    model.eval()
    loss_sum = hits = n = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = model(x)
        loss_sum += float(criterion(out, y)) * x.shape[0]
        hits += int((out.max(dim=1)[1] == y).sum())
        n += x.shape[0]
    if mode:
        model.train()
    return [loss_sum / n, hits / n]
