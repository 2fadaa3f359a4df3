import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in: int = 784, d_hidden: int = 256, d_out: int = 10):
        super().__init__()
        self.inputLayer = nn.Linear(d_in, d_hidden)
        self.hiddenLayer = nn.Linear(d_hidden, d_hidden)
        self.outputLayer = nn.Linear(d_hidden, d_out)

    def Forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.flatten(x, 1)
        x = torch.relu(self.inputLayer(x))
        x = torch.relu(self.hiddenLayer(x))
        return self.outputLayer(x)
