from torch import Tensor, nn


class MLP(nn.Module):
    """Linear - ReLU - Linear - ReLU - Linear."""

    def __init__(self, d_in: int = 784, d_hidden: int = 256, d_out: int = 10) -> None:
        super().__init__()
        self.stack: nn.Sequential = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.stack(x)
