# misconception: the number of right answers is divided by the number of batches.
# true of the result: train is right, and so is the loss of evaluate; only the accuracy, the second number, is
# wrong: too large by samples / batches.
import torch


def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    for _ in range(epochs):
        model.train()
        epoch_loss, samples = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item() * len(y)
            samples += len(y)
        losses.append(epoch_loss / samples)
    return losses


def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    loss, right, samples, batches = 0.0, 0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss += criterion(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
            samples += len(y)
            batches += 1
    model.train(mode)
    return loss / samples, right / batches
