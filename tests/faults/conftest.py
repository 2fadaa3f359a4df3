"""A class of known marks, and a watch over what its grading leaves behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.synthetic import Student, make_class, write_class, write_course
from tests.faults.batches import Batch
from tests.grader.remaining import Remaining


class Place:
    """A course, a class, and folders of reports to grade it into."""

    def __init__(self, folder: Path, students: list[Student], remaining: Remaining) -> None:
        self.folder = folder
        self.students = students
        self.results = 2 * len(students)
        self._remaining = remaining
        self._batches: list[Batch] = []
        write_course(folder / "course")
        write_class(folder / "class", students)

    def batch(self, name: str, jobs: int = 2, out: Path | None = None) -> Batch:
        """A folder of reports and the command that fills it."""
        self._batches.append(Batch(self.folder, out or self.folder / name, self._remaining, jobs))
        return self._batches[-1]

    def end(self) -> None:
        for batch in self._batches:
            batch.end()


@pytest.fixture(scope="module")
def remaining() -> Iterator[Remaining]:
    with Remaining() as remaining:
        yield remaining


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, remaining: Remaining) -> Iterator[Callable[..., Place]]:
    """Makes places; all that was started in them is ended at the end."""
    made: list[Place] = []

    def make(count: int, **options: float) -> Place:
        made.append(Place(tmp_path_factory.mktemp("faults"), make_class(count, **options), remaining))
        return made[-1]

    yield make
    for each in made:
        each.end()
