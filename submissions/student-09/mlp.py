from collections import OrderedDict

from torch import nn


class MLP(nn.Sequential):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__(OrderedDict(
            flatten=nn.Flatten(),
            linear1=nn.Linear(d_in, d_hidden),
            relu1=nn.ReLU(),
            linear2=nn.Linear(d_hidden, d_hidden),
            relu2=nn.ReLU(),
            linear3=nn.Linear(d_hidden, d_out),
        ))
