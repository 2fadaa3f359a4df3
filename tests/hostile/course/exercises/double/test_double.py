"""Visible tests of double."""

import torch

from grader.checks import expect


def test_two(student):
    """Two becomes four."""
    expect(student.double(torch.tensor([2.0]))).matches(torch.tensor([4.0]))
