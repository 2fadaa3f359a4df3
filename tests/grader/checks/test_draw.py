"""Draws are reproducible, differ by seed, and keep to what was asked."""

import torch

from grader.checks.draw import Draw, seed_for


def test_same_seed_same_numbers_and_another_seed_others():
    assert torch.equal(Draw(1).normal(3, 4), Draw(1).normal(3, 4))
    assert not torch.equal(Draw(1).normal(3, 4), Draw(2).normal(3, 4))


def test_a_seed_depends_on_every_part_and_on_where_parts_end():
    seeds = {seed_for("a", "b"), seed_for("a", "c"), seed_for("ab", ""), seed_for("ab"), seed_for("", "ab")}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_dtypes_see_the_same_numbers():
    single, double = Draw(3).normal(5), Draw(3).normal(5, dtype=torch.float64)
    assert single.dtype == torch.float32
    assert torch.equal(double.float(), single)


def test_scale_and_shift():
    x = Draw(4).normal(20_000, scale=3.0, shift=-5.0, dtype=torch.float64)
    assert abs(x.mean() + 5) < 0.1
    assert abs(x.std() - 3) < 0.1


def test_ranges():
    draw = Draw(5)
    u = draw.uniform(1000, low=-2, high=3)
    assert u.min() >= -2
    assert u.max() < 3
    n = draw.integers(1000, low=2, high=5)
    assert n.dtype == torch.int64
    assert set(n.tolist()) == {2, 3, 4}
    assert {draw.integer(0, 2) for _ in range(50)} == {0, 1}
    assert {draw.choice("xyz") for _ in range(80)} == set("xyz")
    assert sorted(draw.permutation(7).tolist()) == list(range(7))


def test_the_global_generator_is_left_alone():
    torch.manual_seed(0)
    wanted = torch.rand(1)
    torch.manual_seed(0)
    Draw(6).normal(10)
    assert torch.equal(torch.rand(1), wanted)
