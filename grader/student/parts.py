"""The files of one exercise, as a worker is asked to load them, and what came of it.

A session has one part for the exercise that is graded and one for each
companion. Source goes over the wire as bytes with the names of files; what is
forbidden goes with the entry points, so that the worker can look out for it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.findings import Finding
from grader.student.cells import NotebookRead, lie_about_cells
from grader.student.evidence import Evidence
from grader.student.failures import missing_entry_point
from grader.wire.messages import NAME_LENGTH, EntryPoint, Load, Loaded, SourceFile, clipped

if TYPE_CHECKING:
    from grader.course.manifest import Exercise
    from grader.submission import Bundle


@dataclass
class Part:
    """The files of one exercise, and what came of loading them.

    Attributes:
        exercise: What asks for entry points, and forbids.
        bundle: What was handed in for it.
        loaded: What the worker said that has loaded them last.
        life: The life of that worker (see `Session`).
        failure: Why they cannot be loaded, whatever worker tries.
        notebook: Which cells of a notebook were used when they were loaded first, before any test.
    """

    exercise: "Exercise"
    bundle: "Bundle"
    loaded: Loaded | None = None
    life: int = 0
    failure: Finding | None = None
    notebook: NotebookRead | None = None

    def request(self, number: int) -> Load:
        """What loads them; no path of this machine is in it."""
        return Load(
            number=number,
            main=tuple(clipped(name, NAME_LENGTH) for name in self.bundle.main),
            files=tuple(
                SourceFile(clipped(file.name, NAME_LENGTH), file.content) for file in self.bundle.files
            ),
            entry_points=tuple(
                EntryPoint(
                    name=spec.name,
                    operators=tuple(
                        operator for rule in self.exercise.rules(spec.name) for operator in rule.operators
                    ),
                    autograd=any(rule.autograd for rule in self.exercise.rules(spec.name)),
                )
                for spec in self.exercise.entry_points
            ),
            seconds=self.exercise.limits.import_seconds,
        )

    def read_cells(self, loaded: Loaded) -> str | None:
        """Remember which cells were used; what is a lie about them, if something is."""
        sizes = {clipped(file.name, NAME_LENGTH): len(file.content) for file in self.bundle.files}
        lie = lie_about_cells(loaded, sizes, {spec.name for spec in self.exercise.entry_points})
        if lie is None and loaded.notebook is not None and self.notebook is None:
            self.notebook = NotebookRead(loaded.file, loaded.notebook)
        return lie

    def missing(self, entry_point: str, loaded: Loaded, evidence: Evidence) -> Finding | None:
        """What says that the files don't define an entry point; None if they do."""
        if entry_point not in loaded.missing:
            return None
        file = evidence.file(loaded.file, otherwise=f"{self.exercise.name}.py")
        return missing_entry_point(entry_point, file, loaded.names)

    def nothing_asked_for(self, loaded: Loaded, evidence: Evidence) -> Finding | None:
        """What says that the files define none of the entry points; None if they define one."""
        missing = [
            self.missing(entry_point.name, loaded, evidence) for entry_point in self.exercise.entry_points
        ]
        return missing[0] if all(missing) else None
