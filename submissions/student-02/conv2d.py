import torch

def conv2d(x, weight, bias=None, stride=1, padding=0):
    if type(stride) == int:
        stride = (stride, stride)
    if type(padding) == int:
        padding = (padding, padding)

    N, Cin, H, W = x.shape
    Cout, _, kH, kW = weight.shape
    Hp = H + 2 * padding[0]
    Wp = W + 2 * padding[1]
    if kH > Hp or kW > Wp:
        raise ValueError("kernel is larger than the padded image")

    # zero padding by hand
    padded = torch.zeros(N, Cin, Hp, Wp, dtype=x.dtype, device=x.device)
    padded[:, :, padding[0]:padding[0] + H, padding[1]:padding[1] + W] = x

    outH = (Hp - kH) // stride[0] + 1
    outW = (Wp - kW) // stride[1] + 1

    images = []
    for n in range(N):
        maps = []
        for c in range(Cout):
            pixels = []
            for i in range(outH):
                for j in range(outW):
                    top = i * stride[0]
                    left = j * stride[1]
                    window = padded[n, :, top:top + kH, left:left + kW]
                    value = (window * weight[c]).sum()
                    if bias is not None:
                        value = value + bias[c]
                    pixels.append(value)
            maps.append(torch.stack(pixels).reshape(outH, outW))
        images.append(torch.stack(maps))
    return torch.stack(images)
