"""Words for a training loop beside the reference's: where it leaves the way, and what was seen there.

Batches, steps and epochs count from 1, as one counts on fingers. Everything here
is numbers, fixed words and names of the staff's own model; nothing is a student's.
"""

from collections.abc import Callable, Sequence

from grader.findings.trajectory import FactorName, Place, Seen, SeenKind, Trajectory
from grader.report.numbers import count, listed, number
from grader.report.words import name

_FEW = 3
"""Batches that are named one by one; a longer row is named by its ends."""


def about_trajectory(trajectory: Trajectory) -> list[tuple[str, str]]:
    """Sentences for a student, each with a label of at most seven letters; at least one.

    First where the loop leaves the reference's way (`path`), then what was seen
    there (`seen`), most telling first.
    """
    path = _path(trajectory)
    seen = [("seen", _SENTENCES[seen.kind](seen, trajectory)) for seen in trajectory.seen]
    return [*([("path", path)] if path else []), *seen]


def where_to_look(trajectory: Trajectory) -> str | None:
    """A question about the first thing that was seen, for what to look at next; None if there is none."""
    if not trajectory.seen:
        return None
    first = trajectory.seen[0]
    if first.kind == "scaled" and trajectory.same and not first.named:
        return _NOW_AND_THEN
    return _QUESTIONS.get(first.kind)


# --- where ------------------------------------------------------------------------------


def _path(trajectory: Trajectory) -> str:
    if not trajectory.expected_steps:
        return ""
    if trajectory.step is None:
        return _so_far(trajectory)
    differs = _differs(trajectory)
    if trajectory.place is None:
        made = count(trajectory.expected_steps, "step")
        return f"The reference makes {made}, and up to there your parameters are the same. {differs}"
    if trajectory.missing:
        step = f"step {trajectory.step:,} ({_at(trajectory.place)})"
        return f"{_so_far(trajectory)} The reference's {step} has no counterpart in your loop.".lstrip()
    return f"{_so_far(trajectory)} {differs}".lstrip()


def _so_far(trajectory: Trajectory) -> str:
    if not trajectory.same:
        return ""
    if trajectory.same == trajectory.expected_steps:
        every = "the one step" if trajectory.same == 1 else f"all {trajectory.same:,} steps"
        return f"After {every} your parameters are the reference's."
    if trajectory.same == 1:
        return "After step 1 your parameters are the reference's."
    return f"Up to step {trajectory.same:,} your parameters are the reference's."


def _differs(trajectory: Trajectory) -> str:
    at = f" ({_at(trajectory.place)})" if trajectory.place else ""
    by = f", by up to {number(trajectory.gap, 2)}" if trajectory.gap is not None else ""
    kind = "buffer " if trajectory.buffer else ""
    return (
        f"After step {trajectory.step:,}{at} {kind}`{name(trajectory.name)}` is the first that differs{by}."
    )


def _at(place: Place) -> str:
    return f"epoch {place.epoch:,}, batch {place.batch:,}"


def _batches(places: Sequence[Place]) -> str:
    """`batch 3`, `batches 3 and 4`, `batches 1 to 5`, `batch 3 of epoch 1 and batch 1 of epoch 2`."""
    epochs = {place.epoch for place in places}
    numbers = [place.batch for place in places]
    if len(places) == 1:
        return f"batch {numbers[0]:,}"
    if len(epochs) == 1 and len(places) <= _FEW:
        return f"batches {listed([f'{each:,}' for each in numbers])}"
    if len(epochs) == 1:
        return f"batches {numbers[0]:,} to {numbers[-1]:,}"
    if len(places) <= _FEW:
        return listed([f"batch {place.batch:,} of epoch {place.epoch:,}" for place in places])
    first, last = places[0], places[-1]
    return (
        f"all batches from batch {first.batch:,} of epoch {first.epoch:,} to "
        f"batch {last.batch:,} of epoch {last.epoch:,}"
    )


# --- what -------------------------------------------------------------------------------

_FACTORS: dict[FactorName, str] = {
    "batch size": "the number of samples in that batch",
    "1/batch size": "one over the number of samples in that batch",
    "batches": "the number of batches",
    "1/batches": "one over the number of batches",
    "samples": "the number of all samples",
    "1/samples": "one over the number of all samples",
}


def _piled_up(seen: Seen, trajectory: Trajectory) -> str:
    return f"That step used the gradients of {_batches(seen.places)} together."


def _joined(seen: Seen, trajectory: Trajectory) -> str:
    return (
        f"That step used the gradients of {_batches(seen.places)} together, "
        "all for the parameters as they were before it."
    )


def _other_batch(seen: Seen, trajectory: Trajectory) -> str:
    (used,), due = seen.places, trajectory.place
    if due is None:
        return f"That step used the gradient of {_batches(seen.places)}."
    epoch = f" of epoch {used.epoch:,}" if used.epoch != due.epoch else ""
    turn = f"when it was the turn of batch {due.batch:,}"
    return f"That step used the gradient of {_batches(seen.places)}{epoch}, {turn}."


def _no_step(seen: Seen, trajectory: Trajectory) -> str:
    return f"Until then there was no step for {_batches(seen.places)}."


def _scaled(seen: Seen, trajectory: Trajectory) -> str:
    factor = number(seen.factor or 0.0, 4)
    of = "that of" if len(seen.places) == 1 else "the sum of those of"
    equals = f"; {factor} is {_FACTORS[seen.named]}" if seen.named else ""
    return f"That step's gradient is {factor} times {of} {_batches(seen.places)}{equals}."


def _evaluation(seen: Seen, trajectory: Trajectory) -> str:
    return f"The model was in evaluation mode for {_batches(seen.places)}."


def _repeated(seen: Seen, trajectory: Trajectory) -> str:
    return f"That step used the gradient of {_batches(seen.places)} a second time."


def _empty(seen: Seen, trajectory: Trajectory) -> str:
    if seen.places:
        return "When that step was made, all gradients were zero or missing."
    times = "once" if seen.count == 1 else f"{seen.count:,} times"
    return f"step() was called {times} while all gradients were zero or missing, and changed nothing."


def _gradient_differs(seen: Seen, trajectory: Trajectory) -> str:
    return f"The gradient that this step used is not that of {_batches(seen.places)}."


def _gradient_right(seen: Seen, trajectory: Trajectory) -> str:
    return f"The gradient of {_batches(seen.places)} is right there; the step made something else of it."


def _unused(seen: Seen, trajectory: Trajectory) -> str:
    return "step() of the optimizer that your function was given was never called."


def _moved(seen: Seen, trajectory: Trajectory) -> str:
    if seen.places:
        return "Before that step, something else than the optimizer had changed parameters."
    when = "After the last step something" if trajectory.steps else "Something"
    return f"{when} else than the optimizer changed parameters."


def _settings(seen: Seen, trajectory: Trajectory) -> str:
    return "The optimizer's settings, such as lr, were not those that it came with."


def _steps(seen: Seen, trajectory: Trajectory) -> str:
    return f"Your loop made {count(seen.count, 'step')} in all, the reference makes {seen.expected:,}."


def _stopped(seen: Seen, trajectory: Trajectory) -> str:
    return f"Your loop ended in an error after {count(seen.count, 'step')} of {seen.expected:,}."


def _forwards(seen: Seen, trajectory: Trajectory) -> str:
    times = f"{count(seen.count, 'forward pass', 'forward passes')} in training mode"
    return f"There were {times} where {seen.expected:,} would do; each of them moves running statistics."


def _rounds(seen: Seen, trajectory: Trajectory) -> str:
    if not seen.count:
        return "Your loop never began to go through the loader."
    times = "once" if seen.count == 1 else f"{seen.count:,} times"
    return f"Your loop began to go through the loader {times}, for {count(seen.expected, 'epoch')}."


def _graphs(seen: Seen, trajectory: Trajectory) -> str:
    return (
        f"After {count(seen.count, 'batch', 'batches')} the graphs of {seen.count:,} losses were still "
        "in memory, so memory grows with every batch."
    )


def _always(sentence: str) -> Callable[[Seen, Trajectory], str]:
    return lambda seen, trajectory: sentence


_SENTENCES: dict[SeenKind, Callable[[Seen, Trajectory], str]] = {
    "piled-up": _piled_up,
    "joined": _joined,
    "other-batch": _other_batch,
    "no-step": _no_step,
    "scaled": _scaled,
    "evaluation-mode": _evaluation,
    "step-repeated": _repeated,
    "step-empty": _empty,
    "gradient-differs": _gradient_differs,
    "gradient-right": _gradient_right,
    "optimizer-unused": _unused,
    "moved-outside": _moved,
    "settings-changed": _settings,
    "steps-fewer": _steps,
    "steps-more": _steps,
    "stopped": _stopped,
    "more-forwards": _forwards,
    "loader-rounds": _rounds,
    "loss-by-batch": _always(
        "The loss equals the mean of the batches' losses: small batches count as much as large ones."
    ),
    "loss-not-divided": _always("The loss equals the sum of the losses, not divided by anything."),
    "loss-not-weighted": _always(
        "The loss equals the sum of the batches' mean losses divided by the number of samples."
    ),
    "loss-over-batches": _always(
        "The loss equals the sum over all samples divided by the number of batches."
    ),
    "loss-of-first-batch": _always("The loss equals that of the first batch alone."),
    "loss-of-last-batch": _always("The loss equals that of the last batch alone."),
    "loss-so-far": _always("The sum behind the loss goes on from the epochs before."),
    "loss-after-step": _always("The loss equals what each batch gives after its step, not before."),
    "loss-after-epoch": _always("The loss equals what the batches give after the epoch's last step."),
    "accuracy-by-batch": _always(
        "The accuracy equals the mean over batches: small batches count as much as large ones."
    ),
    "measured-in-training-mode": _always("The result equals what the model gives in training mode."),
    "graph-returned": _always("What came back still holds the graph that it was computed with."),
    "graphs-kept": _graphs,
    "graph-recorded": _always("Autograd recorded the forward passes."),
    "evaluation-trains": _always("Parameters of the model changed while it was measured."),
    "evaluation-backward": _always("The parameters have gradients after the measurement."),
    "statistics-moved": _always("Running statistics of the model changed while it was measured."),
}

_NOW_AND_THEN = (
    "Earlier steps are right, so only some are changed. What does your code do with a loss before "
    "backward(), and with the gradients after it: are they clipped, or divided?"
)
_STEPS = "Count the calls of step(): which lines decide how often it runs in one epoch?"
_AVERAGE = "What would one sample in a batch of 1 have to count, beside one in a batch of 5?"
_SUM = "Write down for two batches of different size what is added up, and what the sum is divided by."
_MODE = "Which mode is the model in just before that forward pass, and which line decides that?"
_KEEP = "Which line turns a tensor with one element into a plain number, and is it needed elsewhere too?"
_LOADER = "How many for loops start on the loader in one epoch of your code, helpers included?"
_NO_TRACE = "What should be different about a forward pass when nothing is to be learned from it?"

_QUESTIONS: dict[SeenKind, str] = {
    "piled-up": "What is in .grad just before backward() runs for that batch?",
    "joined": "Which of your lines run for every batch, and which once an epoch?",
    "other-batch": "Which batch is in your variables when backward() runs for that step?",
    "scaled": "The criterion returns a mean. What does your code do with it before backward()?",
    "evaluation-mode": _MODE,
    "step-repeated": _STEPS,
    "step-empty": "Which call makes the gradients, and has it run when step() is called?",
    "gradient-differs": "Follow one batch from the loader to backward(): what is done to it and its loss?",
    "gradient-right": "What happens to the parameters besides the optimizer's step?",
    "optimizer-unused": "What changes the parameters in your loop, and where does it come from?",
    "moved-outside": "Which lines of yours write to parameters, besides the optimizer's step()?",
    "settings-changed": "Which line changes the optimizer, and who chose its settings?",
    "steps-fewer": _STEPS,
    "steps-more": _STEPS,
    "more-forwards": "How often does your loop call the model for one batch?",
    "loader-rounds": _LOADER,
    "loss-by-batch": _AVERAGE,
    "loss-not-divided": _SUM,
    "loss-not-weighted": _SUM,
    "loss-over-batches": _SUM,
    "loss-of-first-batch": _SUM,
    "loss-of-last-batch": _SUM,
    "loss-so-far": "Where do your sums begin at zero: before all epochs, or at the start of each?",
    "loss-after-step": "When is the loss computed that you add up: before the step of its batch, or after?",
    "loss-after-epoch": "When is the loss computed that you add up: before the step of its batch, or after?",
    "accuracy-by-batch": _AVERAGE,
    "measured-in-training-mode": _MODE,
    "graph-returned": _KEEP,
    "graphs-kept": _KEEP,
    "graph-recorded": _NO_TRACE,
    "evaluation-trains": "Which of your lines could write to a parameter while measuring?",
    "evaluation-backward": _NO_TRACE,
    "statistics-moved": _MODE,
}
