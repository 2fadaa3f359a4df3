"""The simulated device: what student code sees of it, and what stays as it was."""

import pytest
import torch
from torch import nn

from grader.worker.simulation import DEVICE, Simulation, devices_of


@pytest.fixture
def simulation():
    return Simulation()


def test_tensors_know_where_they_are(simulation):
    with simulation:
        x = torch.ones(2, 3).to(DEVICE)
        y = (x - x.amax(-1, keepdim=True)).exp()
        assert devices_of({"x": [x, y], "n": 3}) == ("cuda",)
        assert devices_of((y, torch.ones(2), None)) == ("cuda", "cpu")
    assert devices_of("nothing") == ()


@pytest.mark.parametrize(
    "mixed",
    [
        lambda x: x + torch.ones(3),
        lambda x: x @ torch.ones(3, 2),
        lambda x: torch.where(x > 0, x, torch.zeros(2, 3)),
        lambda x: nn.functional.cross_entropy(x, torch.tensor([0, 1])),
    ],
)
def test_tensors_of_two_devices_do_not_mix(simulation, mixed):
    with simulation, pytest.raises(RuntimeError, match=r"two (different )?devices"):
        mixed(torch.ones(2, 3, device=DEVICE))


def test_what_was_made_outside_is_on_the_cpu(simulation):
    outside = torch.ones(3)
    with simulation, pytest.raises(RuntimeError, match=r"two (different )?devices"):
        torch.ones(3, device=DEVICE) + outside


@pytest.mark.parametrize("alright", [lambda x: x * torch.tensor(2.0), lambda x: x.new_zeros(3) + x])
def test_what_a_real_device_takes_is_not_accused(simulation, alright):
    with simulation:
        assert devices_of(alright(torch.ones(2, 3, device=DEVICE))) == ("cuda",)


def test_a_model_is_moved_with_all_its_parts(simulation):
    with simulation:
        model = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.BatchNorm1d(2)))
        assert model.to(DEVICE) is model
        assert devices_of(dict(model.state_dict())) == ("cuda",)
        assert all(isinstance(each, nn.Parameter) and each.requires_grad for each in model.parameters())
        with pytest.raises(RuntimeError, match=r"two (different )?devices"):
            model[0](torch.ones(1, 3))


def test_a_number_cannot_be_asked_for(simulation):
    with simulation, pytest.raises(Exception, match=r"local_scalar_dense|item"):
        torch.ones(1, device=DEVICE).item()


def test_everything_is_as_it_was_afterwards(simulation):
    convert = nn.Module._apply
    for _ in range(2):
        with simulation:
            assert nn.Module._apply is not convert
            assert not torch.is_grad_enabled()
        assert nn.Module._apply is convert
        assert torch.is_grad_enabled()
        assert type(torch.ones(1) + 1) is torch.Tensor
