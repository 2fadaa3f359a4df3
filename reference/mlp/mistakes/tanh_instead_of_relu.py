"""Wrong: tanh between the layers."""

from torch import nn


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.model = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, d_hidden),
            nn.Tanh(),
            nn.Linear(d_hidden, d_hidden),
            nn.Tanh(),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x):
        """Logits."""
        return self.model(x)
