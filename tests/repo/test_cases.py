"""Each exercise's `cases.py`: only calls that the contract allows, for every entry point."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings

from grader.checks.reference import Reference, load_module
from grader.course import read_course
from grader.diagnosis.cases import Call, Case, with_cotangent
from grader.diagnosis.smallest import Trouble

ROOT = Path(__file__).parents[2]
COURSE = read_course(ROOT, staff=True)
STRATEGIES = [
    (exercise.name, entry.name) for exercise in COURSE.exercises for entry in exercise.entry_points
] + [("conv2d", "conv2d_refusal")]

MANY = settings(
    max_examples=500,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def strategy(exercise: str, name: str):
    path = ROOT / "reference" / exercise / "cases.py"
    return getattr(load_module(path, f"cases_of_{exercise}"), name)()


def trouble(name: str) -> Trouble:
    return Trouble(name.removesuffix("_refusal"), "value", "values-differ")


@pytest.mark.parametrize(("exercise", "name"), STRATEGIES)
def test_the_reference_accepts_them(exercise: str, name: str):
    reference = Reference(ROOT / "reference" / exercise)
    seen: list[Case] = []

    @settings(MANY, max_examples=200 if exercise == "training_loop" else MANY.max_examples)
    @given(strategy(exercise, name))
    def accepts(case: Case) -> None:
        seen.append(case)
        if isinstance(case, Call) and case.raises:
            with pytest.raises(ValueError, match="fit"):
                case.expected(trouble(name), reference)
            return
        expected = case.expected(trouble(name), reference)
        for tensor in expected if isinstance(expected, tuple | list) else [expected]:
            assert torch.as_tensor(tensor).isfinite().all()

    accepts()
    sizes = [case.sizes for case in seen]
    assert all(least >= 1 for each in sizes for least in each.values())
    for size in {key for each in sizes for key in each} - {"dimensions"}:
        assert min(each[size] for each in sizes if size in each) == 1, f"{size} is never 1"
        if not name.endswith("_refusal"):
            assert max(each[size] for each in sizes if size in each) > 1, f"{size} is always 1"


@pytest.mark.parametrize(("exercise", "name"), STRATEGIES)
def test_they_are_python(exercise: str, name: str):
    @settings(MANY, max_examples=100)
    @given(strategy(exercise, name))
    def spelled(case: Case) -> None:
        ast.parse(case.source(trouble(name)))

    spelled()


@pytest.mark.parametrize(
    "name", ["softmax", "conv2d", "cross_entropy", "cross_entropy_grad", "linear_backward"]
)
def test_a_call_can_be_pasted(name: str):
    exercise = "cross_entropy" if name.startswith("cross") else name
    asked = []
    names = {"torch": torch, name: lambda *args, **kwargs: asked.append((args, kwargs))}

    @settings(MANY, max_examples=100)
    @given(strategy(exercise, name))
    def pasted(case: Call) -> None:
        asked.clear()
        exec(case.source(trouble(name)), dict(names))
        [(args, kwargs)] = asked
        assert list(kwargs) == list(case.kwargs)
        for mine, theirs in zip([*args, *kwargs.values()], [*case.args, *case.kwargs.values()], strict=True):
            if isinstance(theirs, torch.Tensor):
                assert torch.equal(mine, theirs)
                assert (mine.dtype, mine.stride()) == (theirs.dtype, theirs.stride()) or 1 in mine.shape
            else:
                assert mine == theirs

    pasted()


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_lines_can_be_pasted(name: str):
    reference = Reference(ROOT / "reference" / "training_loop")
    names = {"torch": torch, "nn": torch.nn, name: getattr(reference.module, name)}

    @settings(MANY, max_examples=50)
    @given(strategy("training_loop", name))
    def pasted(case: Case) -> None:
        *lines, last = case.source(trouble(name)).splitlines()
        try:
            scope = dict(names)
            exec("\n".join(lines), scope)
            returned = eval(last, scope)
        finally:
            torch.set_default_dtype(torch.float32)
        expected = case.expected(trouble(name), reference)
        assert torch.allclose(torch.tensor(returned), torch.tensor(expected), rtol=1e-3)

    pasted()


def test_a_network_can_be_pasted():
    reference = Reference(ROOT / "reference" / "mlp")

    @settings(MANY, max_examples=50)
    @given(strategy("mlp", "MLP"))
    def pasted(case: Case) -> None:
        *lines, last = case.source(trouble("MLP")).splitlines()
        scope = {"torch": torch, "MLP": reference.module.MLP}
        exec("\n".join(lines), scope)
        assert torch.allclose(eval(last, scope).double(), case.expected(trouble("MLP"), reference))

    pasted()


@pytest.mark.parametrize("name", ["softmax", "conv2d", "cross_entropy"])
def test_gradients_can_be_asked_for(name: str):
    reference = Reference(ROOT / "reference" / name)
    calls = with_cotangent(strategy(name, name), lambda call: call.expected(trouble(name), reference))

    @settings(MANY, max_examples=100)
    @given(calls)
    def differentiable(call: Call) -> None:
        upstream = call.cotangent
        if upstream is None:
            upstream = torch.ones_like(call.expected(trouble(name), reference))
        options = {**call.kwargs, "wrt": call.differentiated(), "cotangent": upstream}
        gradients = getattr(reference, name).gradient(*call.args, **options).value
        assert all(gradient.isfinite().all() for gradient in gradients)
        ast.parse(call.source(Trouble(name, "gradients", "values-differ", "argument 1")))

    differentiable()
