"""Visible tests of softmax. `grader check softmax` runs them; read them, and add your own.

`student` is your file on the other side of a wall, `rng` draws random inputs.
Here torch's own softmax may say what is right; in your code it is forbidden.
"""

import torch

from grader.checks import expect


def test_three_logits(student):
    """Logits 1, 2, 3 give the probabilities of the handout."""
    logits = torch.tensor([1.0, 2.0, 3.0])
    expect(student.softmax(logits)).matches(torch.tensor([0.09003057, 0.24472848, 0.66524094]))


def test_rows_of_a_matrix(student, rng):
    """Each row of a matrix adds up to 1."""
    logits = rng.normal(4, 6)
    expect(student.softmax(logits)).matches(torch.softmax(logits.double(), dim=-1))


def test_columns_of_a_matrix(student, rng):
    """With dim=0, each column adds up to 1."""
    logits = rng.normal(4, 6)
    expect(student.softmax(logits, dim=0)).matches(torch.softmax(logits.double(), dim=0))


def test_logits_of_a_thousand(student):
    """Logits of 1000 and -1000 give no NaN."""
    logits = torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, 0.0, 0.0]])
    expect(student.softmax(logits)).matches(torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]))


def test_masked_position(student):
    """A logit of -inf gets probability 0."""
    logits = torch.tensor([0.0, -torch.inf, 0.0])
    expect(student.softmax(logits)).matches(torch.tensor([0.5, 0.0, 0.5]))


def test_gradient(student):
    """Autograd can go backward through the result."""
    logits = torch.tensor([1.0, 2.0, 3.0])
    answer = student.softmax.with_gradient(logits, cotangent=torch.tensor([1.0, 0.0, 0.0]))
    # How much the first probability changes with each logit: p_1 (1 - p_1), -p_1 p_2, -p_1 p_3.
    expect(answer).gradients_match((torch.tensor([0.08192507, -0.02203304, -0.05989202]),))
