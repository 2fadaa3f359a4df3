from collections import OrderedDict

from torch import nn

HIDDEN = 256


class MLP(nn.Module):
    """MLP with two hidden layers."""

    def __init__(self, d_in=784, d_hidden=HIDDEN, d_out=10):
        super(MLP, self).__init__()  # noqa: UP008
        layers = OrderedDict()
        layers["hidden1"] = nn.Linear(d_in, HIDDEN)
        layers["act1"] = nn.ReLU()
        layers["hidden2"] = nn.Linear(HIDDEN, HIDDEN)
        layers["act2"] = nn.ReLU()
        layers["logits"] = nn.Linear(HIDDEN, d_out)
        self.network = nn.Sequential(layers)

    def forward(self, x):
        return self.network(x.view(x.size(0), -1))
