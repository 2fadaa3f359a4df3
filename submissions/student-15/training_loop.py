import torch


def step(model, batch, criterion, device):
    x, y = batch
    x, y = x.to(device), y.to(device)
    out = model(x)
    return out, y, criterion(out, y)


def train(model, loader, optimizer, criterion, epochs, device):
    result = []
    for epoch in range(epochs):
        model.train()
        total = 0.0
        count = 0
        for batch in loader:
            optimizer.zero_grad()
            out, y, loss = step(model, batch, criterion, device)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            count += len(y)
        result.append(total / count)
    return result


def evaluate(model, loader, criterion, device):
    model.eval()   # important: dropout off, batchnorm uses running stats
    total = 0.0
    count = 0
    correct = 0
    with torch.no_grad():
        for batch in loader:
            out, y, loss = step(model, batch, criterion, device)
            total += loss.item() * len(y)
            correct += int((out.argmax(1) == y).sum())
            count += len(y)
    return total / count, correct / count
