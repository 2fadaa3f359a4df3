import torch

def train(model, loader, opt, crit, epochs, device):
    hist = []
    for _ in range(epochs):
        model.train()
        for x, y in loader:
            loss = crit(model(x.to(device)), y.to(device))
            loss.backward()
            opt.step()
        hist.append(loss.item())
    return hist

@torch.no_grad()
def evaluate(model, loader, crit, device):
    model.eval()
    tot = ok = n = 0
    for x, y in loader:
        o = model(x.to(device)); y = y.to(device)
        tot += crit(o, y).item() * len(y); ok += (o.argmax(1) == y).sum().item(); n += len(y)
    model.train()
    return tot / n, ok / n
