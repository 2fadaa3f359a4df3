"""Measures the page of a class: how large it is, and how soon a browser has it ready for use.

A class is made from data, nothing is judged. The page is opened in a headless
Chromium from a file, as staff do: ready is when the script has run and the first
picture was drawn, a sort or a filter is over when the next picture is drawn.

    python -m benchmarks.pages --students 2000
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.pages.class_page import write_class_page
from grader.pages.roll import Roll
from grader.report.class_counts import ClassCounts
from grader.report.examples import EXAMPLES
from grader.report.files import folder_name, write_whole
from grader.report.model import (
    Environment,
    ExerciseReport,
    MistakeReport,
    RunReport,
    StudentReport,
    TestReport,
)
from grader.verdicts import Blame, Isolation, Verdict, Visibility, worst

READY = 2.0
"""Seconds in which a page must be ready."""

SIZE = 10e6
"""Bytes that it may have."""

EXERCISES = ("softmax", "cross_entropy", "linear_backward", "conv2d", "training_loop", "mlp")
TESTS = 6

FAILURES = (
    (Verdict.WRONG_ANSWER, EXAMPLES["values-differ"], 20),
    (Verdict.WRONG_ANSWER, EXAMPLES["shape-differs"], 8),
    (Verdict.ERROR, EXAMPLES["exception"], 8),
    (Verdict.TIMED_OUT, EXAMPLES["timed-out"], 2),
    (Verdict.CRASHED, EXAMPLES["crashed"], 1),
    (Verdict.UNSTABLE, EXAMPLES["unstable"], 1),
)
"""Ways to fail, and how often."""

ENVIRONMENT = Environment(
    grader="0.1.0",
    python="3.11.2",
    torch="2.13.0",
    devices=("cpu",),
    isolation_level=Isolation.FULL,
    isolation=("private root",),
    missing=(),
)

_TIMED = """async (action) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const began = performance.now();
  action === "sort"
    ? document.querySelectorAll("#grid thead button")[1].click()
    : (document.getElementById("verdict").value = "timed out",
       document.getElementById("tools").dispatchEvent(new Event("input")));
  await drawn();
  return performance.now() - began;
}"""


def students(count: int, seed: int = 0) -> Iterator[StudentReport]:
    """A class of `count`, one at a time; equal arguments give equal classes."""
    draw = random.Random(seed)
    for number in range(1, count + 1):
        able = draw.betavariate(4, 2)
        exercises = tuple(_exercise(each, able, draw) for each in EXERCISES)
        score, most = (sum(getattr(each, part) for each in exercises) for part in ("score", "max_score"))
        yield StudentReport(
            student=f"{draw.choice(_NAMES)} {draw.choice(_FAMILIES)} {number:04}",
            course="Deep learning",
            score=score,
            max_score=most,
            final=score,
            final_max=most,
            exercises=exercises,
            notes=("Names that begin with a dot are hidden, so not read: .cache.",)
            if number % 50 == 0
            else (),
            environment=ENVIRONMENT,
        )


_NAMES = ("Ada", "Aylin", "Björn", "Chidi", "Fatima", "Grace", "Hana", "Ingrid", "João", "晓明", "נועה")
_FAMILIES = ("Adeyemi", "Çelik", "García", "Hopper", "Kowalski", "Müller", "Nguyen", "Okafor", "Sato")


def _exercise(name: str, able: float, draw: random.Random) -> ExerciseReport:
    is_there = draw.random() > 0.04
    verdict, finding = Verdict.NOT_RUN, None
    if is_there:
        [(verdict, finding, _)] = draw.choices(FAILURES, [often for _, _, often in FAILURES])
    needed = 0.2 * EXERCISES.index(name) / len(EXERCISES) - 0.2
    passes = [is_there and draw.random() < able - needed for _ in range(TESTS)]
    tests = tuple(_test(number, each, verdict, finding) for number, each in enumerate(passes))
    known = verdict is Verdict.WRONG_ANSWER and any(test.findings for test in tests)
    slug = f"mistake_{draw.randrange(6)}"
    told = "What such code does, in a sentence of the usual length."
    mistake = MistakeReport(name=slug, headline=told, explanation="e", question="q", section="s", tests=1)
    return ExerciseReport(
        name=name,
        title=name,
        verdict=worst(test.verdict for test in tests) if is_there else Verdict.MISSING,
        score=sum(test.score for test in tests),
        max_score=sum(test.max_score for test in tests),
        files=(f"{name}.py",),
        notes=(),
        findings=(),
        tests=tests,
        mistakes=(mistake,) if known and draw.random() < 0.7 else (),
        seconds=round(draw.lognormvariate(0, 0.7), 3),
    )


def _test(number: int, passes: bool, verdict: Verdict, finding: Any) -> TestReport:
    return TestReport(
        name=f"test_{number}",
        title=f"Property number {number} holds",
        verdict=Verdict.PASSED if passes else verdict,
        blame=Blame.NOBODY if passes or finding is None else Blame.STUDENT,
        device="cpu",
        score=2 if passes else 0,
        max_score=2,
        visibility=Visibility.HIDDEN,
        findings=() if passes or finding is None else (finding,),
        seconds=0.1,
        output="",
    )


def written(folder: Path, count: int) -> Path:
    """The page of a class of `count`, with files to link to beside it."""
    roll, counts = Roll(), ClassCounts()
    for report in counts.passing(roll.passing(students(count))):
        for file in ("report.html", "report.txt", "report.json"):
            write_whole(folder / "students" / folder_name(report.student) / file, b"")
    run = RunReport(
        course="Deep learning",
        started="2026-11-20T09:00:00Z",
        seconds=60,
        environment=ENVIRONMENT,
        students=(),
    )
    began = time.perf_counter()
    write_class_page(run, counts.report(), roll, folder)
    print(f"written in {time.perf_counter() - began:.2f} s")
    return folder / "class.html"


def opened(page: Path, rounds: int) -> Iterator[tuple[float, float, float]]:
    """Seconds until the page is ready, is sorted, is filtered; each round in a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        for _ in range(rounds):
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            began = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.locator("#tools").wait_for(state="visible")
            tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            ready = time.perf_counter() - began
            yield ready, *(tab.evaluate(_TIMED, action) / 1000 for action in ("sort", "filter"))
            browser.close()


def main() -> None:
    """Print the numbers; fails where one is above what it may be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        page = written(Path(scratch), chosen.students)
        size = page.stat().st_size
        columns = zip(*opened(page, chosen.rounds), strict=True)
        ready, sort, narrowed = (statistics.median(column) for column in columns)
    print(f"{chosen.students} students x {len(EXERCISES)} exercises: {size / 1e6:.2f} MB (at most 10)")
    print(f"ready {ready:.2f} s (at most {READY}), sorted {sort:.2f} s, filtered {narrowed:.2f} s")
    if size > SIZE or ready > READY:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
