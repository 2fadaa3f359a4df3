import torch


def learn(model, batch, optimizer, criterion, device):
    features, labels = (t.to(device) for t in batch)
    loss = criterion(model(features), labels)
    loss.backward()
    optimizer.step()
    return loss.item(), features.shape[0]


def one_epoch(model, loader, optimizer, criterion, device):
    model.train()
    results = [learn(model, batch, optimizer, criterion, device) for batch in loader]
    samples = sum(n for _, n in results)
    return sum(loss * n for loss, n in results) / samples


def train(model, loader, optimizer, criterion, epochs, device):
    return [one_epoch(model, loader, optimizer, criterion, device) for _ in range(epochs)]


def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    loss, hits, seen = 0.0, 0, 0
    with torch.no_grad():
        for features, labels in loader:
            out = model(features.to(device))
            labels = labels.to(device)
            loss += criterion(out, labels).item() * len(labels)
            hits += int((out.max(1).indices == labels).sum())
            seen += len(labels)
    model.train(mode)
    return loss / seen, hits / seen
