"""Wrong: the sizes passed to MLP are ignored."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """For images of 28 x 28 and ten digits."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(784, 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
