import torch


def grad_wrt_input(W, G):
    return torch.einsum("no,oi->ni", G, W)


def grad_wrt_weight(X, G):
    return torch.einsum("no,ni->oi", G, X)


def grad_wrt_bias(G):
    # every entry of the bias touches a whole line of y: add that line up
    return torch.stack([line.sum() for line in G])


def linear_backward(X, W, G):
    return [grad_wrt_input(W, G), grad_wrt_weight(X, G), grad_wrt_bias(G)]
