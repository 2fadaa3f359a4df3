"""`student` and its models as tests know them, called directly.

Everything of a student's goes through `ask`, so that the floor can take its time.
"""

from dataclasses import dataclass
from typing import Any

import torch

from grader.wire.values import plain


@dataclass(frozen=True)
class Answer:
    """What a call gave."""

    value: Any
    device: str = "cpu"
    gradients: tuple | None = None
    arguments: tuple | None = None


def ask(function, *args, **kwargs):
    """Call a student's function, or a method of what it made."""
    return function(*args, **kwargs)


class Student:
    """A student's functions by name."""

    def __init__(self, functions):
        self._functions = functions

    def __getattr__(self, name):
        return Entry(self._functions[name])

    def build(self, blueprint):
        """What a blueprint describes, made here."""
        if hasattr(blueprint, "model"):
            blueprint = type(blueprint)(blueprint.name, bare(blueprint.model), blueprint.options)
        built = blueprint.build()
        return Model(built) if isinstance(built, torch.nn.Module) and blueprint.kind == "model" else built


class Entry:
    """One function or class of a student's."""

    def __init__(self, function):
        self._function = function

    def __call__(self, *args, **kwargs):
        return Answer(plain(ask(self._function, *map(bare, args), **kwargs)))

    def attempt(self, *args, **kwargs):
        """What it returned or raised."""
        try:
            return self(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever a student's code raises
            return error

    def watched(self, *args, **kwargs):
        """What it returned, and the arguments afterwards."""
        copies = tuple(arg.clone() for arg in args)
        return Answer(plain(ask(self._function, *copies, **kwargs)), arguments=copies)

    def with_gradient(self, *args, wrt=(0,), cotangent, **kwargs):
        """What it returned, and the vector-Jacobian products."""
        given, names = [*args, *kwargs.values()], list(kwargs)
        leaves = []
        for i in wrt:
            given[i] = given[i].detach().requires_grad_()
            leaves.append(given[i])
        options = dict(zip(names, given[len(args) :], strict=True))
        value, gradients = ask(
            _differentiated, self._function, given[: len(args)], options, leaves, cotangent
        )
        return Answer(plain(value), gradients=gradients)

    def keep(self, *args, **kwargs):
        """The model that it made."""
        return Model(ask(self._function, *args, **kwargs))


def _differentiated(function, args, options, leaves, cotangent):
    value = function(*args, **options)
    return value, torch.autograd.grad(value, leaves, cotangent)


def bare(value):
    """The module itself."""
    return value.module if isinstance(value, Model) else value


class Model:
    """A model, the student's or the course's."""

    def __init__(self, module):
        self.module = module

    def __call__(self, *args):
        return Answer(plain(ask(self.module, *args)))

    def watched(self, *args):
        """Its output, and the arguments afterwards."""
        copies = tuple(arg.clone() for arg in args)
        return Answer(plain(ask(self.module, *copies)), arguments=copies)

    def as_torch(self):
        """As a training loop knows it."""
        return Asked(self.module)

    def to(self, where):
        """Move or convert it."""
        self.module.to(where)
        return self

    def eval(self):
        """Evaluation mode."""
        self.module.eval()
        return self

    def train(self, mode=True):
        """Training mode."""
        self.module.train(mode)
        return self

    def parameters(self):
        """For an optimizer."""
        return self.module.parameters()

    def named_parameters(self):
        """The parameters by name."""
        return {name: value.detach().clone() for name, value in self.module.named_parameters()}

    def set_parameters(self, values):
        """Other values for them."""
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                if name in values:
                    parameter.copy_(values[name])

    def gradients(self):
        """The gradients of those that have one."""
        return {name: p.grad for name, p in self.module.named_parameters() if p.grad is not None}

    def state_dict(self):
        """Parameters and buffers."""
        return {name: value.detach().clone() for name, value in self.module.state_dict().items()}

    def load_state_dict(self, state):
        """Take others."""
        self.module.load_state_dict(state)

    def modes(self):
        """The training flag of every submodule."""
        return {name: module.training for name, module in self.module.named_modules()}


class Asked:
    """A model whose forward passes go through `ask`."""

    def __init__(self, module):
        self._module = module

    def __call__(self, inputs):
        return ask(self._module, inputs)

    def __getattr__(self, name):
        return getattr(self._module, name)
