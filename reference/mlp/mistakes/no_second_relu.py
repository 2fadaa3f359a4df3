"""Wrong: the ReLU after the second layer is missing."""

from torch import nn


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.layer1 = nn.Linear(d_in, d_hidden)
        self.layer2 = nn.Linear(d_hidden, d_hidden)
        self.out = nn.Linear(d_hidden, d_out)
        self.flatten = nn.Flatten()
        self.relu = nn.ReLU()

    def forward(self, x):
        """Logits."""
        x = self.flatten(x)
        hidden = self.relu(self.layer1(x))
        return self.out(self.layer2(hidden))
