"""Hidden tests of linear_backward.

Each of the three gradients has tests of its own, so that one wrong gradient
costs its share and no more: `part` is 0 for grad_x, 1 for grad_weight, 2 for
grad_bias. Only two small tests look at all three together.
"""

import torch

from grader.checks import cites, expect, points


@points(2)
@cites("grad_x[n, i] = sum over o of grad_output[n, o] * weight[o, i]")
def test_grad_x(student, reference, rng):
    """grad_x: a small batch."""
    x, weight, grad_output = rng.normal(5, 4), rng.normal(3, 4), rng.normal(5, 3)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(2)
@cites("grad_weight[o, i] = sum over n of grad_output[n, o] * x[n, i]")
def test_grad_weight(student, reference, rng):
    """grad_weight: a small batch."""
    x, weight, grad_output = rng.normal(5, 4), rng.normal(3, 4), rng.normal(5, 3)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(2)
@cites("grad_bias[o] = sum over n of grad_output[n, o]")
def test_grad_bias(student, reference, rng):
    """grad_bias: a small batch."""
    x, weight, grad_output = rng.normal(5, 4), rng.normal(3, 4), rng.normal(5, 3)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2)


@points(1)
@cites(
    "grad_x[n, i] = sum over o of grad_output[n, o] * weight[o, i]",
    "Where N = in = out, more than one has. Then only the formula helps.",
)
def test_grad_x_square(student, reference, rng):
    """grad_x: N = in = out, where a wrong transpose keeps the shape."""
    x, weight, grad_output = rng.normal(4, 4), rng.normal(4, 4), rng.normal(4, 4)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(1)
@cites(
    "grad_weight[o, i] = sum over n of grad_output[n, o] * x[n, i]",
    "Where N = in = out, more than one has. Then only the formula helps.",
)
def test_grad_weight_square(student, reference, rng):
    """grad_weight: N = in = out, where a wrong transpose keeps the shape."""
    x, weight, grad_output = rng.normal(4, 4), rng.normal(4, 4), rng.normal(4, 4)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(1)
@cites(
    "grad_bias[o] = sum over n of grad_output[n, o]",
    "Where N = in = out, more than one has. Then only the formula helps.",
)
def test_grad_bias_square(student, reference, rng):
    """grad_bias: N = in = out, where a sum over the wrong axis keeps the shape."""
    x, weight, grad_output = rng.normal(4, 4), rng.normal(4, 4), rng.normal(4, 4)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2)


@points(1)
@cites("N, in and out may each be 1, all three together too.")
def test_grad_x_of_one_output(student, reference, rng):
    """grad_x: a layer with one output."""
    x, weight, grad_output = rng.normal(6, 3), rng.normal(1, 3), rng.normal(6, 1)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(1)
@cites("N, in and out may each be 1, all three together too.")
def test_grad_weight_of_one_input(student, reference, rng):
    """grad_weight: a layer with one input."""
    x, weight, grad_output = rng.normal(6, 1), rng.normal(4, 1), rng.normal(6, 4)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(1)
@cites("N, in and out may each be 1, all three together too.")
def test_grad_bias_of_one_sample(student, reference, rng):
    """grad_bias: a batch of two, and a batch of one."""
    for batch in (2, 1):
        x, weight, grad_output = rng.normal(batch, 5), rng.normal(3, 5), rng.normal(batch, 3)
        answer = student.linear_backward(x, weight, grad_output)
        expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2)


@points(1)
@cites("float64 in means float64 out, computed in float64.")
def test_grad_x_float64(student, reference, rng):
    """grad_x: float64 in, float64 out, at full precision."""
    x, weight = rng.normal(3, 5, dtype=torch.float64), rng.normal(4, 5, dtype=torch.float64)
    grad_output = rng.normal(3, 4, dtype=torch.float64)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(1)
@cites("float64 in means float64 out, computed in float64.")
def test_grad_weight_float64(student, reference, rng):
    """grad_weight: float64 in, float64 out, at full precision."""
    x, weight = rng.normal(3, 5, dtype=torch.float64), rng.normal(4, 5, dtype=torch.float64)
    grad_output = rng.normal(3, 4, dtype=torch.float64)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(1)
@cites("float64 in means float64 out, computed in float64.")
def test_grad_bias_float64(student, reference, rng):
    """grad_bias: float64 in, float64 out, at full precision."""
    x, weight = rng.normal(3, 5, dtype=torch.float64), rng.normal(4, 5, dtype=torch.float64)
    grad_output = rng.normal(3, 4, dtype=torch.float64)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2)


@points(1)
@cites("some rows of grad_output may be zero")
def test_grad_x_where_rows_are_zero(student, reference, rng):
    """grad_x: some samples have no gradient."""
    x, weight = rng.normal(5, 3), rng.normal(4, 3)
    grad_output = rng.normal(5, 4)
    grad_output[rng.permutation(5)[:2]] = 0.0
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(1)
@cites("They need not be contiguous: each may be a transposed or sliced view.")
def test_grad_weight_of_non_contiguous_inputs(student, reference, rng):
    """grad_weight: inputs that are not contiguous in memory."""
    x, weight, grad_output = rng.normal(4, 6).T, rng.normal(6, 4)[::2], rng.normal(3, 6).T
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(1)
@cites("The sums over the batch are sums, never means")
def test_grad_bias_of_a_long_batch(student, reference, rng):
    """grad_bias: a longer batch, whose rows differ in size."""
    x, weight = rng.normal(64, 3), rng.normal(5, 3)
    grad_output = rng.normal(64, 5, shift=0.5) * rng.uniform(64, 1, low=0.1, high=10.0)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2)


@points(1)
@cites("Numbers may be very large or very small (10,000,000 or 0.0000001, and all three inputs may be)")
def test_grad_x_of_large_and_small_numbers(student, reference, rng):
    """grad_x: very large and very small numbers."""
    for scale in (1e-7, 1e7):
        x, weight = rng.normal(4, 5, scale=scale), rng.normal(3, 5, scale=scale)
        grad_output = rng.normal(4, 3, scale=scale)
        answer = student.linear_backward(x, weight, grad_output)
        expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=0)


@points(1)
@cites("Numbers may be very large or very small (10,000,000 or 0.0000001, and all three inputs may be)")
def test_grad_weight_of_large_and_small_numbers(student, reference, rng):
    """grad_weight: very large and very small numbers."""
    for scale in (1e-7, 1e7):
        x, weight = rng.normal(4, 5, scale=scale), rng.normal(3, 5, scale=scale)
        grad_output = rng.normal(4, 3, scale=scale)
        answer = student.linear_backward(x, weight, grad_output)
        expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=1)


@points(1)
@cites("(default dtype and device, grad mode, deterministic algorithms) are afterwards as they were before")
def test_grad_bias_leaves_settings_alone(student, reference, rng):
    """grad_bias: torch's global settings are as before."""
    x, weight, grad_output = rng.normal(3, 2), rng.normal(4, 2), rng.normal(3, 4)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(reference.linear_backward(x, weight, grad_output), part=2).leaves_state_alone()


@points(1)
@cites("The inputs are not changed.", "It returns three tensors in this order")
def test_inputs_are_not_modified(student, reference, rng):
    """All three gradients, and the inputs are as before."""
    inputs = rng.normal(3, 5), rng.normal(2, 5), rng.normal(3, 2)
    answer = student.linear_backward.watched(*inputs)
    expect(answer).matches(reference.linear_backward(*inputs)).leaves_arguments_alone(*inputs)


@points(1)
@cites(
    "N, in and out may each be 1, all three together too.",
    "grad_x of one sample and one input is (1, 1), and grad_bias of one output is (1,)",
)
def test_smallest_layers(student, reference, rng):
    """All three gradients of one sample and one input keep their shapes, with three outputs and with one."""
    for outputs in (3, 1):
        x, weight, grad_output = rng.normal(1, 1), rng.normal(outputs, 1), rng.normal(1, outputs)
        answer = student.linear_backward(x, weight, grad_output)
        expect(answer).matches(reference.linear_backward(x, weight, grad_output))
