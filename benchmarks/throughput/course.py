"""The assignment that everybody grades: six exercises, about ten hidden tests each, and a class.

The tests are cut out of the committed hidden tests by name, when the benchmark
runs; nothing is written twice. Nobody's taste chose them: of a file's n tests in
their order it is those at places (i + 1/2) n / 10, but for the last one of mlp, which
needs another exercise's file and is worth nothing. So they are as heavy as all are on
average: of 146 tests, which take 332 ms of CPU without any grader, these 59 take 138,
and of the two in which a network learns to read digits one is there.

The class is made of the students of the sample class who handed in files for all
six exercises and mean no harm (nobody else could grade the others: they hang, crash
or cheat), again and again under other names. One of them has mistakes.
"""

import ast
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

_CHOSEN = {
    "softmax": (
        "vector square_matrix negative_dims one_class small_probabilities views large_logits "
        "very_negative_logits masked_large_logits gradient_along_another_dim"
    ),
    "cross_entropy": (
        "loss_of_one_sample loss_of_one_class loss_of_views loss_of_large_logits loss_is_differentiable "
        "gradient_of_a_batch gradient_with_equal_targets gradient_of_many "
        "gradient_leaves_everything_as_it_was gradient_of_large_logits_close_together"
    ),
    "linear_backward": (
        "grad_weight grad_x_square grad_bias_square grad_weight_of_one_input grad_x_float64 "
        "grad_bias_float64 grad_weight_of_non_contiguous_inputs grad_x_of_large_and_small_numbers "
        "grad_bias_leaves_settings_alone smallest_layers"
    ),
    "conv2d": (
        "input_channels kernel_is_not_flipped one_by_one_kernel batch_of_one stride_pair padding "
        "everything_together non_contiguous_inputs gradient_for_x gradient_of_everything"
    ),
    "training_loop": (
        "gradients_do_not_add_up momentum batchnorm_learns images train_leaves_global_state "
        "loss_of_each_epoch learns_digits uneven_batches evaluation_mode_stays evaluate_with_any_criterion"
    ),
    "mlp": (
        "default_size formula more_outputs_than_inputs linear_layers second_relu gradients float64 "
        "state_dict input_is_left_alone"
    ),
}

TESTS: Mapping[str, tuple[str, ...]] = {name: tuple(tests.split()) for name, tests in _CHOSEN.items()}
"""The tests of each exercise, without their `test_`."""

STUDENTS = ("student-01", "student-02", "student-03", "student-05", "student-08")

COUNT = sum(map(len, TESTS.values()))


def cut(source: str, names: Iterable[str]) -> str:
    """A test file with these tests only, and without the imports that nobody needs then.

    Raises:
        SystemExit: There is no such test any more.
    """
    tree, wanted = ast.parse(source), {f"test_{name}" for name in names}
    tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and "test_" in node.name}
    if missing := wanted - tests:
        raise SystemExit(f"The hidden tests have no {', '.join(sorted(missing))} any more.")
    lines = source.splitlines(keepends=True)
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name not in wanted:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return _without_idle_imports("".join(lines))


def _without_idle_imports(source: str) -> str:
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = source.splitlines(keepends=True)
    for node in reversed(tree.body):
        if isinstance(node, ast.Import) and not {name.asname or name.name for name in node.names} & used:
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def hidden_tests(to: Path) -> None:
    """Write the chosen hidden tests, and what stands beside them, into a folder."""
    to.mkdir(parents=True)
    for path in sorted((ROOT / "tests/hidden").glob("*.py")):
        name, source = path.stem.removeprefix("test_"), path.read_text()
        (to / path.name).write_text(cut(source, TESTS[name]) if path.stem.startswith("test_") else source)


def course(to: Path) -> Path:
    """Write the whole course with fewer tests: what our own grader is given."""
    to.mkdir(parents=True)
    plan = (ROOT / "course.toml").read_text()
    (to / "course.toml").write_text(plan.partition("\n# A class that")[0].partition("[sample]")[0])
    for folder in ("exercises", "reference"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    hidden_tests(to / "tests" / "hidden")
    return to


def students(count: int) -> list[tuple[str, Path]]:
    """So many students: a name, and the folder that holds what they handed in."""
    return [
        (f"{name}-{turn:05}", ROOT / "submissions" / name)
        for turn in range(-(-count // len(STUDENTS)))
        for name in STUDENTS
    ][:count]


def submissions(to: Path, count: int) -> Path:
    """Write a class of so many students, a folder for each."""
    for name, folder in students(count):
        shutil.copytree(folder, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to
