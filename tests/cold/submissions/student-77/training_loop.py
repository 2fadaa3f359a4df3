import torch
import wandb
from tqdm import tqdm

def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    model.train()
    for epoch in tqdm(range(epochs)):
        running_loss = 0.0
        n = 0
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item() * inputs.size(0)
            n += inputs.size(0)
        losses.append(running_loss / n)
    return losses

def evaluate(model, loader, criterion, device):
    was_training = model.training
    model.eval()
    running_loss, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            outputs = model(inputs)
            running_loss += criterion(outputs, labels).item() * inputs.size(0)
            correct += (outputs.argmax(1) == labels).sum().item()
            n += inputs.size(0)
    model.train(was_training)
    return running_loss / n, correct / n
