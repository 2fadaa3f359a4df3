import torch


def train(model, loader, optimizer, criterion, epochs, device):
    for epoche in range(epochs):
        model.train()
        summe = 0.0
        anzahl = 0
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            summe += loss.item() * len(x)
            anzahl += len(x)
        # mittlerer Verlust der Epoche
        print("Epoche", epoche + 1, "Verlust", summe / anzahl)


def evaluate(model, loader, criterion, device):
    war_training = model.training
    model.eval()
    summe, richtig, anzahl = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            aus = model(x)
            summe += criterion(aus, y).item() * len(x)
            richtig += (aus.argmax(dim=1) == y).sum().item()
            anzahl += len(x)
    model.train(war_training)
    return summe / anzahl, richtig / anzahl
