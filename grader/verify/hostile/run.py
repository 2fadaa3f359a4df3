"""Run the hostile class: lay it out, grade it, look at everything, clean up.

The neighbours are graded once alone and once among the attackers, each time by
a process of its own with a deadline. Whatever happens, canaries are taken down
and the stage is removed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.sandbox.policy import Confinement
from grader.verify.hostile import leftovers, stage
from grader.verify.hostile.canaries import Canaries, tokens_in
from grader.verify.hostile.judging import (
    Outcome,
    judge_attack,
    judge_neighbour,
    read_gradebook,
    read_written,
    unmet,
)
from grader.verify.hostile.manifest import Attack, read_attacks, read_neighbours
from grader.verify.hostile.pages import foreign
from grader.verify.hostile.watchers import segment_exists

CLASS = "the class"
"""What outcomes are filed under that are nobody's in particular."""

SCRATCH = "scratch"
"""Where the batch puts what is temporary, so that what it leaves there can be seen."""

START_SECONDS = 60.0
STUDENT_SECONDS = 12.0
"""What an attack may cost a slot on average before the batch is taken for stopped; time-outs take 3 s."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Terms:
    """How to grade: how many slots, behind which wall."""

    jobs: int
    confinement: Confinement | None


@dataclass(frozen=True)
class Batch:
    """How a batch went.

    Attributes:
        problem: Why it ended early; None if it did not.
        left: What was left of it, one phrase each.
        pids: The processes that were seen under it.
        seconds: How long it took.
        said: What it and all that it started wrote on the terminal, the end of it.
    """

    problem: str | None
    left: list[str]
    pids: frozenset[int]
    seconds: float
    said: str


@dataclass
class Scene:
    """One run: the stage, and what was seen."""

    root: Path
    canaries: Canaries
    stage: stage.Stage
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, slug: str, wrong: Sequence[str], good: str) -> None:
        """Note what came of something."""
        told = " ".join("; ".join(dict.fromkeys(wrong)).split())
        self.outcomes.append(Outcome(slug, not wrong, told or good))


def run_class(
    folder: Path,
    *,
    jobs: int = 2,
    confinement: Confinement | None = None,
    out: Path | None = None,
    only: Sequence[str] = (),
    honest: bool = True,
    progress: Progress = lambda what: None,
) -> list[Outcome]:
    """Grade the hostile class in `folder`, and say what each attack came to.

    Args:
        folder: With `course/`, `attacks/` and `neighbours/`.
        jobs: How many slots judge side by side.
        confinement: The wall; None asks for what `grade` asks for.
        out: Where reports are kept for a person to read; None keeps none.
        only: Slugs of attacks; empty for all of them.
        honest: Whether honest neighbours are graded too, alone and among the attackers.
        progress: Told what is being done.

    Returns:
        An outcome for each attack, each neighbour, and the class as a whole.

    Raises:
        CourseError: There is no such class in the folder.
    """
    attacks = [attack for attack in read_attacks(folder) if not only or attack.slug in only]
    neighbours = read_neighbours(folder) if honest else ()
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    root.chmod(0o755)  # what is in it must be safe behind the walls, not behind a folder
    try:
        with Canaries(root, stage.places(root)) as canaries:
            progress(f"laying out {len(attacks)} attacks")
            laid = stage.lay_out(folder, root, attacks, neighbours, canaries)
            scene = Scene(root, canaries, laid)
            try:
                _run(scene, Terms(jobs, confinement), out or root / "reports", progress)
            finally:
                leftovers.left(canaries.marker, root)  # once more, should the run have ended early
            return scene.outcomes
    finally:
        stage.remove(root)


def _run(scene: Scene, terms: Terms, out: Path, progress: Progress) -> None:
    laid = scene.stage
    before = leftovers.fingerprint(laid.course)
    handed_in = leftovers.fingerprint(laid.submissions)
    alone = Batch(None, [], frozenset(), 0, "")
    if laid.alone.is_dir():
        progress("grading the neighbours alone")
        alone = _batch(scene, laid.alone, scene.root / "alone-reports", terms)
    progress("grading the class")
    batch = _batch(scene, laid.submissions, out, terms)
    progress("looking at what happened")
    _judge_everyone(scene, out, scene.root / "alone-reports")
    wrong = [told for told in (alone.problem, batch.problem) if told]
    scene.add(f"{CLASS}: graded to the end", wrong, f"in {batch.seconds:.0f} s")
    left = [*batch.left, *leftovers.left(scene.canaries.marker, scene.root), *_segments(scene)]
    left += leftovers.groups(alone.pids | batch.pids)
    left += [f"the temporary folder {path.name}" for path in (scene.root / SCRATCH).iterdir()]
    scene.add(f"{CLASS}: nothing is left behind", left, "no process, file, mount, group or shared memory")
    changed = (
        [] if leftovers.fingerprint(laid.course) == before else ["the course's files are not as they were"]
    )
    if leftovers.fingerprint(laid.submissions) != handed_in:
        changed.append("the submissions are not as they were")
    scene.add(f"{CLASS}: trusted files are as they were", changed, "course and submissions")
    scene.add(f"{CLASS}: the gradebook", _gradebook(out), "every cell is inert")
    scene.add(
        f"{CLASS}: the class's page", foreign(out / "class.html", scripts=2), "nothing acts but our script"
    )
    scene.add(f"{CLASS}: the terminal", _terminal(batch.said), "nothing of the students on it")


def _judge_everyone(scene: Scene, out: Path, alone: Path) -> None:
    wrong: dict[str, list[str]] = {}
    good: dict[str, str] = {}
    for seat in scene.stage.seated:
        written = read_written(out, seat.student)
        if isinstance(seat.who, Attack):
            found = judge_attack(seat.who, seat.student, written, scene.canaries)
            wrong.setdefault(seat.who.slug, []).extend(found)
            good[seat.who.slug] = _told(seat.who, written.staff)
        else:
            slug = f"neighbour {seat.who.slug}"
            wrong.setdefault(slug, []).extend(
                judge_neighbour(seat.who, written, read_written(alone, seat.student))
            )
            good[slug] = "the marks and the report that it gets alone"
    for slug, found in sorted(wrong.items()):
        scene.add(slug, found, good[slug])


def _told(attack: Attack, report: dict[str, Any] | None) -> str:
    for exercise in (report or {"exercises": []})["exercises"]:
        if exercise["name"] == attack.exercise:
            told = f"{exercise['verdict']}, {exercise['score']:g} points"
            without = unmet(attack, report or {}) if exercise["score"] > attack.score else []
            limit = f"nothing stops it without {', '.join(without)}" if without else attack.limit
            return f"{told}; known limit: {limit}" if limit else told
    return "not read"


def _gradebook(out: Path) -> list[str]:
    try:
        run = json.loads((out / "run.json").read_bytes())
    except (OSError, ValueError) as error:
        return [f"run.json cannot be read ({type(error).__name__})"]
    return read_gradebook(out, [student["student"] for student in run["students"]])


def _terminal(said: str) -> list[str]:
    found = [f"the canary '{place}'" for place in tokens_in(said).values()]
    return found + (["control characters"] if any(c < " " and c != "\n" for c in said) else [])


def _segments(scene: Scene) -> list[str]:
    found = []
    for seat in scene.stage.seated:
        key = scene.canaries.own(seat.student, "new_key")
        if key is not None and segment_exists(int(key)):
            found.append(f"shared memory of {seat.who.slug}")
    return found


def _batch(scene: Scene, submissions: Path, out: Path, terms: Terms) -> Batch:
    """Grade a folder of submissions in a process of its own."""
    job = scene.root / f"{submissions.name}.json"
    job.write_text(
        json.dumps(
            {
                "course": str(scene.stage.course),
                "submissions": str(submissions),
                "out": str(out),
                "jobs": terms.jobs,
                "wanted": sorted(terms.confinement.wanted) if terms.confinement else None,
                "required": sorted(terms.confinement.required) if terms.confinement else None,
                "closed": terms.confinement.closed if terms.confinement else None,
            }
        )
    )
    tokens = scene.canaries.tokens
    scratch = scene.root / SCRATCH
    scratch.mkdir(exist_ok=True)
    began = time.monotonic()
    # The last argument is a canary: a command line is there for everyone to read.
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.verify.hostile.batch", str(job), tokens["argument"]],
        env=os.environ | {"HOSTILE_CANARY": tokens["environ"], "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
        start_new_session=True,
    )
    seconds = START_SECONDS + STUDENT_SECONDS * len(scene.stage.seated) / terms.jobs
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return Batch(f"it was not done after {seconds:.0f} s", [], frozenset(), seconds, said[-4000:])
    *lines, last = said.rstrip("\n").split("\n")
    try:
        result = json.loads(last)
    except ValueError:
        told = f"it ended with {process.returncode}: {last[-200:]}"
        return Batch(told, [], frozenset(), time.monotonic() - began, said[-4000:])
    return Batch(
        problem=result["problem"],
        left=result["left"],
        pids=frozenset(result["pids"]),
        seconds=time.monotonic() - began,
        said="\n".join(lines)[-4000:],
    )
