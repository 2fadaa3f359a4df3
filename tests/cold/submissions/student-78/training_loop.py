import torch

def train(model, loader, optimizer, criterion, epochs, device):
    perdas = []
    for e in range(epochs):
        model.train()
        soma, n = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            saida = model(x)
            perda = criterion(saida, y)
            perda.backward()
            optimizer.zero_grad()
            optimizer.step()
            soma += perda.item() * x.size(0)
            n += x.size(0)
        perdas.append(soma / n)
    return perdas

def evaluate(model, loader, criterion, device):
    antes = model.training
    model.eval()
    soma, certos, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        saida = model(x).detach()
        soma += criterion(saida, y).item() * x.size(0)
        certos += (saida.argmax(dim=1) == y).sum().item()
        n += x.size(0)
    model.train(antes)
    return soma / n, certos / n * 100
