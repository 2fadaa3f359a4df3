"""`grader check --watch`: what happens between two saves, and at each of them.

One loop waits for whatever comes first: a save, a key, an answer. A save is told
without what was saved, so each time the files themselves are compared with what
was judged last. Nothing here draws or reads keys itself: a `Face` shows frames,
which `watch_words` makes, and a `Keyboard` may be missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Course, Exercise
from grader.desk import keyboard
from grader.desk.keyboard import Keyboard
from grader.desk.latest import Judged, Latest, Work
from grader.desk.watch_words import Seen, frame_of
from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.desk.checker import Checker
    from grader.desk.progress import Progress
    from grader.desk.saves import Saves
    from grader.desk.screen import Face
    from grader.desk.surroundings import Glance, Surroundings

LOOK_SECONDS = 1.0
"""How often files are compared although nothing was told: some file systems forget to."""

HALF_SECONDS = 0.15
"""How long a file may be empty or away before that is what the student meant: editors empty, then write."""


@dataclass
class Desk:
    """What the loop works with.

    Attributes:
        surroundings: What lies around the student.
        checker: Judges.
        saves: Tells of saves.
        face: Shows frames.
        progress: What she has passed before.
        keyboard: Her keys, if there are any.
        seed: Draws other inputs; None draws the same ones each time.
        plain: Whether results are said as to a screen reader.
        follows: Whether a save of another exercise is shown by itself; else a key leads there.
        clock: Seconds, never running backwards.
    """

    surroundings: Surroundings
    checker: Checker
    saves: Saves
    face: Face
    progress: Progress
    keyboard: Keyboard | None = None
    seed: int | None = None
    plain: bool = False
    follows: bool = False
    clock: Callable[[], float] = time.monotonic


class Watching:
    """Watches over one exercise after another, until the student has had enough.

    Args:
        desk: What it works with.
        course: The course.
        first: The exercise to begin with.
    """

    def __init__(self, desk: Desk, course: Course, first: str) -> None:
        self._desk = desk
        self._latest = Latest(desk.checker, desk.seed, desk.clock)
        self._seen = Seen(course, course.exercise(first), desk.plain, desk.keyboard is not None)
        self._stamps: dict[str, object] = {}
        self._half_since: float | None = None
        self._over = False

    def run(self) -> None:
        """Watch until `q` is pressed.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        self._look()
        while not self._over:
            self._show()
            self._follow()  # only now: what came of the one before has been said
            self._step()

    def end(self) -> None:
        """Have `run` return soon, as after `q`."""
        self._over = True

    # --- the loop -----------------------------------------------------------------

    def _step(self) -> None:
        desk = self._desk
        ready = self._ready()
        self._take_answer()
        if desk.keyboard is not None:
            if desk.keyboard.fileno() in ready:
                for key in desk.keyboard.pressed():
                    self._press(key)
            if desk.keyboard.changes in ready:
                desk.keyboard.changed()
        if desk.saves.fileno() in ready:
            desk.saves.take()
        self._look()

    def _ready(self) -> list[int]:
        """Wait until something happens; the descriptors that are readable."""
        desk = self._desk
        sources = [desk.saves.fileno()]
        if desk.keyboard is not None:
            sources += [desk.keyboard.fileno(), desk.keyboard.changes]
        if desk.checker.is_asked:
            sources.append(desk.checker.fileno())
        return [each for each in wait(sources, self._timeout()) if isinstance(each, int)]

    def _timeout(self) -> float:
        due = self._latest.due()
        waits = [LOOK_SECONDS] + ([] if due is None else [due])
        if self._half_since is not None:
            waits.append(max(0.0, self._half_since + HALF_SECONDS - self._desk.clock()))
        return min(waits)

    def _show(self) -> None:
        seen, latest = self._seen, self._latest
        seen.checking, seen.is_starting = latest.seconds, latest.is_starting
        seen.polled = self._desk.saves.polled
        self._desk.face.show(frame_of(seen))

    # --- saves --------------------------------------------------------------------

    def _look(self) -> None:
        """Compare what is there with what is judged, and have it judged if it is new."""
        desk, seen = self._desk, self._seen
        try:
            desk.saves.watch(desk.surroundings.folders())
            glance = desk.surroundings.glance(seen.exercise.name)
            if not seen.standings:
                seen.standings = desk.surroundings.standings(desk.progress)
        except GraderError as error:
            seen.problem = str(error)
            return
        seen.problem, seen.course, seen.exercise = "", glance.course, glance.exercise
        self._notice(glance)
        if self._is_half(glance.work):
            return
        seen.path = glance.work.path if glance.work is not None else None
        if glance.work is not None:
            self._latest.want(glance.work)
        elif self._latest.newest is not None or seen.judged is not None:
            self._latest.forget()
            seen.judged = None

    def _is_half(self, work: Work | None) -> bool:
        """Whether a file that was there may only be away, or empty, for the moment."""
        newest = self._latest.newest
        if newest is None or newest == work or (work is not None and _size(work.path)):
            self._half_since = None
            return False
        if self._half_since is None:
            self._half_since = self._desk.clock()
        return self._desk.clock() < self._half_since + HALF_SECONDS

    def _notice(self, glance: Glance) -> None:
        """See which other exercises were saved: they are said, or one is turned to by itself."""
        first = not self._stamps
        for name, stamp in glance.stamps.items():
            if not first and stamp != self._stamps.get(name) and name != glance.exercise.name:
                self._seen.others[name] = None
        self._stamps = {**self._stamps, **glance.stamps}

    def _follow(self) -> None:
        """Turn to an exercise that was saved, once the one before is judged."""
        others = self._seen.others
        if self._desk.follows and others and self._latest.seconds is None and self._half_since is None:
            self._go(self._seen.course.exercise(next(iter(others))))
            self._look()

    # --- answers ------------------------------------------------------------------

    def _take_answer(self) -> None:
        judged = self._latest.judged()
        if judged is None or judged.work.exercise.name != self._seen.exercise.name:
            return
        self._seen.result(judged, finished=self._record(judged))

    def _record(self, judged: Judged) -> bool:
        """Note what came of her own work; whether that finished the exercise."""
        desk, report = self._desk, judged.report
        if report is None or not desk.surroundings.is_own(judged.work):
            return False
        finished = desk.progress.record(report, judged.work.bundle.digest, judged.at)
        self._seen.standings = desk.surroundings.standings(desk.progress)
        return finished

    # --- keys ---------------------------------------------------------------------

    def _press(self, key: str) -> None:
        seen = self._seen
        match key:
            case "q" | keyboard.END:
                self.end()
            case "n" | "p":
                self._move(1 if key == "n" else -1)
            case "r":
                self._latest.forget()
                seen.turn_to("result")
            case "h":
                seen.hint(self._desk.progress)
                seen.standings = ()
            case "l":
                seen.turn_to("result" if seen.page == "list" else "list")
                seen.standings = ()
            case "?":
                seen.turn_to("result" if seen.page == "keys" else "keys")
            case " ":
                self._desk.face.turn()
            case keyboard.ESCAPE | "\n":
                seen.turn_to("result")

    def _move(self, by: int) -> None:
        names = self._seen.course.names
        at = names.index(self._seen.exercise.name) + by
        if 0 <= at < len(names):
            self._go(self._seen.course.exercise(names[at]))
        else:
            self._seen.note = f"This is the {'last' if by > 0 else 'first'} exercise."

    def _go(self, exercise: Exercise) -> None:
        self._seen.go(exercise)
        self._latest.forget()
        self._half_since = None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _stamp(path: Path | None) -> object:
    try:
        seen = path.stat() if path is not None else None
    except OSError:
        return None
    return None if seen is None else (path, seen.st_mtime_ns, seen.st_size)
