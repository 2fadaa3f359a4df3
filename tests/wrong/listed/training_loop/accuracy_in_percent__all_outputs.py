from collections import namedtuple

import torch

Metrics = namedtuple("Metrics", "loss accuracy")


def train(model, loader, optimizer, criterion, epochs, device):
    out = []
    for _ in range(epochs):
        model.train()
        acc = torch.zeros(2, dtype=torch.float64)
        for x, t in loader:
            x, t = x.to(device), t.to(device)
            optimizer.zero_grad()
            batch_loss = criterion(model(x), t)
            batch_loss.backward()
            optimizer.step()
            acc += torch.tensor([batch_loss.item() * len(x), len(x)], dtype=torch.float64)
        out.append((acc[0] / acc[1]).item())
    return out


def evaluate(model, loader, criterion, device):
    training = model.training
    model.eval()
    ys, ts = [], []
    with torch.no_grad():
        for x, t in loader:
            ys.append(model(x.to(device)))
            ts.append(t.to(device))
        y, t = torch.cat(ys), torch.cat(ts)
        loss = criterion(y, t).item()
    accuracy = 100.0 * torch.mean((y.argmax(1) == t).double()).item()
    model.train(training)
    return Metrics(loss, accuracy)
