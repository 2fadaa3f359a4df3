"""A tape: what each step of a training loop did to a model, as plain numbers.

Recorded only for those who ask: to explain a loop that went wrong, the student's
loop and the reference's leave a tape each, by the same code on both sides of the
wall, and `grader.diagnosis` lays one beside the other. What a student's tape says
is evidence, taken where student code could forge it, and no mark hangs on it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

MOST_STEPS = 64
"""Steps that a tape holds: what differs shows early, and marks never hang on it."""

MOST_NUMBERS = 200_000
"""Numbers that a tape holds, states and gradients together: under 2 MB."""


class Tape:
    """What each step of an optimizer did to a model, within bounds: for explaining a loop that went wrong.

    Made of plain numbers, by the same code on both sides. It changes nothing, and
    stops by itself where the model is no longer the one that it knew.

    Args:
        model: What is trained.
        optimizer: What steps; its steps are recorded from now on.
        batches: How many batches were given; asked after each step.
        graphs: How many graphs of losses are alive; asked after each step.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        batches: Callable[[], int] = int,
        graphs: Callable[[], int] = int,
    ):
        self._model, self._optimizer, self._batches, self._graphs = model, optimizer, batches, graphs
        self._settings = self._settings_now()
        self._states = [self._state()]
        self._gradients: list[torch.Tensor] = []
        self._columns: dict[str, list[int]] = {name: [] for name in ("at", "moved", "settings", "graphs")}
        self._modes: list[int] = []
        self._forwards: list[int] = []
        self._whole, self._moved = True, False
        # Hooks hold functions, not bound methods: copies of the objects share them.
        model.register_forward_pre_hook(lambda module, _: self._forward(module))
        optimizer.register_step_pre_hook(lambda *_: self._guarded(self._before))
        optimizer.register_step_post_hook(lambda *_: self._guarded(self._after))

    def record(self) -> dict[str, Any]:
        """The record as plain data.

        Returns:
            `states`: float64 (1 + steps, numbers), parameters and then buffers, at
            first and after each step; `gradients`: float64 (steps, numbers of
            parameters), as they were when the step ended, zero where there was
            none; `at`: batches given before each step; `moved`: whether
            parameters changed between the step before and this one, and at last
            between the last step and now; `settings`: whether options of the
            optimizer were other than at first; `graphs`: how many losses'
            graphs were alive; `forwards`: forward passes before each step, all
            counted; `modes`: for each forward pass 1 if all of the model was in
            training mode, 0 if nothing of it, else 2; `whole`: whether nothing
            was left out. int64 all but the first two.
        """
        moved = self._columns["moved"] + [int(self._whole and self._has_moved())]
        numbers = {name: torch.tensor(column, dtype=torch.int64) for name, column in self._columns.items()}
        return numbers | {
            "states": torch.stack(self._states),
            "gradients": torch.stack(self._gradients or [self._gradients_now()])[: len(self._gradients)],
            "moved": torch.tensor(moved, dtype=torch.int64),
            "forwards": torch.tensor(self._forwards, dtype=torch.int64),
            "modes": torch.tensor(self._modes, dtype=torch.int64),
            "whole": self._whole,
        }

    def _guarded(self, note: Callable[[], None]) -> None:
        """Take a note unless the tape is full or broken; nothing reaches the loop that is recorded."""
        size = 2 * self._states[0].numel() * (1 + len(self._gradients))
        if len(self._gradients) >= MOST_STEPS or size > MOST_NUMBERS:
            self._whole = False
        if self._whole:
            try:
                note()
            except Exception:  # noqa: BLE001 - a model that was rebuilt may do anything
                self._whole = False

    def _forward(self, module: nn.Module) -> None:
        if len(self._modes) < 4 * MOST_STEPS:
            training = {part.training for part in module.modules()}
            self._modes.append(2 if len(training) > 1 else int(training.pop()))

    def _before(self) -> None:
        self._moved = self._has_moved()

    def _after(self) -> None:
        state, gradients = self._state(), self._gradients_now()
        if state.shape != self._states[0].shape:
            raise ValueError("the model has another size")
        self._states.append(state)
        self._gradients.append(gradients)
        now = {
            "at": self._batches(),
            "moved": int(self._moved),
            "settings": int(self._settings_now() != self._settings),
            "graphs": self._graphs(),
        }
        for name, column in self._columns.items():
            column.append(now[name])
        self._forwards.append(len(self._modes))

    def _has_moved(self) -> bool:
        """Whether parameters are other than after the last step."""
        flat = _flat(self._model.parameters())
        return not torch.equal(flat, self._states[-1][: flat.numel()])

    def _state(self) -> torch.Tensor:
        return _flat([*self._model.parameters(), *self._model.buffers()])

    def _gradients_now(self) -> torch.Tensor:
        parameters = list(self._model.parameters())
        return _flat(torch.zeros_like(p) if p.grad is None else p.grad for p in parameters)

    def _settings_now(self) -> list[dict[str, Any]]:
        groups = self._optimizer.param_groups
        return [{name: value for name, value in group.items() if name != "params"} for group in groups]


def _flat(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
    """All numbers of `tensors`, copied, in float64 on the CPU."""
    with torch.no_grad():
        return torch.cat([tensor.detach().to("cpu", torch.float64).reshape(-1) for tensor in tensors])
