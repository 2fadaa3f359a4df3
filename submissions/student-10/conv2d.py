import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    # stride can be a number or (vertical, horizontal)
    if isinstance(stride, int):
        stride = (stride, stride)

    n, c_in, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    if kh > h or kw > w:
        raise ValueError("kernel larger than input")

    out_h = (h - kh) // stride[0] + 1
    out_w = (w - kw) // stride[1] + 1

    columns = []
    for i in range(out_h):
        for j in range(out_w):
            patch = x[:, :, i * stride[0]:i * stride[0] + kh, j * stride[1]:j * stride[1] + kw]
            # (n, c_in*kh*kw) @ (c_in*kh*kw, c_out)
            columns.append(patch.reshape(n, -1) @ weight.reshape(c_out, -1).t())
    out = torch.stack(columns, dim=-1).reshape(n, c_out, out_h, out_w)

    if bias is not None:
        out = out + bias.reshape(1, -1, 1, 1)
    return out
