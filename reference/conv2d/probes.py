"""Calls that tell neighbouring mistakes of conv2d apart.

They claim nothing: what a submission answers is compared with what each mistake answers.
"""


def probe_padding_with_room(student, rng):
    """The kernel fits without the padding too: refused is one mistake, padding that is not used another."""
    student.conv2d(rng.normal(2, 2, 4, 4), rng.normal(2, 2, 2, 2), padding=1)


def probe_bias_as_long_as_a_row(student, rng):
    """Three output channels, three columns: a bias that is added along the columns raises no error."""
    student.conv2d(rng.normal(2, 2, 4, 4), rng.normal(3, 2, 2, 2), bias=rng.normal(3))
