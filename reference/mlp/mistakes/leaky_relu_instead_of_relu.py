"""Wrong: LeakyReLU between the layers."""

from torch import nn


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)
        self.act = nn.LeakyReLU()

    def forward(self, x):
        """Logits."""
        x = x.reshape(len(x), -1)
        x = self.act(self.fc1(x))
        x = self.act(self.fc2(x))
        return self.fc3(x)
