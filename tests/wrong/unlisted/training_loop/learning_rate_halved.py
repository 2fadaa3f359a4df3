# misconception: the learning rate is halved after every epoch, which nobody asked for.
# true of the result: the first epoch is right; the parameters leave at the first step of the second epoch.
import torch


def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    for _ in range(epochs):
        model.train()
        loss_sum = n = 0
        for x, y in loader:
            loss = criterion(model(x.to(device)), y.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * x.shape[0]
            n += x.shape[0]
        losses.append(loss_sum / n)
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] / 2
    return losses


def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    outputs, targets = [], []
    with torch.no_grad():
        for x, y in loader:
            outputs.append(model(x.to(device)))
            targets.append(y.to(device))
    model.train(mode)
    outputs, targets = torch.cat(outputs), torch.cat(targets)
    return criterion(outputs, targets).item(), (outputs.argmax(1) == targets).double().mean().item()
