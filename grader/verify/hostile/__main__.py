"""Run a hostile class from the command line: `python -m grader.verify.hostile FOLDER`.

For tests that need another user or another wall than their own, and for whoever
writes an attack. Prints one line for each outcome; exit status 1 if one did not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from grader.errors import GraderError
from grader.report.safe import safe_text
from grader.sandbox.policy import Confinement
from grader.verdicts import Layer
from grader.verify.hostile import Goal, read_attacks, run_class


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="grader.verify.hostile", description="Grade a hostile class.")
    parser.add_argument("folder", type=Path, help="with course/, attacks/ and neighbours/")
    parser.add_argument("--jobs", type=int, default=2, help="slots side by side")
    parser.add_argument("--out", type=Path, help="where reports are kept")
    parser.add_argument("--only", action="append", default=[], metavar="SLUG", help="an attack, or a goal")
    parser.add_argument(
        "--without", action="append", default=[], type=Layer, metavar="LAYER", help="left out"
    )
    parser.add_argument("--json", action="store_true", help="print outcomes as JSON")
    options = parser.parse_args(arguments)
    wall = Confinement(frozenset(Layer) - frozenset(options.without)) if options.without else None
    try:
        attacks = read_attacks(options.folder)
        goals = {goal.value for goal in Goal} & set(options.only)
        slugs = [each.slug for each in attacks if each.slug in options.only or each.goal in goals]
        outcomes = run_class(
            options.folder, jobs=options.jobs, confinement=wall, out=options.out, only=slugs, progress=_tell
        )
    except GraderError as error:
        print(safe_text(str(error)), file=sys.stderr)
        return 2
    for outcome in outcomes:
        line = (
            json.dumps(asdict(outcome))
            if options.json
            else _line(outcome.slug, outcome.held, outcome.happened)
        )
        print(line)
    return 0 if all(outcome.held for outcome in outcomes) else 1


def _line(slug: str, held: bool, happened: str) -> str:
    return f"{'held' if held else 'NOT HELD':8}  {safe_text(slug):34}  {safe_text(happened)}"


def _tell(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
