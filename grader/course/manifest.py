"""What a course and an exercise are, as frozen data.

`CourseManifest` and `ExerciseManifest` are exactly what may stand in the two
TOML files; `Course` and `Exercise` are the same with their folders and files
found. Numbers are taken as written: "10" is not a number and true is not 1.
Nothing here touches the file system.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from grader.course.policy import Attempts, ExtensionValue, Late, Moment, Policy, Weight
from grader.errors import UsageError, suggestion
from grader.findings import Frozen
from grader.verdicts import Isolation, Layer, Reveal

COURSE_FILE = "course.toml"
EXERCISE_FILE = "exercise.toml"

# `$` is the very end of the text in pydantic's regular expressions, not before a last newline.
NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
EXERCISE_NAME = r"^[a-z][a-z0-9_]*$"
LINE = r"^[^\n\r]+$"

Name = Annotated[str, Field(pattern=NAME, max_length=80)]
"""A Python name: of an entry point or a rule."""

ExerciseName = Annotated[str, Field(pattern=EXERCISE_NAME, max_length=40)]
"""A module name in small letters: it is a folder, a file and a column of the gradebook."""

Line = Annotated[str, Field(strict=True, pattern=LINE)]
"""One line of text that people read."""

Seconds = Annotated[float, Field(strict=True, gt=0, le=3600, allow_inf_nan=False)]
Amount = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Megabytes = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Limits(Frozen):
    """How much a submission may use of an exercise's machine, with the reason for each default."""

    import_seconds: Seconds = Field(
        default=10,
        description="Loading the file: milliseconds when correct; self-tests at module level get this long.",
    )
    call_seconds: Seconds = Field(
        default=10,
        description="One call. Pure Python loops over hidden inputs end within a tenth of it.",
    )
    test_seconds: Seconds = Field(
        default=30,
        description="One test: a few calls of a slow but honest solution, and a loaded machine.",
    )
    exercise_seconds: Seconds = Field(
        default=120,
        description="All tests of one exercise, so that one submission cannot hold a slot for an hour.",
    )
    memory_mb: Megabytes = Field(
        default=2048,
        description="Data beyond what torch itself holds; hidden inputs need under 100 MiB.",
    )
    processes: Amount = Field(
        default=256,
        description="Processes and threads at a time: 32 threads of OpenMP in some loader workers fit.",
    )
    open_files: Annotated[int, Field(strict=True, ge=64, le=65_536)] = Field(
        default=256,
        description="Open files of one process: torch and a few loader workers hold about 60.",
    )
    file_mb: Megabytes = Field(
        default=16, description="Largest file the code may write in its scratch folder."
    )
    scratch_mb: Megabytes = Field(
        default=64,
        description="All files and shared memory together, /tmp and /dev/shm included: they live in memory.",
    )
    device_memory_mb: Megabytes = Field(
        default=4096,
        description="Memory that torch may hold on a CUDA device: inputs and libraries need some 100 MiB.",
    )
    return_mb: Megabytes = Field(
        default=64, description="Bytes that one answer may hold; right answers are under 1 MiB."
    )
    return_items: Amount = Field(default=10_000, description="Items in one answer: a state dict has dozens.")
    return_depth: Amount = Field(
        default=16, description="Nesting of one answer: right answers nest at most twice."
    )
    output_kb: Amount = Field(
        default=64, description="Captured print output that is kept, about 1,000 lines."
    )
    printed_mb: Megabytes = Field(
        default=64,
        description="Printed in one test, kept or not, before the code is ended: a print in each loop fits.",
    )
    deaths: Amount = Field(
        default=3,
        description="Tests in a row that time out or crash before the rest is left out: then it is the code.",
    )


class ForbiddenRule(Frozen):
    """Built-ins that an exercise forbids while an entry point runs."""

    name: str = Field(description="The rule's name within its exercise.")
    say: str = Field(description="What is forbidden, in the handout's words.")
    operators: tuple[str, ...] = Field(default=(), description="Dispatcher names, such as '_softmax'.")
    autograd: bool = Field(default=False, description="Whether autograd is forbidden in any form.")


class EntryPointSpec(Frozen):
    """A function or class that a student writes."""

    name: Name = Field(description="Its name in the student's file.")
    signature: Line = Field(description="How it is called, such as 'softmax(logits, dim=-1)'.")
    forbidden: tuple[Name, ...] = Field(default=(), description="Rules that hold while it runs.")
    dims: tuple[Line, ...] = Field(
        default=(),
        description="Names of the dimensions of each argument by position, such as 'N C'; '...' for any.",
    )

    @model_validator(mode="after")
    def _signature_is_of_this_name(self) -> Self:
        if not self.signature.startswith(f"{self.name}("):
            raise ValueError(f"the signature must start with '{self.name}('")
        return self


class EfficiencySpec(Frozen):
    """A table `[efficiency.<entry point>]`: how the work of an entry point is measured, without a clock.

    Sizes are doubled twice, and the operators that run are compared with the
    reference's. `reference/<exercise>/growth.py` makes the arguments of a size.
    """

    start: dict[Name, Annotated[int, Field(strict=True, ge=1, le=10_000)]] = Field(
        description="The smallest size by name, such as {N = 2, H = 4}; a loop over each number ends soon."
    )
    sizes: tuple[Line, ...] = Field(
        min_length=1, max_length=4, description="What is doubled, one by one: 'N', or 'H W' together."
    )
    way: Line = Field(
        default="in the course's solution", description="How the reference does it, such as 'with unfold'."
    )
    points: Annotated[float, Field(strict=True, ge=0, le=1000, allow_inf_nan=False)] = Field(
        default=0, description="What it is worth to do no more work than is needed; 0 only informs."
    )

    @model_validator(mode="after")
    def _sizes_are_named(self) -> Self:
        for group in self.sizes:
            names = group.split()
            if not names or len({*names}) < len(names):
                raise ValueError(f"sizes has '{group}'; allowed: names, each once, with spaces between them")
            for name in names:
                if name not in self.start:
                    raise ValueError(f"sizes names '{name}', which start does not give")
        return self


class Hint(Frozen):
    """One step of help with an exercise; the next one says more."""

    title: str = Field(description="What it is about, in a few words.")
    text: str = Field(description="What it says, in Markdown.")


class Exercise(Frozen):
    """One exercise, with its files found."""

    name: str = Field(description="Its folder's, file's and column's name.")
    title: str = Field(description="What people call it.")
    summary: str = Field(description="One sentence on what is to be written.")
    folder: Path = Field(description="Folder with what students get.")
    entry_points: tuple[EntryPointSpec, ...] = Field(description="What the student writes, in order.")
    forbidden: tuple[ForbiddenRule, ...] = Field(description="Rules that entry points may name.")
    limits: Limits = Field(description="What one submission may use.")
    efficiency: dict[str, EfficiencySpec] = Field(
        default={}, description="Entry points whose work is measured, by name."
    )
    companions: tuple[str, ...] = Field(
        default=(),
        description="Exercises whose entry points this one's tests call too, if they were handed in.",
    )
    given: tuple[str, ...] = Field(
        default=(), description="Functions and classes that the stub has whole, as reference and tests do."
    )
    visible_tests: Path = Field(description="The tests that students have.")
    hidden_tests: Path | None = Field(
        description="The tests that they do not have; None on a student's copy."
    )
    reference: Path | None = Field(
        description="Folder with the reference solution; None on a student's copy."
    )
    stub: Path = Field(description="The file that students fill in.")
    handout: Path = Field(description="What students read.")
    hints_file: Path | None = Field(default=None, description="Where its hints stand; None if it has none.")
    hints: tuple[Hint, ...] = Field(default=(), description="Help, from a nudge to nearly the answer.")

    @property
    def handed_out(self) -> tuple[Path, ...]:
        """What a student works with: the stub, the handout, the visible tests, and the hints if there are."""
        hints = () if self.hints_file is None else (self.hints_file,)
        return self.stub, self.handout, self.visible_tests, *hints

    def entry_point(self, name: str) -> EntryPointSpec:
        """The entry point called `name`; KeyError if the exercise has none."""
        for entry_point in self.entry_points:
            if entry_point.name == name:
                return entry_point
        raise KeyError(name)

    def rules(self, entry_point: str) -> tuple[ForbiddenRule, ...]:
        """What is forbidden while the entry point of that name runs."""
        named = self.entry_point(entry_point).forbidden
        return tuple(rule for rule in self.forbidden if rule.name in named)


class IsolationDemand(Frozen):
    """How well student code must be walled off, or it is not run: the table `[isolation]` of course.toml."""

    level: Isolation = Field(
        default=Isolation.FULL, description="The level whose layers must be there before a class is marked."
    )
    accept_missing: tuple[Layer, ...] = Field(
        default=(), description="Layers that may be missing all the same, by name."
    )


class Sample(Frozen):
    """A class of submissions whose marks are known."""

    submissions: Path = Field(description="Folder with the submissions.")
    gradebook: Path = Field(description="The marks that they must get.")


class Course(Frozen):
    """A course, read and found whole."""

    name: str = Field(description="What people call it.")
    root: Path = Field(description="The folder that course.toml is in.")
    exercises: tuple[Exercise, ...] = Field(description="In the order of course.toml.")
    reveal: Reveal = Field(description="How much students see of a failing hidden test.")
    secret: str | None = Field(
        repr=False, description="What hidden inputs are drawn from; None on a student's copy."
    )
    secret_file: Path | None = Field(default=None, description="Where the secret was read; None likewise.")
    sample: Sample | None = Field(description="A class whose marks are known; None on a student's copy.")
    isolation: IsolationDemand = Field(
        default=IsolationDemand(), description="How well student code must be walled off to be marked."
    )
    policy: Policy = Field(
        default=Policy(), description="How points become marks: dates, lateness, attempts, weights."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The exercises' names, in order."""
        return tuple(exercise.name for exercise in self.exercises)

    @property
    def staff_files(self) -> tuple[Path, ...]:
        """What no student may ever read: hidden tests, references, the secret."""
        found = [path for each in self.exercises for path in (each.hidden_tests, each.reference)]
        return tuple(path for path in (*found, self.secret_file) if path is not None)

    @property
    def entry_points(self) -> dict[str, tuple[str, ...]]:
        """What each exercise asks for: names of functions and classes."""
        return {each.name: tuple(point.name for point in each.entry_points) for each in self.exercises}

    def exercise(self, name: str) -> Exercise:
        """The exercise called `name`.

        Raises:
            UsageError: The course has no such exercise.
        """
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise UsageError(
            f"No exercise is called {name!r}.{suggestion(name, self.names)} "
            f"This course has: {', '.join(self.names)}."
        )


class SampleManifest(Frozen):
    """The table `[sample]` of course.toml."""

    submissions: Line = Field(description="Folder with submissions, from the course's folder.")
    gradebook: Line = Field(description="CSV file with their marks, from the course's folder.")


class CourseManifest(Frozen):
    """What may stand in course.toml."""

    name: Line = Field(description="What people call the course.")
    exercises: tuple[ExerciseName, ...] = Field(
        min_length=1, description="Folders under exercises/, in order."
    )
    reveal: Reveal = Field(
        default=Reveal.DIFFERENCES, description="How much students see of a failing hidden test."
    )
    secret: Line | None = Field(default=None, description="File that hidden inputs are drawn from.")
    sample: SampleManifest | None = Field(default=None, description="A class whose marks are known.")
    isolation: IsolationDemand = Field(
        default=IsolationDemand(), description="How well student code must be walled off to be marked."
    )
    timezone: Line | None = Field(default=None, description="IANA name; dates without an offset are in it.")
    attempts: Attempts = Field(default=Attempts.LATEST, description="Which of several attempts counts.")
    drop_lowest: Annotated[int, Field(strict=True, ge=0)] = Field(
        default=0, description="Exercises left out of the final mark: those with the lowest share of points."
    )
    due: dict[str, Moment] = Field(default={}, description="When exercises are due, by name or by default.")
    late: Late | None = Field(default=None, description="What being late costs.")
    weights: dict[str, Weight] = Field(default={}, description="What an exercise's full points count.")
    extensions: dict[str, dict[str, ExtensionValue]] = Field(
        default={}, description="More time for single students."
    )


class RuleManifest(Frozen):
    """A table `[forbidden.<rule>]` of exercise.toml."""

    say: Line = Field(description="What is forbidden, in the handout's words.")
    operators: tuple[Line, ...] = Field(default=(), description="Dispatcher names.")
    autograd: bool = Field(default=False, strict=True, description="Whether autograd is forbidden.")

    @model_validator(mode="after")
    def _forbids_something(self) -> Self:
        if not self.operators and not self.autograd:
            raise ValueError("a rule must name operators or set autograd = true")
        return self


class ExerciseManifest(Frozen):
    """What may stand in exercise.toml."""

    title: Line = Field(description="What people call the exercise.")
    summary: Line = Field(description="One sentence on what is to be written.")
    companions: tuple[ExerciseName, ...] = Field(
        default=(), description="Other exercises that the tests call."
    )
    entry_points: tuple[EntryPointSpec, ...] = Field(min_length=1, description="What the student writes.")
    given: tuple[Name, ...] = Field(
        default=(), description="Functions and classes that the stub has whole, as reference and tests do."
    )
    forbidden: dict[Name, RuleManifest] = Field(default={}, description="Rules that entry points may name.")
    limits: Limits = Field(default=Limits(), description="What one submission may use.")
    efficiency: dict[Name, EfficiencySpec] = Field(
        default={}, description="Entry points whose work is measured."
    )
