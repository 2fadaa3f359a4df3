"""Right: evaluates by one call of the criterion on all outputs; sums the losses in a tensor."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """One number is fetched an epoch, as one does on a GPU."""
    means = []
    for _epoch in range(epochs):
        model.train()
        seen = 0
        running = torch.zeros((), device=device, dtype=torch.float64)
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    parameter.grad = None
            loss = criterion(model(data), target)
            torch.autograd.backward(loss)
            optimizer.step()
            running += loss.detach() * data.shape[0]
            seen += data.shape[0]
        means.append((running / seen).item())
    return means


def evaluate(model, loader, criterion, device):
    """Concatenate first, measure afterwards."""
    training = model.training
    model.eval()
    all_outputs, all_targets = [], []
    with torch.inference_mode():
        for data, target in loader:
            all_outputs.append(model(data.to(device)))
            all_targets.append(target.to(device))
        outputs, targets = torch.cat(all_outputs), torch.cat(all_targets)
        loss = criterion(outputs, targets).item()
        accuracy = (outputs.argmax(dim=-1) == targets).double().mean().item()
    model.train(training)
    return loss, accuracy
