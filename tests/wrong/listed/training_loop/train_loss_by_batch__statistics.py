import statistics

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    history = []
    while len(history) < epochs:
        model.train()
        batch_losses = []
        for x, y in loader:
            optimizer.zero_grad(set_to_none=True)
            value = criterion(model(x.to(device)), y.to(device))
            value.backward()
            optimizer.step()
            batch_losses.append(float(value.detach()))
        history.append(statistics.fmean(batch_losses))
    return history


@torch.no_grad()
def evaluate(model, loader, criterion, device):
    was_training = model.training
    model.eval()
    outputs, targets = [], []
    for x, y in loader:
        outputs.append(model(x.to(device)))
        targets.append(y.to(device))
    outputs, targets = torch.cat(outputs), torch.cat(targets)
    if was_training:
        model.train()
    right = (outputs.argmax(-1) == targets).sum().item()
    return criterion(outputs, targets).item(), right / len(targets)
