# misconception: backward() is called on the loss times the batch size, the sum over the batch.
# true of the result: every gradient is as many times too large as the batch has samples, from the very first
# step on; evaluate is right, and so is the loss of the first batch.
import torch


def train(model, loader, optimizer, criterion, epochs, device):
    curve = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y) * len(x)
            loss.backward()
            optimizer.step()
            total += loss.item()
            count += len(x)
        curve.append(total / count)
    return curve


def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            total += criterion(out, y).item() * len(x)
            right += (out.argmax(1) == y).sum().item()
            count += len(x)
    model.train(mode)
    return total / count, right / count
