from torch import nn

class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super(MLP, self).__init__()
        sizes = [d_in, d_hidden, d_hidden, d_out]
        self.layers = nn.ModuleList()
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(a, b))

    def forward(self, x):
        x = x.flatten(1)
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self.layers) - 1:
                x = x.relu()
        return x
