"""How fast a class is read before any grading: each layout beside merely reading its bytes.

    python -m benchmarks.reading [--students 100] [--rounds 7]

The same hundred students, with modules, notebooks and what else people hand in, are laid out as
each platform does, as a folder and as a zip. `grader` opens the class and makes every student's
bundles; the floor lists the folder and reads every file, or reads every entry of the zip. They
take turns, so that whatever else the machine does hits both; medians are printed side by side.
Files are in the page cache: what is measured is the program, not the disk.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grader.submission import open_folder

EXERCISES = ("softmax", "cross_entropy", "linear_backward", "conv2d", "training_loop", "mlp")
POINTS = {name: (name,) for name in EXERCISES}
AIM = 200  # files a second: a class of six hundred with ten files each in half a minute

Class = Mapping[str, bytes]


def source(name: str, helpers: bool, rng: random.Random) -> bytes:
    """A module of a few kilobytes, as a solution with its comments is."""
    lines = ["import torch", *(["import tensor_tools"] if helpers else []), f"def {name}(x):"]
    lines += [f"    # step {n}: {rng.random()}" for n in range(rng.randrange(20, 80))]
    return "\n".join([*lines, "    return x", ""]).encode()


def notebook(names: tuple[str, ...], rng: random.Random) -> bytes:
    """A notebook with a picture in it, as people hand them in: a hundred kilobytes and more."""
    cells = [
        {"cell_type": "code", "source": f"def {name}(x):\n    return x\n", "metadata": {}, "outputs": []}
        for name in names
    ]
    picture = {"data": {"image/png": rng.randbytes(40_000).hex()}, "output_type": "display_data"}
    cells[0]["outputs"] = [picture]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def students(count: int) -> dict[str, Class]:
    """What each student hands in: modules, one notebook for everything, or some of both."""
    rng = random.Random(7)
    found: dict[str, Class] = {}
    for number in range(count):
        files: dict[str, bytes] = {}
        if number % 5 == 4:
            files["homework.ipynb"] = notebook(EXERCISES, rng)
        else:
            for name in EXERCISES:
                in_notebook = rng.random() < 0.2
                content = notebook((name,), rng) if in_notebook else source(name, number % 5 == 3, rng)
                files[f"{name}.{'ipynb' if in_notebook else 'py'}"] = content
        if number % 5 == 3:
            files["tensor_tools.py"] = source("tools", False, rng)
        files |= {"notes.txt": b"What I did", "plot.png": rng.randbytes(20_000)}
        found[f"student{number:03}"] = files
    return found


def layouts(handed_in: Mapping[str, Class]) -> dict[str, Class]:
    """The same class as each platform lays it out."""
    numbered = list(enumerate(handed_in.items()))
    upload = {
        f"{student}{'_LATE' * (n % 9 == 0)}_{1000 + n}_{10 * n + k}_{name}": content
        for n, (student, files) in numbered
        for k, (name, content) in enumerate(files.items())
    }
    listed = "".join(
        f"submission_{n}:\n  :submitters:\n  - :name: {student}\n    :email: {student}@example.org\n"
        f"  :created_at: 2026-11-01 17:20:14.123456789 Z\n"
        for n, (student, _) in numbered
    )
    return {
        "folders": _in_folders(handed_in, "{student}/"),
        "Canvas": upload,
        "Moodle": _in_folders(handed_in, "{student}_{number}_assignsubmission_file/"),
        "Gradescope": {
            **_in_folders(handed_in, "assignment_1_export/submission_{number}/"),
            "assignment_1_export/submission_metadata.yml": listed.encode(),
        },
        "nbgrader": _in_folders(handed_in, "submitted/{student}/ps1/"),
        "clones": {
            **_in_folders(handed_in, "hw-{student}/src/"),
            **{f"hw-{student}/.git/config": b"[core]\n" for student in handed_in},
        },
    }


def _in_folders(handed_in: Mapping[str, Class], folder: str) -> Class:
    return {
        folder.format(student=student, number=number) + name: content
        for number, (student, files) in enumerate(handed_in.items())
        for name, content in files.items()
    }


def written(root: Path, name: str, files: Class) -> tuple[Path, Path]:
    """The class as a folder, and as a zip."""
    folder, archive = root / name, root / f"{name}.zip"
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items():
            packed.writestr(path, content)
    return (folder / "submitted" if name == "nbgrader" else folder), archive


def read(path: Path) -> None:
    """What `grade` does before it grades anything."""
    with open_folder(path, EXERCISES, POINTS) as found:
        bundles = sum(
            not bundle.problem for student in found.students for bundle in found.read(student)[-1].bundles
        )
    if bundles != len(found.students) * len(EXERCISES):
        raise SystemExit(f"{path}: only {bundles} exercises of {len(found.students)} students were found")


def floor(path: Path) -> None:
    """The same bytes, and nothing else."""
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                archive.read(name)
        return
    for each in _files(path):
        with open(each, "rb") as file:
            file.read()


def _files(folder: str | Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            else:
                yield entry.path


def seconds(action: Callable[[Path], None], path: Path) -> float:
    """Wall time of one reading."""
    began = time.perf_counter()
    action(path)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7, help="that count (default 7)")
    chosen = parser.parse_args()
    columns = f"{'files':>6}{'MB':>7}{'grader s':>10}{'files/s':>9}{'floor s':>9}{'ratio':>7}"
    print(f"{'layout':<12}{'as':<8}{columns}")
    slowest = float("inf")
    with tempfile.TemporaryDirectory() as scratch:
        for name, files in layouts(students(chosen.students)).items():
            for path in written(Path(scratch), name, files):
                times = [(seconds(read, path), seconds(floor, path)) for _ in range(chosen.rounds + 1)][1:]
                ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
                ratio = statistics.median(one / other for one, other in times)
                slowest = min(slowest, len(files) / ours)
                size = sum(map(len, files.values())) / 1e6
                print(
                    f"{name:<12}{'zip' if path.is_file() else 'folder':<8}{len(files):>6}{size:>7.1f}"
                    f"{ours:>10.3f}{len(files) / ours:>9.0f}{theirs:>9.3f}{ratio:>7.1f}"
                )
    print(f"\nslowest: {slowest:.0f} files a second (aim: at least {AIM})")


if __name__ == "__main__":
    main()
