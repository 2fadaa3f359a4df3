import torch


class Trainer:
    def __init__(self, model, criterion, device):
        self.model = model
        self.criterion = criterion
        self.device = device

    def batches(self, loader):
        for a, b in loader:
            yield a.to(self.device), b.to(self.device)

    def fit(self, loader, optimizer, epochs):
        losses = []
        for _epoch in range(epochs):
            self.model.train()
            self.model.zero_grad()
            total = count = 0
            for a, b in self.batches(loader):
                loss = self.criterion(self.model(a), b)
                loss.backward()  # collect the gradients of the whole data set
                total += loss.item() * b.shape[0]
                count += b.shape[0]
            optimizer.step()
            losses.append(total / count)
        return losses

    def test(self, loader):
        before = self.model.training
        self.model.eval()
        total = right = count = 0
        with torch.inference_mode():
            for a, b in self.batches(loader):
                scores = self.model(a)
                total += self.criterion(scores, b).item() * b.shape[0]
                right += (scores.argmax(1) == b).sum().item()
                count += b.shape[0]
        self.model.train(before)
        return total / count, right / count


def train(model, loader, optimizer, criterion, epochs, device):
    return Trainer(model, criterion, device).fit(loader, optimizer, epochs)


def evaluate(model, loader, criterion, device):
    return Trainer(model, criterion, device).test(loader)
