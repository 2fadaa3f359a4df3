import torch

def linear_backward(x, weight, grad_output):
    N, n_in = x.shape
    n_out = weight.shape[0]

    # python lists because indexing tensors is sooo slow
    X = x.tolist()
    W = weight.tolist()
    G = grad_output.tolist()

    dX = [[0.0] * n_in for _ in range(N)]
    dW = [[0.0] * n_in for _ in range(n_out)]
    db = [0.0] * n_out

    for n in range(N):
        for o in range(n_out):
            db[o] += G[n][o]
            for i in range(n_in):
                dX[n][i] += G[n][o] * W[o][i]
                dW[o][i] += G[n][o] * X[n][i]

    def tensor(v):
        return torch.tensor(v, dtype=x.dtype, device=x.device)

    return [tensor(dX), tensor(dW), tensor(db)]
