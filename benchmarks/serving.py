"""Measures `grader serve` with a large class: how soon its page is of use, and how much is sent.

A class is made from data, as in `benchmarks.pages`, and put into a journal; nothing
is judged. Usable is when a headless Chromium shows the page with its first rows and
has drawn it; complete when all students are in it. Then some students are done
one by one, as in a run, and what each costs to send is read from the stream.

    python -m benchmarks.serving --students 2000
"""

from __future__ import annotations

import argparse
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.pages import EXERCISES, students
from grader.batch.journal import Journal, Run
from grader.batch.notice import NOTICE, Notice
from grader.report.model import StudentReport

READY = 2.0
"""Seconds in which the page must be usable."""

_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def put(journal: Journal, run: Run, report: StudentReport) -> None:
    """A student is done."""
    results = {
        each.name: journal.record(
            report.student, "", each.name, key="k", content="c", report=each, environment=report.environment
        ).id
        for each in report.exercises
    }
    journal.publish(run, report, results)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, float, int]]:
    """A server; its link, the seconds until it said it, and its process."""
    began = time.perf_counter()
    grader = Path(sys.executable).with_name("grader")
    with subprocess.Popen([grader, "serve", folder, "--port", "0"], stdout=-1, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        link = process.stdout.readline().strip()
        try:
            yield link, time.perf_counter() - began, process.pid
        finally:
            process.terminate()


def opened(link: str, count: int) -> tuple[float, float, float]:
    """Seconds until the page is usable, until it has everybody, and to narrow it by text."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        tab.goto(link, wait_until="commit")
        tab.locator("#grid tbody tr").first.wait_for(state="visible")
        tab.evaluate(_DRAWN)
        usable = time.perf_counter() - began
        tab.wait_for_function("(count) => document.querySelectorAll('#body tr').length === count", arg=count)
        complete = time.perf_counter() - began
        tab.wait_for_timeout(500)
        began = time.perf_counter()
        tab.get_by_label("Text").fill("nguyen")
        tab.evaluate(_DRAWN)
        narrowed = time.perf_counter() - began
        browser.close()
    return usable, complete, narrowed


def events(link: str) -> Iterator[tuple[str, int]]:
    """Each event of the stream: its kind and how many bytes it has."""
    place = urlsplit(link)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 0, timeout=60)
    connection.request("GET", f"{place.path}events")
    answer, size, kind = connection.getresponse(), 0, ""
    while line := answer.readline():
        size += len(line)
        if found := re.match(rb"event: (\w+)", line):
            kind = found[1].decode()
        if line == b"\n":
            if kind:
                yield kind, size
            size, kind = 0, ""


def main() -> None:
    """Print the numbers; fails where the page is usable too late."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    late = 20
    made = list(students(chosen.students + late))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Journal(folder) as journal:
            run = journal.begin("2026-01-01T00:00:00+00:00", EXERCISES)
            with journal._database.writing():  # at once: what is measured is reading
                for report in made[:-late]:
                    put(journal, run, report)
            notice = Notice(students=len(made), graded=0, reused=0, ends=None, running=())
            (folder / NOTICE).write_text(notice.model_dump_json())
            rounds = []
            for _ in range(chosen.rounds):
                with served(folder) as (link, started, _):
                    rounds.append((started, *opened(link, chosen.students)))
            print(f"{chosen.students} students x {len(EXERCISES)} exercises, medians of {chosen.rounds}")
            started, usable, complete, narrowed = (
                statistics.median(each) for each in zip(*rounds, strict=True)
            )
            print(f"the link after {started:.2f} s; usable {usable:.2f} s later (at most {READY})")
            print(f"all students after {complete:.2f} s, narrowed by text in {narrowed:.2f} s")
            with served(folder) as (link, _, process):
                time.sleep(15)  # everybody is read by then
                told = events(link)
                print(f"all of it: {next(told)[1]:,} bytes")
                sizes = []
                for report in made[-late:]:
                    put(journal, run, report)
                    sizes.append(next(told)[1])
                print(f"one student more: {statistics.median(sizes):,.0f} bytes, at most {max(sizes):,}")
                began = time.perf_counter()
                place = urlsplit(link)
                connection = http.client.HTTPConnection(place.hostname or "", place.port or 0)
                connection.request("GET", f"{place.path}class.html")
                size = len(connection.getresponse().read())
                print(f"the class so far: {size / 1e6:.2f} MB in {time.perf_counter() - began:.2f} s")
                [peak] = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
                print(f"the server's memory: {int(peak) / 1024:.0f} MB at most")
    if usable > READY:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
