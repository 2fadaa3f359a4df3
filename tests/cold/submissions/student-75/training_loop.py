import torch


def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    epoch = 0
    while epoch < epochs:
        model.train()
        total = 0
        count = 0
        for inputs, targets in loader:
            inputs = inputs.to(device)
            targets = targets.to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            total = total + loss.item() * len(inputs)
            count = count + len(inputs)
        losses.append(total / count)
    return losses


def evaluate(model, loader, criterion, device):
    model.eval()
    correct = 0
    count = 0
    for inputs, targets in loader:
        outputs = model(inputs)
        predicted = torch.max(outputs, 1)[1]
        correct = correct + (predicted == targets).sum().item()
        count = count + len(targets)
    return correct / count
