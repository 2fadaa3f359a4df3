from torch import nn


def block(n_in, n_out):
    return [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(p=0.2)]


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            *block(d_in, d_hidden),
            *block(d_hidden, d_hidden),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, images):
        return self.net(images)
