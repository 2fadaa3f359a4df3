import torch
import torch.nn as nn

class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super(MLP, self).__init__()
        self.fc1 = nn.Linear(d_in, d_hidden).cuda()
        self.fc2 = nn.Linear(d_hidden, d_hidden).cuda()
        self.fc3 = nn.Linear(d_hidden, d_out).cuda()

    def forward(self, x):
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)
