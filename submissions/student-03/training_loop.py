import torch


def train(model, loader, optimizer, criterion, epochs, device):
    epoch_losses = []
    for _ in range(epochs):
        model.train()
        batch_losses, sizes = [], []
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            batch_losses.append(loss.detach().item())
            sizes.append(x.size(0))
        weighted = sum(l * s for l, s in zip(batch_losses, sizes))
        epoch_losses.append(weighted / sum(sizes))
    return epoch_losses


@torch.no_grad()
def evaluate(model, loader, criterion, device):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    outs, ys = [], []
    for x, y in loader:
        outs.append(model(x.to(device)))
        ys.append(y.to(device))
    for m, mode in modes.items():
        m.training = mode
    out, y = torch.cat(outs), torch.cat(ys)
    # one call on everything, so nothing has to be weighted
    return criterion(out, y).item(), (out.argmax(1) == y).double().mean().item()
