import torch
import torch.nn.functional as F
from tensor_tools import as_pair


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (s_v, s_h), (p_v, p_h) = as_pair(stride), as_pair(padding)
    x = F.pad(x, (p_h, p_h, p_v, p_v))      # F.pad starts with the LAST dimension!
    k_h, k_w = weight.shape[-2:]
    if x.shape[-2] < k_h or x.shape[-1] < k_w:
        raise ValueError("the kernel is larger than the (padded) input")
    windows = x.unfold(2, k_h, s_v).unfold(3, k_w, s_h)     # n c H W kh kw
    y = torch.einsum("nchwij,ocij->nohw", windows, weight)
    return y if bias is None else y + bias[None, :, None, None]
