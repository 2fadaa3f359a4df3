"""Wrong: three hidden layers."""

from torch import nn


class MLP(nn.Module):
    """Input layer, two hidden layers, output layer."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.flatten = nn.Flatten()
        self.input_layer = nn.Linear(d_in, d_hidden)
        self.hidden1 = nn.Linear(d_hidden, d_hidden)
        self.hidden2 = nn.Linear(d_hidden, d_hidden)
        self.output_layer = nn.Linear(d_hidden, d_out)
        self.relu = nn.ReLU()

    def forward(self, x):
        """Logits."""
        x = self.relu(self.input_layer(self.flatten(x)))
        x = self.relu(self.hidden1(x))
        x = self.relu(self.hidden2(x))
        return self.output_layer(x)
