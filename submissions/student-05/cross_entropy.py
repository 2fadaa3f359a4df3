import torch

cross_entropy = lambda z, t: (z.logsumexp(1) - z[range(len(t)), t]).mean()


class _Gradient:
    def probabilities(self, z):
        return torch.exp(z - z.logsumexp(1, keepdim=True))

    def __call__(self, z, t):
        eye = torch.eye(z.size(1), dtype=z.dtype, device=z.device)
        return (self.probabilities(z) - eye[t]) / z.size(0)


cross_entropy_grad = _Gradient()
