import torch


class Softmax:
    """Callable softmax with protection against infinities."""

    def clean(self, t):
        # -inf breaks max - max, so get rid of it first
        return torch.nan_to_num(t, neginf=0.0)

    def __call__(self, logits, dim=-1):
        z = self.clean(logits)
        z = z - torch.amax(z, dim=dim, keepdim=True)
        num = z.exp()
        den = num.sum(dim, keepdim=True)
        return num * den.reciprocal()


softmax = Softmax()
