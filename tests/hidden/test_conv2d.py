"""Hidden tests of conv2d.

Each feature (channels, bias, stride, padding, gradients, the error) is tested
without the others, so that a missing feature costs its own points; one test
has them all together. Inputs are small enough for seven nested Python loops:
under 5,000 multiply-adds a call, under 300 where gradients are asked for.
"""

import torch

from grader.checks import cites, expect, points


@points(2)
@cites("Each of N, C_in, C_out, H, W, kH, kW may be 1.")
def test_one_channel(student, reference, rng):
    """One channel, a 3x3 kernel."""
    x, weight = rng.normal(2, 1, 6, 6), rng.normal(2, 1, 3, 3)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(2)
@cites("all products are added into one number")
def test_input_channels(student, reference, rng):
    """Several input channels are summed."""
    x, weight = rng.normal(2, 3, 5, 5), rng.normal(2, 3, 3, 3)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(2)
@cites("There are several kernels. Each makes one channel of the output.")
def test_output_channels(student, reference, rng):
    """Several output channels, each with its own kernel."""
    x, weight = rng.normal(2, 2, 5, 5), rng.normal(4, 2, 3, 3)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites("The kernel is not flipped.")
def test_kernel_is_not_flipped(student, reference, rng):
    """Cross-correlation: the kernel is not flipped."""
    x, weight = rng.normal(2, 1, 6, 6), torch.zeros(2, 1, 3, 3)
    weight[0, 0, 0, 1] = 1.0 + rng.uniform(1)[0]
    weight[1, 0, 1, 2] = -1.0 - rng.uniform(1)[0]
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(2)
@cites("Images and kernels need not be square")
def test_not_square(student, reference, rng):
    """An image and a kernel that are not square."""
    x, weight = rng.normal(2, 2, 5, 8), rng.normal(3, 2, 3, 2)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites("a kernel may have even sides, be 1x1, or be as large as the image")
def test_even_kernel(student, reference, rng):
    """A kernel with even sides."""
    x, weight = rng.normal(2, 2, 7, 6), rng.normal(2, 2, 2, 4)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites("a kernel may have even sides, be 1x1, or be as large as the image")
def test_one_by_one_kernel(student, reference, rng):
    """A 1x1 kernel mixes channels and leaves positions alone."""
    x, weight = rng.normal(2, 3, 4, 4), rng.normal(3, 3, 1, 1)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites("a kernel may have even sides, be 1x1, or be as large as the image")
def test_kernel_as_large_as_the_image(student, reference, rng):
    """A kernel as large as the image gives one number for each output channel."""
    x, weight = rng.normal(3, 2, 4, 5), rng.normal(3, 2, 4, 5)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites(
    "The result is (N, C_out, outH, outW), always four dimensions.",
    "bias is (C_out,), or None for no bias.",
)
def test_batch_of_one(student, reference, rng):
    """A batch of one keeps four dimensions; bias=None is no bias."""
    x, weight = rng.normal(1, 2, 5, 5), rng.normal(1, 2, 3, 3)
    expect(student.conv2d(x, weight, bias=None)).matches(reference.conv2d(x, weight))


@points(2)
@cites("Each output channel has one number that is added everywhere.")
def test_bias(student, reference, rng):
    """The bias is added, one number for each output channel."""
    x, weight, bias = rng.normal(2, 2, 5, 5), rng.normal(4, 2, 3, 3), rng.normal(4)
    expect(student.conv2d(x, weight, bias=bias)).matches(reference.conv2d(x, weight, bias=bias))


@points(2)
@cites("The kernel moves by more than one pixel at a time.", "The stride may be larger than the kernel.")
def test_stride(student, reference, rng):
    """A stride of two, and one of three."""
    x, weight = rng.normal(2, 1, 8, 8), rng.normal(2, 1, 2, 2)
    for stride in (2, 3):
        expect(student.conv2d(x, weight, stride=stride)).matches(reference.conv2d(x, weight, stride=stride))


@points(1)
@cites("either is a pair (vertical, horizontal), a tuple of two such ints")
def test_stride_pair(student, reference, rng):
    """A stride of (vertical, horizontal)."""
    x, weight = rng.normal(2, 2, 7, 7), rng.normal(3, 2, 3, 3)
    answer = student.conv2d(x, weight, stride=(1, 2))
    expect(answer).matches(reference.conv2d(x, weight, stride=(1, 2)))


@points(1)
@cites("if the last step would take the kernel over the edge, it isn't taken")
def test_stride_that_does_not_divide(student, reference, rng):
    """A stride that leaves rows and columns over."""
    x, weight = rng.normal(2, 2, 8, 8), rng.normal(2, 2, 3, 3)
    expect(student.conv2d(x, weight, stride=4)).matches(reference.conv2d(x, weight, stride=4))


@points(2)
@cites("pad_v rows of zeros above and below, and pad_h columns of zeros left and right")
def test_padding(student, reference, rng):
    """Zero padding on all four sides."""
    x, weight = rng.normal(2, 1, 5, 5), rng.normal(2, 1, 3, 3)
    for padding in (1, 2):
        answer = student.conv2d(x, weight, padding=padding)
        expect(answer).matches(reference.conv2d(x, weight, padding=padding))


@points(1)
@cites("either is a pair (vertical, horizontal), a tuple of two such ints")
def test_padding_pair(student, reference, rng):
    """A padding of (vertical, horizontal)."""
    x, weight = rng.normal(2, 2, 5, 5), rng.normal(2, 2, 3, 3)
    answer = student.conv2d(x, weight, padding=(0, 2))
    expect(answer).matches(reference.conv2d(x, weight, padding=(0, 2)))


@points(1)
@cites("If the image is smaller than the kernel and padding makes room, that is fine too.")
def test_padding_makes_room(student, reference, rng):
    """A kernel larger than the image, but not than the padded image."""
    x, weight = rng.normal(2, 2, 3, 3), rng.normal(2, 2, 4, 4)
    expect(student.conv2d(x, weight, padding=1)).matches(reference.conv2d(x, weight, padding=1))


@points(2)
@cites(
    "Stride and padding may differ from each other, and the two numbers of a pair too.",
    "come by these names",
)
def test_everything_together(student, reference, rng):
    """Bias, stride and padding together, all different."""
    x, weight, bias = rng.normal(2, 3, 7, 6), rng.normal(2, 3, 3, 2), rng.normal(2)
    options = {"bias": bias, "stride": (3, 1), "padding": (2, 1)}
    expect(student.conv2d(x, weight, **options)).matches(reference.conv2d(x, weight, **options))


@points(1)
@cites("float64 in means float64 out, computed in float64.")
def test_float64(student, reference, rng):
    """float64 in, float64 out, at full precision."""
    x, weight = rng.normal(2, 1, 5, 5, dtype=torch.float64), rng.normal(2, 1, 3, 3, dtype=torch.float64)
    expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites("They need not be contiguous: each may be a permuted or sliced view.")
def test_non_contiguous_inputs(student, reference, rng):
    """Inputs that are not contiguous in memory."""
    x, weight = rng.normal(2, 5, 5, 3).permute(0, 3, 1, 2), rng.normal(3, 2, 3, 3).transpose(0, 1)
    bias = rng.normal(4)[::2]
    expect(student.conv2d(x, weight, bias=bias)).matches(reference.conv2d(x, weight, bias=bias))


@points(1)
@cites("Numbers may be very large or very small (10,000,000 or 0.0000001).")
def test_large_and_small_numbers(student, reference, rng):
    """Very large and very small numbers."""
    for scale in (1e-7, 1e7):
        x, weight = rng.normal(2, 1, 5, 5, scale=scale), rng.normal(2, 1, 3, 3, scale=scale)
        expect(student.conv2d(x, weight)).matches(reference.conv2d(x, weight))


@points(1)
@cites(
    "The inputs are not changed.",
    "(default dtype and device, grad mode, deterministic algorithms) are afterwards as they were before",
)
def test_nothing_else_changes(student, reference, rng):
    """Inputs and torch's global settings are as before."""
    x, weight = rng.normal(2, 2, 5, 5), rng.normal(2, 2, 3, 3)
    answer = student.conv2d.watched(x, weight)
    expected = reference.conv2d(x, weight)
    expect(answer).matches(expected).leaves_arguments_alone(x, weight).leaves_state_alone()


@points(1)
@cites("Autograd can go backward through it: gradients reach x, weight and bias, and they are right")
def test_gradient_for_x(student, reference, rng):
    """Autograd finds the gradient with respect to x."""
    x, weight, cotangent = rng.normal(2, 2, 3, 3), rng.normal(2, 2, 2, 2), rng.normal(2, 2, 2, 2)
    call = {"wrt": (0,), "cotangent": cotangent}
    answer = student.conv2d.with_gradient(x, weight, **call)
    expect(answer).matches(reference.conv2d(x, weight))
    expect(answer).gradients_match(reference.conv2d.gradient(x, weight, **call), names=("x",))


@points(1)
@cites("Autograd can go backward through it: gradients reach x, weight and bias, and they are right")
def test_gradient_for_weight(student, reference, rng):
    """Autograd finds the gradient with respect to weight."""
    x, weight, cotangent = rng.normal(2, 2, 3, 3), rng.normal(2, 2, 2, 2), rng.normal(2, 2, 2, 2)
    call = {"wrt": (1,), "cotangent": cotangent}
    answer = student.conv2d.with_gradient(x, weight, **call)
    expect(answer).matches(reference.conv2d(x, weight))
    expect(answer).gradients_match(reference.conv2d.gradient(x, weight, **call), names=("weight",))


@points(2)
@cites("gradients reach x, weight and bias, and they are right, with any stride and padding")
def test_gradient_of_everything(student, reference, rng):
    """Autograd finds all three gradients, with stride and padding."""
    x, weight = rng.normal(2, 1, 4, 4), rng.normal(2, 1, 2, 2)
    options = {"bias": rng.normal(2), "stride": 2, "padding": 1}
    call = {**options, "wrt": (0, 1, 2), "cotangent": rng.normal(2, 2, 3, 3)}
    answer = student.conv2d.with_gradient(x, weight, **call)
    expect(answer).matches(reference.conv2d(x, weight, **options))
    expected = reference.conv2d.gradient(x, weight, **call)
    expect(answer).gradients_match(expected, names=("x", "weight", "bias"))


@points(1)
@cites("A kernel that is taller or wider than the padded image is a ValueError. One that just fits is fine.")
def test_kernel_that_does_not_fit(student, reference, rng):
    """A kernel taller or wider than the image is a ValueError; one that just fits is not."""
    x, fits = rng.normal(2, 1, 3, 4), rng.normal(2, 1, 3, 4)
    taller, wider = rng.normal(2, 1, 4, 2), rng.normal(2, 1, 2, 5)
    expect(student.conv2d.attempt(x, taller)).raises(ValueError)
    expect(student.conv2d.attempt(x, wider)).raises(ValueError)
    expect(student.conv2d.attempt(x, rng.normal(2, 1, 6, 2), padding=1)).raises(ValueError)
    expect(student.conv2d(x, fits)).matches(reference.conv2d(x, fits))
