import torch

def conv2d(x, weight, bias=None, stride=1, padding=0):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    n, c, h, w = x.shape
    o, _, kh, kw = weight.shape
    xp = torch.zeros(n, c, h + 2 * padding[0], w + 2 * padding[1], dtype=x.dtype)
    xp[:, :, padding[0]:padding[0] + h, padding[1]:padding[1] + w] = x
    oh = (h + 2 * padding[0] - kh) // stride[0] + 1
    ow = (w + 2 * padding[1] - kw) // stride[1] + 1
    if oh < 1 or ow < 1:
        raise ValueError("nucleo maior que a imagem")
    linhas = []
    for i in range(oh):
        for j in range(ow):
            janela = xp[:, :, i * stride[0]:i * stride[0] + kh, j * stride[1]:j * stride[1] + kw]
            linhas.append(janela.reshape(n, -1) @ weight.reshape(o, -1).T)
    y = torch.stack(linhas).reshape(n, o, oh, ow)
    if bias is not None:
        y = y + bias[None, :, None, None]
    return y
