"""A course broken on purpose, in each way that a course can be broken, is refused by name.

Each of `BROKEN` is the whole course with one thing wrong. What must be said of it is
the row: which claim, about what, in a sentence that names the thing, and the place to
look at. The unbroken course comes first: nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.student.conditions import Conditions
from grader.verify import Claim, Standing, citations, handout, leaks, signatures, verify
from grader.verify.effort import FULL, TOGETHER, Effort
from grader.verify.report import Row
from tests.grader.tiny import COURSE, EXERCISE, HANDOUT, SOLUTION, STUB
from tests.grader.verify.side_by_side import Keeper, named, side_by_side
from tests.grader.verify.whole_course import TESTS, mistake, program, whole_course, whole_files

pytestmark = pytest.mark.slow

ONCE = Effort("once", references=1, disturbed=False, devices=False, sample=False)
"""The reference alone; each broken course adds what it needs."""

FILES = replace(ONCE, references=0)
"""Only what is read is looked at."""

READ = {
    Claim.SIGNATURE: signatures.rows,
    Claim.LEAK: leaks.rows,
    Claim.HANDOUT: handout.rows,
    Claim.CITATION: citations.rows,
}
"""Who looks at it; a handout's examples are a process of their own."""

TESTS_FILE, STUB_FILE = "tests/hidden/test_double.py", "exercises/double/double.py"
SOLUTION_FILE, HANDOUT_FILE = "reference/double/solution.py", "exercises/double/README.md"
EQUIVALENTS = "reference/double/equivalents.toml"

NUMBERS = "    x = rng.normal(5)\n    expect(student.double(x)).matches(reference.double(x))"
MATRIX = "expect(student.double(x, times=3)).matches(reference.double(x, times=3))"
FLOAT64 = "x = rng.normal(1, 4, dtype=torch.float64)"
TEXT = TESTS[TESTS.index("@points(1, numeric=False)") : TESTS.index("@points(0)")]


@dataclass(frozen=True)
class Broken:
    """A course with one thing wrong, and what must be said of it.

    Attributes:
        files: Files that are not as they should be.
        claim: What does not hold.
        what: Which program, test or file it does not hold of.
        words: What the sentence must say.
        file: The file to look at.
        at: What stands in the line to look at; '' if there is no such line.
        effort: How much is tried.
        detail: What must stand below the sentence.
        standing: What becomes of the claim.
    """

    files: Mapping[str, str]
    claim: Claim
    what: str
    words: tuple[str, ...]
    file: str | None
    at: str = ""
    effort: Effort = ONCE
    detail: tuple[str, ...] = ()
    standing: Standing = Standing.FAILS


def hidden(old: str, new: str) -> dict[str, str]:
    """The hidden tests with a piece of them changed."""
    assert TESTS.count(old) == 1, old
    return {TESTS_FILE: TESTS.replace(old, new)}


def solution(old: str, new: str) -> dict[str, str]:
    """The reference with a piece of it changed."""
    assert SOLUTION.count(old) == 1, old
    return {SOLUTION_FILE: SOLUTION.replace(old, new)}


BROKEN = {
    # 1. References
    "a reference that changes its input": Broken(
        solution("x * times", "x.mul_(times)"),
        Claim.REFERENCE,
        "",
        ("earned 5 of 7", "first test_leaves_its_input_alone on cpu: ", "(seed 0)"),
        SOLUTION_FILE,
    ),
    "a reference that warns": Broken(
        solution("    return x", "    import warnings; warnings.warn('soon gone')\n    return x"),
        Claim.REFERENCE,
        "",
        ("first test_numbers on cpu: error", "(seed 0, under -W error)"),
        SOLUTION_FILE,
        effort=replace(ONCE, conditions=(Conditions(strict_warnings=True),)),
    ),
    "a reference with a signature of its own": Broken(
        {SOLUTION_FILE: SOLUTION.replace("times", "factor")},
        Claim.SIGNATURE,
        "double",
        ("double(x, factor=2)", "double(x, times=2)", "exercises/double/exercise.toml promises"),
        SOLUTION_FILE,
        "def double",
        FILES,
    ),
    # 2. Other right answers
    "a test that is too tight for another right answer": Broken(
        {"reference/double/accepted/thirds.py": program("return x / 3 * (3 * times)")}
        | hidden(
            NUMBERS,
            "    from grader.compare.tolerance import Allowance\n"
            f"{NUMBERS[:-1]}, allowance=Allowance(magnitude=0.0))",
        ),
        Claim.ACCEPTED,
        "thirds",
        ("first test_numbers on cpu: wrong answer (values-differ)", "(seed 0)"),
        "reference/double/accepted/thirds.py",
        effort=replace(ONCE, accepted=1),
    ),
    # 3. Stubs
    "an unkind stub": Broken(
        {STUB_FILE: STUB.replace("NotImplementedError", "ValueError('to do')")},
        Claim.STUB,
        "",
        ("does not end in the kind message", "first test_numbers on cpu: error"),
        STUB_FILE,
        effort=replace(ONCE, stubs=1),
    ),
    "a stub that is filled in": Broken(
        {STUB_FILE: program("return x * times")},
        Claim.STUB,
        "",
        ("earned 7 of 7 without being filled in",),
        STUB_FILE,
        effort=replace(ONCE, stubs=1),
    ),
    # 4. Null answers
    "a test that compares the answer with itself": Broken(
        hidden(NUMBERS, NUMBERS.replace("reference.double(x)", "student.double(x).value.data")),
        Claim.NULL_ANSWER,
        "test_numbers",
        ("test_numbers gives points for", "zeros", "wrong_shape"),
        TESTS_FILE,
        "def test_numbers",
        replace(ONCE, null_answers=1),
    ),
    "a tolerance of 1": Broken(
        hidden(
            NUMBERS,
            "    x = rng.uniform(5, low=0.0, high=0.4)\n"
            "    found = student.double(x).value.data\n"
            "    assert torch.allclose(found, reference.double(x).value.float(), atol=1.0)",
        ),
        Claim.NULL_ANSWER,
        "test_numbers",
        ("test_numbers gives points for", "input", "mean", "zeros"),
        TESTS_FILE,
        "def test_numbers",
        replace(ONCE, null_answers=1),
    ),
    # 5. Known mistakes
    "a test that lets a mistake pass": Broken(
        hidden(MATRIX, MATRIX.replace(", times=3", "")),
        Claim.MISTAKE,
        "ignores_times",
        ("passes test_matrix, which it must fail",),
        "reference/double/mistakes/ignores_times.py",
        effort=replace(ONCE, mistakes=1),
    ),
    "a mistake that fails more than it says": Broken(
        mistake("detached", "return x.detach() * 2", ["test_gradient"]),
        Claim.MISTAKE,
        "detached",
        ("also fails test_matrix",),
        "reference/double/mistakes/detached.py",
        effort=replace(ONCE, mistakes=1),
    ),
    "a mistake that nothing tells from its neighbour": Broken(
        mistake("twice_always", "return x + x", ["test_matrix"]),
        Claim.MISTAKE,
        "twice_always",
        ("is named nothing",),
        "reference/double/mistakes/twice_always.py",
        effort=replace(ONCE, mistakes=1),
    ),
    # 6. Mutants
    "a dropped test": Broken(
        hidden(TEXT, ""),
        Claim.MUTANT,
        "double, branch: if [-isinstance(x, str)-]{+False+}:",
        ("no hidden test notices that `if isinstance(x, str):` became `if False:`", "add a test"),
        SOLUTION_FILE,
        "if isinstance",
        replace(ONCE, mutants=True),
        detail=("-    if isinstance(x, str):", "+    if False:"),
    ),
    "an equivalent mutant that is none": Broken(
        {
            EQUIVALENTS: '[[equivalent]]\nline = "return x * times"\nbecomes = "return x / times"\n'
            'reason = "Nobody divides."\n'
        },
        Claim.MUTANT,
        "double, factor: return x [-*-]{+/+} times",
        (f"listed in {EQUIVALENTS} as equivalent, but test_numbers notices it", "take it off the list"),
        SOLUTION_FILE,
        "return x * times",
        replace(ONCE, mutants=True),
    ),
    "an equivalent mutant that is nowhere": Broken(
        {EQUIVALENTS: '[[equivalent]]\nline = "return x"\nbecomes = "return y"\nreason = "It was once."\n'},
        Claim.MUTANT,
        "equivalents.toml",
        ("the entry that `return x` becomes `return y` fits no mutant",),
        EQUIVALENTS,
        effort=replace(ONCE, mutants=True),
    ),
    # 7. Flakiness
    "a test that counts how often it ran": Broken(
        hidden(NUMBERS, f"{NUMBERS}\n    RUNS.append(1)\n    check(len(RUNS) < 3, 'Few runs.')\n\nRUNS = []"),
        Claim.STEADINESS,
        "test_numbers",
        ("reference is 'passed' on cpu with seed 0, but 'wrong answer'",),
        TESTS_FILE,
        "def test_numbers",
        replace(ONCE, disturbed=True),
    ),
    "a test that needs another one before it": Broken(
        {
            TESTS_FILE: TESTS.replace(MATRIX, f"{MATRIX}\n    BEFORE.append(1)\n\nBEFORE = []").replace(
                FLOAT64, f"check(BEFORE, 'A matrix first.')\n    BEFORE.clear()\n    {FLOAT64}"
            )
        },
        Claim.STEADINESS,
        "test_float64",
        ("'wrong answer' with the tests backwards",),
        TESTS_FILE,
        "def test_float64",
        replace(ONCE, disturbed=True),
    ),
    "a test that tosses a coin": Broken(
        hidden(NUMBERS, f"{NUMBERS}\n    import random\n    check(random.random() < 0.5, 'Heads.')"),
        Claim.STEADINESS,
        "test_numbers",
        ("on cpu with seed 0, but '",),
        TESTS_FILE,
        "def test_numbers",
        replace(ONCE, references=8, accepted=8, disturbed=True),
    ),
    "a margin that is too thin": Broken(
        {"reference/double/accepted/nearly.py": program("return x * times * (1 + 8e-7)")},
        Claim.MARGIN,
        "test_numbers",
        ("accepted: nearly, which is right, uses", "of the allowance"),
        TESTS_FILE,
        "def test_numbers",
        replace(ONCE, accepted=1),
        standing=Standing.WARNING,
    ),
    # 8. Time
    "a limit without slack": Broken(
        {
            "exercises/double/exercise.toml": EXERCISE.replace("test_seconds = 3.0", "test_seconds = 1.5"),
            "reference/double/accepted/slow.py": program(
                "import time; time.sleep(0.6 * (x.dim() == 2 and len(x) == 3)); return x * times"
            ),
        },
        Claim.TIME,
        "test_matrix",
        ("accepted: slow takes 0.6", "more than a third of test_seconds = 1.5", "raise the limit"),
        TESTS_FILE,
        "def test_matrix",
        replace(ONCE, accepted=3),
    ),
    # 9. Leaks
    "a solution in the stub": Broken(
        {STUB_FILE: STUB + "# if isinstance(x, str):\n#     raise TypeError('text cannot be doubled')\n"},
        Claim.LEAK,
        STUB_FILE,
        (f"{STUB_FILE}, which students get, holds code of {SOLUTION_FILE}, line 6",),
        STUB_FILE,
        "# if isinstance",
        FILES,
    ),
    "a hidden test in the handout": Broken(
        {HANDOUT_FILE: HANDOUT + "\nMind test_leaves_its_input_alone!\n"},
        Claim.LEAK,
        HANDOUT_FILE,
        ("holds the name of a hidden test", "'test_leaves_its_input_alone'"),
        HANDOUT_FILE,
        "Mind",
        FILES,
    ),
    "a reference among an exercise's data": Broken(
        {"exercises/double/data/shapes.py": SOLUTION},
        Claim.LEAK,
        "exercises/double/data/shapes.py",
        (f"exercises/double/data/shapes.py, which students get, holds a copy of {SOLUTION_FILE}",),
        "exercises/double/data/shapes.py",
        effort=FILES,
    ),
    "a student with more time in course.toml": Broken(
        {
            "course.toml": COURSE.replace("Tiny course", "Tiny course, student-07 until Friday")
            + "due = {default = 2026-11-01T12:00:00Z}\nextensions = {student-07 = {days = 3}}\n"
        },
        Claim.LEAK,
        "course.toml",
        ("course.toml, which students get, holds the name of a student", "'student-07'"),
        "course.toml",
        effort=FILES,
    ),
    "the secret in the handout": Broken(
        {HANDOUT_FILE: HANDOUT + "\nDrawn from a secret of ours.\n"},
        Claim.LEAK,
        HANDOUT_FILE,
        (f"{HANDOUT_FILE}, which students get, holds the secret of reference/secret.txt: '...'",),
        HANDOUT_FILE,
        "Drawn from",
        FILES,
    ),
    "a line of the reference in a report": Broken(
        hidden(
            MATRIX,
            "check(student.double(x, times=3).value.data.equal(3 * x), "
            "'Mind: raise TypeError(\"text cannot be doubled\")')",
        ),
        Claim.LEAK,
        "report of mistake: ignores_times",
        ("the report that the author of mistake: ignores_times would get holds a line",),
        SOLUTION_FILE,
        effort=replace(ONCE, mistakes=1),
    ),
    # 10. Handout
    "a wrong example": Broken(
        {HANDOUT_FILE: HANDOUT.replace("tensor([2., 4.])", "tensor([2., 5.])")},
        Claim.HANDOUT,
        "line 16",
        ("'double(torch.tensor([1.0, 2.0]))' gives 'tensor([2., 4.])', not 'tensor([2., 5.])'",),
        HANDOUT_FILE,
        ">>> double(",
        FILES,
    ),
    "a test of what the handout leaves out": Broken(
        hidden('@cites("times says how many times x it is")\n', ""),
        Claim.CITATION,
        "test_matrix",
        ("test_matrix cites nothing",),
        TESTS_FILE,
        "def test_matrix",
        FILES,
    ),
    "a citation of what the handout does not say": Broken(
        hidden("times says how many times x it is", "times says how often x is taken"),
        Claim.CITATION,
        "test_matrix",
        ("'times says how often x is taken', which exercises/double/README.md does not say",),
        TESTS_FILE,
        "how often x is taken",
        FILES,
    ),
    # 11. CPU and GPU
    "an accepted program that is accused": Broken(
        {"reference/double/accepted/moved.py": program("return x.cpu() * times")},
        Claim.DEVICE,
        "accepted: moved",
        ("accepted: moved is right, but test_numbers on the simulated CUDA device",),
        "reference/double/accepted/moved.py",
        effort=replace(ONCE, devices=True),
    ),
    "a program that no device finds out": Broken(
        {"reference/double/unportable/anywhere.py": program("return times * x")},
        Claim.DEVICE,
        "device: anywhere",
        ("anywhere runs on the processor only, and no test on the simulated CUDA device says so",),
        "reference/double/unportable/anywhere.py",
        effort=replace(ONCE, devices=True),
    ),
}


JUDGED = {f"double_{i}": broken for i, broken in enumerate(BROKEN.values()) if broken.effort != FILES}
"""Those that are judged, by the names of the exercises that they become."""


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    """Slots for all that are judged."""
    courses = {name: whole_files(**broken.files) for name, broken in JUDGED.items()}
    keeper = Keeper(side_by_side(tmp_path_factory.mktemp("courses"), courses))
    yield keeper
    keeper.end()


def test_the_unbroken_course_is_proved_by_the_full_effort(tmp_path):
    effort = replace(FULL, references=3, accepted=3, conditions=TOGETHER, under_conditions=1)
    rows = verify(whole_course(tmp_path), effort=effort, jobs=1, device="cpu").rows
    assert [row for row in rows if row.standing is not Standing.HOLDS] == []
    assert {row.claim for row in rows} == set(Claim) - {Claim.GRADEBOOK}


def is_said(broken: Broken, rows: Iterable[Row], root: Path, name: str = "double") -> None:
    """Fail if it is not said what is wrong, and where."""
    rows = [row for row in rows if row.standing is broken.standing]
    what = named(broken.what, name)
    same = [row for row in rows if (row.exercise, row.claim, row.what) == (name, broken.claim, what)]
    assert same, [(row.claim, row.what, row.sentence) for row in rows]
    row = same[0]
    assert [words for words in broken.words if named(words, name) not in row.sentence] == [], row.sentence
    assert [line for line in broken.detail if line not in row.detail.splitlines()] == []
    assert row.file == (broken.file and named(broken.file, name))
    if broken.at:
        assert broken.at in (root / row.file).read_text().splitlines()[row.line - 1]


@pytest.mark.parametrize("name", JUDGED, ids=[what for what in BROKEN if BROKEN[what].effort != FILES])
def test_a_broken_course_is_refused_with_what_is_wrong_and_where(keeper, monkeypatch, name):
    keeper.lend(monkeypatch)
    broken = JUDGED[name]
    rows = verify(keeper.course, [name], effort=broken.effort, jobs=1, device="cpu").rows
    is_said(broken, rows, keeper.course.root, name)


@pytest.mark.parametrize("what", [what for what in BROKEN if BROKEN[what].effort == FILES])
def test_what_its_files_tell_is_said_of_a_broken_course(tmp_path, what):
    course = whole_course(tmp_path, **BROKEN[what].files)
    is_said(BROKEN[what], READ[BROKEN[what].claim](course, course.exercises[0]), tmp_path)
