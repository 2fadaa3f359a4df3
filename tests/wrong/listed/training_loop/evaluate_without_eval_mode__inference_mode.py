import torch


def train(model, loader, optimizer, criterion, epochs, device):
    model.train()
    losses = []
    for epoch in range(epochs):
        weighted, samples = [], []
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            weighted.append(loss.item() * inputs.size(0))
            samples.append(inputs.size(0))
        losses.append(sum(weighted) / sum(samples))
        print(f"epoch {epoch}: {losses[-1]:.3f}")
    return losses


def evaluate(model, loader, criterion, device):
    # inference mode is enough, it turns off everything that is for training
    with torch.inference_mode():
        pairs = [(model(inputs.to(device)), targets.to(device)) for inputs, targets in loader]
    n = sum(t.numel() for _, t in pairs)
    mean_loss = sum(criterion(o, t).item() * t.numel() for o, t in pairs) / n
    hits = sum((o.argmax(dim=1) == t).sum().item() for o, t in pairs)
    return mean_loss, hits / n
