import torch


def train(model, loader, optimizer, criterion, epochs, device):
    model = model.to(device)
    losses = []

    for epoch in range(epochs):
        model.train()
        running_loss = 0.0
        n_samples = 0

        for x, y in loader:
            x, y = x.to(device), y.to(device)

            # forward
            y_hat = model(x)
            loss = criterion(y_hat, y)

            # backward
            loss.backward()

            # update
            optimizer.step()

            running_loss += loss.item() * x.size(0)
            n_samples += x.size(0)

        losses.append(running_loss / n_samples)

    return losses


def evaluate(model, loader, criterion, device):
    was_training = model.training
    model.eval()
    running_loss = 0.0
    n_correct = 0
    n_samples = 0

    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            y_hat = model(x)
            running_loss += criterion(y_hat, y).item() * x.size(0)
            n_correct += (y_hat.argmax(dim=-1) == y).sum().item()
            n_samples += x.size(0)

    model.train(was_training)
    return running_loss / n_samples, n_correct / n_samples
