"""Wrong: evaluate was copied from train, backward included."""


def train_one_epoch(model, loader, optimizer, criterion, device):
    """One pass over the data."""
    model.train()
    loss_sum, count = 0.0, 0
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        loss_sum += loss.item() * data.shape[0]
        count += data.shape[0]
    return loss_sum / count


def train(model, loader, optimizer, criterion, epochs, device):
    """All epochs."""
    return [train_one_epoch(model, loader, optimizer, criterion, device) for _ in range(epochs)]


def evaluate(model, loader, criterion, device):
    """The same loop as train, without the step."""
    was_training = model.training
    model.eval()
    total, correct, n = 0.0, 0, 0
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        output = model(data)
        loss = criterion(output, target)
        loss.backward()
        total += loss.item() * len(target)
        correct += (output.argmax(1) == target).sum().item()
        n += len(target)
    model.train(was_training)
    return total / n, correct / n
