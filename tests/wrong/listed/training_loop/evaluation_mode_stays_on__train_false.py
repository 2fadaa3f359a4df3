import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Returns the loss of each epoch."""
    model = model.to(device)
    results = [0.0] * epochs
    for e in range(epochs):
        model.train(True)
        seen = 0
        for data, goal in loader:
            data = data.to(device)
            goal = goal.to(device)
            loss = criterion(model(data), goal)
            for p in model.parameters():
                p.grad = None
            loss.backward()
            optimizer.step()
            results[e] += loss.item() * data.shape[0]
            seen += data.shape[0]
        results[e] /= seen
    return results


def evaluate(model, loader, criterion, device):
    """Returns loss and accuracy."""
    model.train(False)
    seen, loss, right = 0, 0.0, 0.0
    for data, goal in loader:
        with torch.no_grad():
            y = model(data.to(device))
            goal = goal.to(device)
            loss += criterion(y, goal).item() * data.shape[0]
            right += sum(float(row.argmax() == label) for row, label in zip(y, goal, strict=True))
        seen += data.shape[0]
    return loss / seen, right / seen
