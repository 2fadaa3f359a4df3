# misconception: an image is laid out in a row column by column, not line by line.
# true of the result: right for inputs (N, d_in); wrong for inputs of more dimensions.
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.l1 = nn.Linear(d_in, d_hidden)
        self.l2 = nn.Linear(d_hidden, d_hidden)
        self.l3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        order = [0, *reversed(range(1, x.dim()))]
        x = x.permute(order).reshape(len(x), -1)
        return self.l3(self.l2(self.l1(x).relu()).relu())
