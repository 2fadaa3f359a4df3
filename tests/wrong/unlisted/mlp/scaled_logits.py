# misconception: the logits are divided by the square root of d_hidden, as in attention.
# true of the result: every logit is too small by the same factor, 1 / sqrt(d_hidden).
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.scale = d_hidden**0.5
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x):
        return self.layers(x) / self.scale
