"""Null: the right logits with a dimension too many."""

from torch import nn


class MLP(nn.Module):
    """The right parameters, used."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_out = d_out
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Each number is right, the shape is not."""
        hidden = self.fc2(self.fc1(x.flatten(1)).relu()).relu()
        return self.fc3(hidden).unsqueeze(0)
