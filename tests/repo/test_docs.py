"""Every example in the README, the docs and the handouts is run.

- python with `>>>`: by doctest, where `softmax` and the other exercises' modules are the references;
- python and toml that start with a path (`# tests/hidden/test_softmax.py`): pieces with the same
  path are put together, written into a copy of the course, and the course must still prove itself;
- toml that starts with `# course.toml` must be what may stand there beside what this course has;
- commands: `grader` lines are run in a copy of the course, `make` and `python -m` lines must exist;
- links to files of the repository must lead somewhere.

A block that none of these runs is a failure of its own. One page is followed literally, in
order and in an empty folder, by a test of its own: `test_writing_an_exercise.py`.
"""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.checks.reference import load_module
from grader.course import read_course
from grader.course.manifest import CourseManifest
from grader.course.terms import policy_of
from grader.judge.run import check_exercise
from grader.manual.markdown import anchor
from grader.submission import open_folder, read_file
from grader.verdicts import Verdict
from grader.verify import Standing, examples, verify
from grader.verify.effort import QUICK
from tests.grader.importing.masters import NBGRADER, OTTER_FUNCTIONS, book

ROOT = Path(__file__).parents[2]
GRADER = Path(sys.executable).with_name("grader")
FOLLOWED = ROOT / "docs/writing-an-exercise.md"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "exercises/*/README.md", "tests/sample/README.md")
    for path in ROOT.glob(pattern)
    if path != FOLLOWED
)
# Blocks in these languages are output or layout: nothing to run, or run by a test of its own.
PLAIN = {"text", "json", "csv", "markdown", "ipython", "sql"}
FENCE = re.compile(r"^( {0,3})```(\w*)\s*$")
PLACE = re.compile(r"^# ((?:exercises|reference|tests)/[\w./]+)$")
COMMAND = re.compile(r"^(?:\$ )?((?:grader|make|python -m|cd|git|\.) ?.*?)(?:\s{2,}#.*)?$")


@dataclass(frozen=True)
class Block:
    """A fenced block, or a run of lines indented by four spaces."""

    language: str
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    @property
    def place(self) -> str | None:
        """The path that the block's first line gives, if it gives one."""
        found = PLACE.match(self.lines[0]) if self.lines else None
        return found[1] if found else None

    @property
    def is_for_course(self) -> bool:
        """Whether it shows keys of course.toml."""
        return self.language == "toml" and self.lines[:1] == ("# course.toml",)

    @property
    def is_session(self) -> bool:
        return self.language == "python" and any(line.startswith(">>> ") for line in self.lines)


def blocks(text: str) -> list[Block]:
    """The code blocks of a Markdown text; `indented` is the language of those without a fence."""
    found, language, start, lines = [], None, 0, []
    previous_blank = True
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        fence = FENCE.match(line)
        if language not in (None, "indented"):
            if fence:
                found.append(Block(str(language), start, tuple(lines)))
                language, lines = None, []
            else:
                lines.append(line)
            continue
        if line.startswith("    ") and (language or previous_blank):
            language, start = "indented", start if language else number
            lines.append(line[4:])
        elif language:
            found.append(Block("indented", start, tuple(lines)))
            language, lines = None, []
        if fence:
            language, start = fence[2] or "none", number + 1
        previous_blank = not line.strip()
    assert language is None, f"a block that starts in line {start} has no end"
    return found


def commands(block: Block) -> list[str]:
    """The command lines of a block: `$ ` lines of a console, all of a shell script, known ones elsewhere."""
    if block.language == "console":
        kept = [line for line in block.lines if line.startswith("$ ")]
    elif block.language == "sh":
        kept = [line for line in block.lines if line.strip() and not line.startswith("#")]
    elif block.language == "indented":
        kept = [line for line in block.lines if re.match(r"(grader|make|python -m) \S", line)]
    else:
        kept = []
    matches = [(line, COMMAND.match(line)) for line in kept]
    unknown = [line for line, match in matches if match is None]
    assert not unknown, f"no test runs {unknown}"
    return [match[1] for _, match in matches if match]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def course_copy(folder: Path) -> Path:
    """A copy of the course without the sample class: what a command may write into."""
    for part in ("exercises", "reference", "tests/hidden"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "course.toml", folder)
    return folder


# --- sessions ---------------------------------------------------------------------


@pytest.fixture
def references_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """`from softmax import softmax` in a handout means the reference."""
    for solution in ROOT.glob("reference/*/solution.py"):
        exercise = solution.parent.name
        monkeypatch.setitem(sys.modules, exercise, load_module(solution, f"documented_{exercise}"))


SESSIONS = [path for path in DOCUMENTS if any(b.is_session for b in blocks(path.read_text()))]


@pytest.mark.parametrize("document", SESSIONS, ids=name)
@pytest.mark.usefixtures("references_by_name")
def test_python_sessions_give_what_they_show(document: Path) -> None:
    ran = examples.run(document.read_text(), name(document))
    assert ran.examples
    assert not ran.wrong, ran.wrong


def test_a_session_that_shows_something_else_is_found() -> None:
    assert examples.run("```python\n>>> 1 + 1\n3\n```\n", "made up").wrong
    assert not examples.run("```python\n>>> 1 + 1\n2\n\n```\n", "made up").wrong


# --- files ------------------------------------------------------------------------


def files_in(document: Path) -> dict[str, str]:
    """The files that a document builds, by path; pieces of one file are put together."""
    files: dict[str, str] = {}
    for block in blocks(document.read_text()):
        if block.place:
            files[block.place] = files.get(block.place, "") + block.text
    return files


def exercise_of(place: str) -> str:
    """The exercise that a file of a course belongs to."""
    hidden = re.match(r"tests/hidden/test_(\w+)\.py$", place)
    return hidden[1] if hidden else place.split("/")[1]


BUILDERS = [path for path in DOCUMENTS if files_in(path)]


@pytest.mark.slow
@pytest.mark.parametrize("document", BUILDERS, ids=name)
def test_files_in_documents_make_a_course_that_proves_itself(document: Path, tmp_path: Path) -> None:
    root = course_copy(tmp_path)
    exercises = set()
    for place, text in files_in(document).items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
        exercises.add(exercise_of(place))
    for exercise in exercises:  # known mistakes name the tests of the file that the document replaces
        shutil.rmtree(root / "reference" / exercise / "mistakes", ignore_errors=True)
    manifest = (root / "course.toml").read_text()
    listed = ", ".join(f'"{exercise}"' for exercise in sorted(exercises))
    (root / "course.toml").write_text(re.sub(r"(?m)^exercises = .*$", f"exercises = [{listed}]", manifest))
    course = read_course(root, staff=True)
    proof = verify(course, sorted(exercises), effort=QUICK, jobs=1, device="cpu")
    wrong = [row for row in proof.rows if row.standing is Standing.FAILS]
    assert proof.rows
    assert not wrong, wrong
    for exercise in course.exercises:
        assert exercise.reference is not None
        seen = check_exercise(course, exercise, read_file(exercise.reference / "solution.py", exercise.name))
        assert {test.verdict for test in seen.tests} == {Verdict.PASSED}, exercise.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_block_is_of_a_kind_that_is_run(document: Path) -> None:
    for block in blocks(document.read_text()):
        runs = (
            block.is_session
            or block.is_for_course
            or block.place
            or block.language in {*PLAIN, "sh", "console", "indented"}
        )
        assert runs, f"{name(document)}, line {block.line}: no test runs this block"


FOR_COURSE = [
    pytest.param(block, id=f"{name(path)}:{block.line}")
    for path in DOCUMENTS
    for block in blocks(path.read_text())
    if block.is_for_course
]


@pytest.mark.parametrize("block", FOR_COURSE)
def test_documented_keys_of_course_toml_may_stand_there(block: Block) -> None:
    shown, present = tomllib.loads(block.text), tomllib.loads((ROOT / "course.toml").read_text())
    assert shown
    policy_of(CourseManifest.model_validate(present | shown), "course.toml")


# --- submissions ------------------------------------------------------------------


def paths_in(tree: Block) -> list[str]:
    """The files in a drawing of folders, each level indented by two spaces."""
    folders: list[str] = []
    files = []
    for line in tree.lines:
        level = (len(line) - len(line.lstrip())) // 2
        folders[level:] = [line.strip()]
        if not line.endswith("/"):
            files.append("".join(folders))
    return files


def test_documented_submissions_are_read_as_said(tmp_path: Path) -> None:
    """The drawing of attempts, laid out as it is drawn, with the list of times that stands below it."""
    found = blocks((ROOT / "docs/policy.md").read_text())
    (tree,) = (block for block in found if block.lines[:1] == ("submissions/",))
    (times,) = (block for block in found if block.lines[:1] == ("student,time,exercise,attempt",))
    solution = (ROOT / "reference/softmax/solution.py").read_text()
    for path in paths_in(tree):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".zip"):
            with zipfile.ZipFile(tmp_path / path, "w") as archive:
                archive.writestr("softmax.py", solution)
        else:
            (tmp_path / path).write_text(times.text if path.endswith(".csv") else solution)
    names = read_course(ROOT, staff=False).names
    with open_folder(tmp_path / "submissions", names, {}) as folder:
        assert folder.notes == ()
        read = {
            (student, each.attempt): bundle.submitted and bundle.submitted.isoformat()
            for student in folder.students
            for each in folder.read(student)
            for bundle in each.bundles
            if bundle.exercise == "softmax" and bundle.problem is None
        }
    assert read == {
        ("ada", "attempt-1"): "2026-11-01T17:20:00+01:00",
        ("ada", "attempt-2"): "2026-11-02T08:00:00+01:00",
        ("bob", "2026-11-01T18-00-00+01-00"): "2026-11-01T18:00:00+01:00",
        ("bob", "2026-11-03T09-30-00+01-00"): "2026-11-03T09:30:00+01:00",
        ("eve", ""): "2026-11-01T22:10:00+00:00",
    }


# --- commands ---------------------------------------------------------------------

COMMANDS = {
    command: name(path)
    for path in DOCUMENTS
    for block in blocks(path.read_text())
    for command in commands(block)
}
OURS = [c for c in COMMANDS if c.startswith("grader ")]
CLASS = ("student-01", "student-08")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with two students, a third's right files and two masters: where commands run."""
    root = course_copy(tmp_path_factory.mktemp("documented"))
    for student in CLASS:
        shutil.copytree(ROOT / "submissions" / student, root / "submissions" / student)
    for file in (ROOT / "submissions" / CLASS[0]).iterdir():
        shutil.copy(file, root)
    (root / "source").mkdir()
    book(root / "source" / "week1.ipynb", *NBGRADER)
    book(root / "source" / "hw01.ipynb", *OTTER_FUNCTIONS)
    return root


def run_grader(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a `grader` line as it stands, without a terminal."""
    words = [str(GRADER), *shlex.split(command)[1:]]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", OURS)
def test_documented_commands_work(command: str, workplace: Path) -> None:
    # Proving a course takes minutes and is CI's job: here only the words of the command are checked.
    done = run_grader(f"{command} --help" if command.startswith("grader verify") else command, workplace)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_documented_output_is_what_comes(document: Path, workplace: Path) -> None:
    for block in blocks(document.read_text()):
        if block.language == "console":
            first, *shown = block.lines
            came = run_grader(first.removeprefix("$ "), workplace).stdout
            assert [line.rstrip() for line in came.splitlines()] == shown, f"line {block.line}"


@pytest.mark.slow
def test_the_readme_shows_what_a_report_says_of_a_known_mistake(workplace: Path, tmp_path: Path) -> None:
    document = ROOT / "README.md"
    (shown,) = (b for b in blocks(document.read_text()) if b.lines[0].startswith("  wrong answer:"))
    done = run_grader(f"grader grade submissions --out {tmp_path} --only cross_entropy", workplace)
    assert done.returncode == 0, done.stderr
    report = (tmp_path / f"students/{CLASS[1]}/report.txt").read_text()
    assert shown.text in report, report


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text()))
    asked = {c.split()[1] for c in COMMANDS if c.startswith("make ")}
    assert asked
    assert asked <= targets


def test_documented_modules_can_be_run() -> None:
    for command in (c for c in COMMANDS if c.startswith("python -m ")):
        module = command.split()[2]
        if module.startswith("benchmarks"):
            asked = [sys.executable, "-m", module, "--help"]
            assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0, command


# --- the sample class ---------------------------------------------------------------


def test_the_sample_class_is_described_as_it_is() -> None:
    """Each student has a line and a row; full marks and totals in the text are the gradebook's."""
    text = (ROOT / "tests/sample/README.md").read_text()
    rows = list(csv.DictReader((ROOT / "tests/sample/grades.csv").read_text().splitlines()))
    lines = dict(re.findall(r"(?m)^\| (\d\d) \| (.*) \|$", text))
    folders = {path.name for path in (ROOT / "submissions").iterdir()}
    assert folders == {row["student"] for row in rows} == {f"student-{number}" for number in lines}
    best = max(rows, key=lambda row: float(row["total"]))
    names = list(best)[1 : list(best).index("total")]
    full = [int(number) for number in re.findall(r"\d+", text[text.index("Full marks") :].split("\n")[0])]
    written = [number for number in full if number not in (0, 2)]  # conv2d's 2, and '0' for what is not there
    assert written == [int(best[name]) for name in [*names, "total"]]
    for row in rows:
        line, marks = lines[row["student"].removeprefix("student-")], [int(row[name]) for name in names]
        said = {int(number) for number in re.findall(r"\d+", line)} | {0}
        partial = {mark for name, mark in zip(names, marks, strict=True) if mark != int(best[name])}
        assert partial <= said, line
        assert int(row["total"]) in said or set(marks) <= said, line


# --- links ------------------------------------------------------------------------


def anchors(document: Path) -> set[str]:
    """What a link can name in a document: its headings, and the second of equal ones with a number."""
    found: list[str] = []
    for title in re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", document.read_text())):
        slug = anchor(title)
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


@pytest.mark.parametrize("document", [*DOCUMENTS, FOLLOWED], ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        to = document.parent / path if path else document
        assert to.exists(), target
        assert not heading or heading in anchors(to), target
