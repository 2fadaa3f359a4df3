"""What honest solutions use, an operation a function; handed in as a student's file, whole.

Each function returns whether the operation gave what it must. Nothing here is
imported by the tests: a worker under the sandbox loads it, so what torch
imports, opens, maps and starts late happens behind the wall.
"""

import math
import warnings
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import nn
from torch.nn import functional as F


def close(a, b, tolerance=1e-4):
    return bool(torch.allclose(torch.as_tensor(a), torch.as_tensor(b), atol=tolerance, rtol=tolerance))


def spd(n):
    """A symmetric positive definite matrix."""
    x = torch.randn(n, n, dtype=torch.float64)
    return x @ x.T + n * torch.eye(n, dtype=torch.float64)


# --- arithmetic -------------------------------------------------------------------


def matmul_on_32_threads():
    torch.set_num_threads(32)
    a, b = torch.randn(512, 512), torch.randn(512, 512)
    product = a @ b
    return torch.get_num_threads() == 32 and close(product[3], a[3] @ b)


def elementwise_on_32_threads():
    torch.set_num_threads(32)
    return close(torch.ones(2_000_000).exp().sum() / 2_000_000, math.e)


def batched_products_in_bfloat16():
    a, b = torch.randn(4, 64, 64), torch.randn(4, 64, 64)
    product = torch.bmm(a.bfloat16(), b.bfloat16())
    return product.dtype is torch.bfloat16 and close(product.float(), torch.bmm(a, b), 0.5)


def autocast_to_bfloat16():
    layer = nn.Linear(32, 32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = layer(torch.randn(8, 32))
    return y.dtype is torch.bfloat16


def half_precision():
    a = torch.randn(16, 16).half()
    return (a @ a).dtype is torch.float16


def einsum():
    a, b = torch.randn(3, 4, 5), torch.randn(3, 5, 6)
    return close(torch.einsum("bij,bjk->bik", a, b), a @ b)


def sorting_and_selecting():
    x = torch.randperm(10_000)
    values, where = x.topk(5)
    found = x.sort().values
    picked = torch.equal(x[where], values)
    return picked and torch.equal(found, torch.arange(10_000)) and int(x.kthvalue(3).values) == 2


def indexing_and_scattering():
    table, where = torch.zeros(5, 3), torch.tensor([[0, 1, 2], [4, 3, 1]])
    table.scatter_add_(0, where, torch.ones(2, 3))
    return bool(table.sum() == 6) and bool(table.masked_fill(table > 0, 0.0).sum() == 0)


def complex_numbers():
    z = torch.polar(torch.ones(4), torch.linspace(0, 3, 4))
    return close(z.abs(), torch.ones(4)) and close((z * z.conj()).real, torch.ones(4))


# --- LAPACK and FFT -----------------------------------------------------------------


def linear_solve_and_inverse():
    a, b = spd(64), torch.randn(64, 3, dtype=torch.float64)
    return close(a @ torch.linalg.solve(a, b), b) and close(a @ torch.linalg.inv(a), torch.eye(64).double())


def singular_values():
    a = torch.randn(40, 30, dtype=torch.float64)
    u, s, v = torch.linalg.svd(a, full_matrices=False)
    return close(u @ torch.diag(s) @ v, a)


def eigenvalues():
    a = spd(32)
    values, vectors = torch.linalg.eigh(a)
    return close(vectors @ torch.diag(values) @ vectors.T, a) and torch.linalg.eig(a)[0].is_complex()


def qr_cholesky_and_lstsq():
    a = spd(32)
    q, r = torch.linalg.qr(a)
    lower = torch.linalg.cholesky(a)
    x = torch.linalg.lstsq(a, a).solution
    return close(q @ r, a) and close(lower @ lower.T, a) and close(x, torch.eye(32).double())


def fourier_transforms():
    x = torch.randn(3, 1000)
    back = torch.fft.irfft(torch.fft.rfft(x), n=1000)
    return close(back, x) and close(torch.fft.ifft2(torch.fft.fft2(x)).real, x)


def short_time_fourier_transform():
    x, window = torch.randn(4000), torch.hann_window(400)
    there = torch.stft(x, 400, window=window, return_complex=True)
    return close(torch.istft(there, 400, window=window, length=4000), x)


# --- layers -------------------------------------------------------------------------


def convolutions_in_1_2_and_3_dimensions():
    one = F.conv1d(torch.ones(2, 3, 20), torch.ones(4, 3, 3))
    two = F.conv2d(torch.ones(2, 3, 20, 20), torch.ones(4, 3, 3, 3), padding=1)
    three = F.conv3d(torch.ones(1, 2, 8, 8, 8), torch.ones(2, 2, 3, 3, 3))
    centre = float(two[0, 0, 5, 5]) == 27
    return centre and bool((one == 9).all()) and bool((three == 54).all())


def convolution_by_onednn_with_gradients():
    torch.set_num_threads(4)
    model = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
    x = torch.randn(8, 3, 64, 64, requires_grad=True)
    model(x.to(memory_format=torch.channels_last)).square().mean().backward()
    return torch.backends.mkldnn.is_available() and bool(x.grad.isfinite().all())


def transposed_convolution_and_interpolation():
    up = F.conv_transpose2d(torch.ones(1, 2, 8, 8), torch.ones(2, 2, 2, 2), stride=2)
    return up.shape == (1, 2, 16, 16) and F.interpolate(up, scale_factor=0.5).shape == (1, 2, 8, 8)


def attention():
    q = torch.randn(2, 4, 16, 8, requires_grad=True)
    out = F.scaled_dot_product_attention(q, q, q, is_causal=True)
    out.sum().backward()
    return close(out[:, :, 0], q[:, :, 0].detach()) and bool(q.grad.isfinite().all())


def transformer_layer():
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True).eval()
    with torch.no_grad():
        return layer(torch.randn(2, 10, 32)).shape == (2, 10, 32)


def lstm_and_gru():
    lstm, gru = nn.LSTM(8, 16, num_layers=2, batch_first=True), nn.GRU(8, 16, bidirectional=True)
    y, (h, _) = lstm(torch.randn(3, 7, 8))
    y.sum().backward()
    return close(y[:, -1], h[-1]) and gru(torch.randn(7, 3, 8))[0].shape == (7, 3, 32)


def embedding():
    table = nn.Embedding(100, 8, padding_idx=0)
    table(torch.tensor([[1, 2, 0]])).sum().backward()
    bag = nn.EmbeddingBag(100, 8, mode="sum")
    return close(table.weight.grad[:2, 0], [0.0, 1.0]) and bag(torch.tensor([[1, 2]])).shape == (1, 8)


def normalisation_and_dropout():
    x = torch.randn(32, 10) * 7
    normal = F.layer_norm(x, (10,))
    kept = (F.dropout(torch.ones(10_000), 0.5) > 0).float().mean()
    return close(normal.mean(-1), torch.zeros(32)) and 0.4 < float(kept) < 0.6


# --- gradients ----------------------------------------------------------------------


def autograd_of_second_order():
    x = torch.tensor([2.0], requires_grad=True)
    (first,) = torch.autograd.grad(x**3, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    return (first.item(), second.item()) == (12.0, 12.0)


def gradcheck_of_a_function_of_ones_own():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, gradient):
            return 2 * gradient

    return torch.autograd.gradcheck(Double.apply, torch.randn(3, dtype=torch.float64, requires_grad=True))


def backward_on_another_thread():
    x = torch.ones(3, requires_grad=True)
    with ThreadPoolExecutor(2) as pool:
        pool.submit(lambda: (x * 3).sum().backward()).result()
    return close(x.grad, torch.full((3,), 3.0))


def checkpointed_gradients():
    from torch.utils.checkpoint import checkpoint

    x = torch.randn(4, 4, requires_grad=True)
    checkpoint(lambda y: y.sin().exp(), x, use_reentrant=False).sum().backward()
    return close(x.grad, x.detach().cos() * x.detach().sin().exp())


def vmap():
    a, b = torch.randn(5, 3), torch.randn(5, 3)
    return close(torch.vmap(torch.dot)(a, b), (a * b).sum(-1))


def functional_gradients():
    x = torch.randn(4)
    there = torch.func.grad(lambda y: y.sin().sum())(x)
    jacobian = torch.func.jacrev(torch.sin)(x)
    hessian = torch.func.hessian(lambda y: (y**2).sum())(x)
    return close(there, x.cos()) and close(jacobian, torch.diag(x.cos())) and close(hessian, 2 * torch.eye(4))


def a_model_called_with_other_weights():
    layer = nn.Linear(2, 2)
    zeros = {name: torch.zeros_like(value) for name, value in layer.named_parameters()}
    return close(torch.func.functional_call(layer, zeros, torch.ones(1, 2)), torch.zeros(1, 2))


def every_optimizer_makes_it_smaller():
    for make in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "Rprop"):
        x = torch.tensor([3.0], requires_grad=True)
        optimizer = getattr(torch.optim, make)([x], lr=0.05)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        for _ in range(5):
            optimizer.zero_grad()
            (x**2).backward()
            optimizer.step()
            scheduler.step()
        if not abs(x.item()) < 3.0:
            return False
    x = torch.tensor([3.0], requires_grad=True)

    def closure():
        optimizer.zero_grad()
        loss = (x**2).sum()
        loss.backward()
        return loss

    optimizer = torch.optim.LBFGS([x])
    optimizer.step(closure)
    return abs(x.item()) < 0.1


def a_training_loop_learns():
    torch.manual_seed(0)
    x = torch.randn(256, 2)
    y = (x[:, 0] * x[:, 1] > 0).long()
    model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return float((model(x).argmax(-1) == y).float().mean()) > 0.9


# --- compilers and other kinds of tensors -------------------------------------------


def scripted(x: torch.Tensor, n: int):
    total = torch.zeros_like(x)
    for i in range(n):
        total = total + x * i
    return total


def jit_script_and_trace():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = torch.jit.script(scripted)
        trace = torch.jit.trace(lambda x: x * 2, torch.ones(2))
        torch.jit.save(trace, "trace.pt")
        again = torch.jit.load("trace.pt")
    return close(script(torch.ones(2), 4), [6.0, 6.0]) and close(again(torch.ones(2)), [2.0, 2.0])


def compile_with_the_eager_backend():
    doubled = torch.compile(lambda x: x * 2, backend="eager")
    return close(doubled(torch.ones(3)), torch.full((3,), 2.0))


def traced_by_fx():
    graph = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
    return "relu" in graph.code or len(list(graph.graph.nodes)) == 4


def quantised():
    x = torch.randn(16, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        q = torch.quantize_per_tensor(x, 0.05, 0, torch.qint8)
        layer = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(8, 4)), dtype=torch.qint8)
        return close(q.dequantize(), x.clamp(-6.4, 6.35), 0.03) and layer(x).shape == (16, 4)


def sparse():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dense = torch.eye(20) * 3
        product = dense.to_sparse_csr() @ torch.ones(20, 2)
        other = torch.sparse.mm(dense.to_sparse(), torch.ones(20, 2))
    return close(product, torch.full((20, 2), 3.0)) and close(other, product)


def nested_in_pytrees_and_meta_tensors():
    from torch.utils import _pytree

    doubled = _pytree.tree_map(lambda x: x * 2, {"a": [torch.ones(1)], "b": torch.ones(1)})
    big = torch.empty(1 << 20, 1 << 20, device="meta")
    return close(doubled["a"][0], [2.0]) and (big @ big).shape == big.shape


def distributions():
    from torch.distributions import Categorical, MultivariateNormal, Normal, kl_divergence

    draw = MultivariateNormal(torch.zeros(2), torch.eye(2)).sample((1000,))
    kl = kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    p = Categorical(logits=torch.zeros(4)).log_prob(torch.tensor(1)).exp()
    return draw.shape == (1000, 2) and close(kl, 0.5) and close(p, 0.25)
