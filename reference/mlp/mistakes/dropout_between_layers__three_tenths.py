"""Wrong: dropout between the layers."""

from torch import nn


class MLP(nn.Module):
    """With dropout against overfitting."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x):
        """Logits."""
        return self.net(x)
