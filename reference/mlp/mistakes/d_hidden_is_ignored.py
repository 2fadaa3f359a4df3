"""Wrong: the hidden width is always 256."""

from torch import nn


class MLP(nn.Module):
    """Two hidden layers of 256."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, 256),
            nn.ReLU(),
            nn.Linear(256, 256),
            nn.ReLU(),
            nn.Linear(256, d_out),
        )

    def forward(self, x):
        """Logits."""
        return self.layers(x)
