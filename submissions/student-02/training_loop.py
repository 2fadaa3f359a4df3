import torch

def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    for e in range(epochs):
        sum_of_losses = 0.0
        seen = 0
        for x, y in loader:
            model.train()
            x = x.to(device)
            y = y.to(device)
            out = model(x)
            loss = criterion(out, y)
            model.zero_grad()
            loss.backward()
            optimizer.step()
            sum_of_losses += float(loss) * x.shape[0]
            seen += x.shape[0]
        losses.append(sum_of_losses / seen)
        print("epoch", e, "loss", losses[-1])
    return losses

def evaluate(model, loader, criterion, device):
    mode = model.training
    model.eval()
    try:
        loss_sum = 0.0
        right = 0
        seen = 0
        for x, y in loader:
            with torch.no_grad():
                out = model(x.to(device))
                loss = criterion(out, y.to(device))
            loss_sum += loss.item() * x.shape[0]
            for scores, label in zip(out, y):
                if scores.argmax().item() == label.item():
                    right += 1
            seen += x.shape[0]
    finally:
        if mode:
            model.train()
    return loss_sum / seen, right / seen
