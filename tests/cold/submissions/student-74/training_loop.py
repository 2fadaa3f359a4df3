import torch


def train(model, loader, optimizer, criterion, epochs, device):
    pertes = []
    for _ in range(epochs):
        model.train()
        total = torch.tensor(0.0)
        nb = 0
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            optimizer.zero_grad()
            perte = criterion(model(xb), yb)
            perte.backward()
            optimizer.step()
            total += perte * xb.shape[0]
            nb += xb.shape[0]
        pertes.append(total / nb)
    return pertes


def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    total, justes, nb = 0.0, 0, 0
    with torch.no_grad():
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            sortie = model(xb)
            total += criterion(sortie, yb).item() * xb.shape[0]
            justes += (sortie.argmax(dim=1) == yb).sum().item()
            nb += xb.shape[0]
    model.train(mode)
    return total / nb, justes / nb
