import torch


def train(model, loader, optimizer, criterion, epochs, device):
    all_losses = []
    for epoch in range(epochs):
        model.train()
        losses = torch.zeros((), dtype=torch.float64)
        samples = 0
        for images, labels in loader:
            images = images.to(device)
            labels = labels.to(device)

            outputs = model(images)
            loss = criterion(outputs, labels)

            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

            losses += loss.detach().cpu().double() * labels.shape[0]
            samples += labels.shape[0]
        all_losses.append((losses / samples).item())
    return all_losses


def evaluate(model, loader, criterion, device):
    training_before = model.training
    model.eval()
    loss_sum, right, samples = 0.0, 0, 0
    for images, labels in loader:
        images = images.to(device)
        labels = labels.to(device)
        with torch.no_grad():
            outputs = model(images)
            loss_sum += criterion(outputs, labels).item() * labels.shape[0]
        _, predicted = torch.max(outputs, 1)
        right += (predicted == labels).sum().item()
        samples += labels.shape[0]
    if training_before:
        model.train()
    return loss_sum / samples, right / samples
