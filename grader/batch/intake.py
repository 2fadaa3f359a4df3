"""The students of a watched folder, one after the other as their things are complete.

The folder is opened anew whenever somebody has arrived, so that times of handing
in, and a folder that was moved or mounted again, are those of that moment. Where
it cannot be read as a class, whoever has arrived waits until it can.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from grader.batch.arrivals import Arrivals
from grader.errors import SubmissionsError
from grader.submission import Submission
from grader.submission.folder import SubmissionsFolder
from grader.submission.names import listed


class Intake:
    """Takes in submissions as they arrive.

    Args:
        arrivals: The folder.
        reopen: Opens it, to read whoever is there.

    Attributes:
        notes: What else lay there when somebody arrived last, one plain sentence each.
        problem: Why not everybody can be taken in, '' if everybody can; hostile text.
    """

    def __init__(self, arrivals: Arrivals, reopen: Callable[[], SubmissionsFolder]) -> None:
        self.notes: tuple[str, ...] = ()
        self.problem = ""
        self._arrivals = arrivals
        self._reopen = reopen
        self._waiting: dict[str, None] = {}
        self._known: set[str] = set()
        self._found: SubmissionsFolder | None = None

    def __len__(self) -> int:
        """How many students are there, complete or not."""
        return len(self._known) + sum(student not in self._known for student in self.waiting)

    @property
    def students(self) -> tuple[str, ...]:
        """Everybody who has been taken in, sorted."""
        return tuple(sorted(self._known))

    @property
    def waiting(self) -> tuple[str, ...]:
        """Students who are there and have not been taken in, complete or not, sorted; hostile text."""
        return tuple(sorted({*self._waiting, *self._arrivals.arriving}))

    @property
    def partial(self) -> tuple[str, ...]:
        """What is being written and is nobody's yet, sorted; hostile text."""
        return self._arrivals.partial

    @property
    def is_empty(self) -> bool:
        """Whether all that is there has been taken in."""
        return self._arrivals.has_looked and not self.waiting and not self._arrivals.problem

    def read(self, student: str) -> Sequence[Submission]:
        """The attempts of the student who came last, oldest first."""
        assert self._found is not None, "whoever reads was told of a student first"
        return self._found.read(student)

    def arrive(self) -> Generator[str | None]:
        """Whoever is complete, at once or again after a change; None where there is nobody now."""
        while True:
            self._poll()
            yield from self._taken_in()
            if self._arrivals.problem:
                self.problem = f"the folder cannot be looked at ({self._arrivals.problem})"
            yield None

    def _poll(self) -> None:
        self._waiting.update(dict.fromkeys(self._arrivals.poll()))

    def _taken_in(self) -> Iterator[str]:
        if not self._waiting:
            self.problem = ""
            return
        try:
            with self._reopen() as self._found:
                there, self.notes = set(self._found.students), self._found.notes
                for student in [each for each in self._waiting if each in there]:
                    del self._waiting[student]
                    self._known.add(student)
                    yield student
                    # Looked at meanwhile, so that slots need not wait for that later.
                    self._poll()
        except SubmissionsError as error:
            self.problem = str(error)
            return
        # Files of exercises beside the students', say, by which the folder looks like one student's own.
        left = tuple(each for each in self._waiting if each not in there)
        self.problem = f"the folder looks like one student's own; not read: {listed(left)}" if left else ""
