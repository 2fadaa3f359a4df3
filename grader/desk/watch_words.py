"""What `grader check --watch` says: where the student is, what came of her work, what to do next.

`Seen` is all that is known at a moment, `frame_of` puts it into words. Nothing here waits or draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.text import Text

from grader.course import Course, Exercise
from grader.desk.advice import celebration
from grader.desk.latest import Judged
from grader.desk.progress import Progress, is_finished
from grader.desk.screen import Frame
from grader.desk.standing import Stage, Standing
from grader.report.hints import hint_lines, hint_view
from grader.report.numbers import count
from grader.report.plain import exercise_lines
from grader.report.safe import safe_text
from grader.report.terminal import exercise_view

KEYS = "n next  p previous  r run again  h hint  l list  ? keys  q quit"
"""The last line: what can be pressed."""

_EXPLAINED = (
    ("n", "the next exercise"),
    ("p", "the previous exercise"),
    ("r", "run the tests again"),
    ("h", "a hint; once more, the next one, which says more"),
    ("l", "all exercises, and how far you are"),
    ("space", "what did not fit on the screen"),
    ("Esc", "back to the result"),
    ("q", "quit"),
)

SLOW_SECONDS = 0.5
"""A check that takes longer is said to go on; what flickers for less helps nobody."""

Page = Literal["result", "list", "keys"]


@dataclass
class Seen:
    """All that is known at one moment.

    Attributes:
        course: The course as its files say.
        exercise: The exercise that is watched.
        plain: Whether it is said as to a screen reader.
        has_keys: Whether there are keys to be told of.
        standings: How far she is with every exercise; () if that must be seen anew.
        path: Her file, if it is there.
        judged: What came of it last.
        problem: Why nothing can be judged, in one sentence.
        has_finished: Whether the last check finished the exercise.
        checking: For how long a check has gone on; None if there is none.
        is_starting: Whether the first check waits for torch.
        polled: A folder that is looked at again and again, because the system does not tell of it.
        page: What is to be read.
        shown_hint: The hint that is shown, counted from 0; None if none is.
        others: Exercises that were saved and are not watched, in order.
        note: Something that is said until something else happens.
        news: How often what is to be read has changed.
    """

    course: Course
    exercise: Exercise
    plain: bool = False
    has_keys: bool = True
    standings: tuple[Standing, ...] = ()
    path: Path | None = None
    judged: Judged | None = None
    problem: str = ""
    has_finished: bool = False
    checking: float | None = None
    is_starting: bool = False
    polled: Path | None = None
    page: Page = "result"
    shown_hint: int | None = None
    others: dict[str, None] = field(default_factory=dict)
    note: str = ""
    news: int = 0

    def go(self, exercise: Exercise) -> None:
        """Turn to another exercise, of which nothing is known yet."""
        self.exercise, self.path, self.judged = exercise, None, None
        self.others.pop(exercise.name, None)
        self.shown_hint, self.has_finished = None, False
        self.turn_to("result")

    def result(self, judged: Judged, *, finished: bool) -> None:
        """A result is there; it is what is to be read, whatever was before."""
        self.judged, self.has_finished = judged, finished
        self.shown_hint = None
        self.turn_to("result")

    def turn_to(self, page: Page) -> None:
        """Have something to be read."""
        self.page, self.note = page, ""
        self.news += 1

    def hint(self, progress: Progress) -> None:
        """Show a hint: the next one that was not seen, or after all were seen the next one of all."""
        hints = self.exercise.hints
        if not hints:
            self.note = "There are no hints for this exercise; its README.md says what is asked for."
            return
        unseen = progress.hints_seen(self.exercise.name)
        if unseen < len(hints):
            self.shown_hint = unseen
            progress.see_hint(self.exercise.name)
        else:
            self.shown_hint = (len(hints) - 1 if self.shown_hint is None else self.shown_hint + 1) % len(
                hints
            )
        self.turn_to("result")


def frame_of(seen: Seen) -> Frame:
    """What is to be seen of `seen`."""
    missing = seen.path is None and seen.judged is None
    is_empty = seen.judged is None and seen.page == "result" and seen.shown_hint is None and not missing
    return Frame(
        head=_head(seen),
        body=_body(seen),
        said=tuple(_said(seen)),
        status=_status(seen),
        keys=KEYS,
        news=None if is_empty and not seen.problem else (seen.news, seen.problem, missing),
    )


# --- lines ------------------------------------------------------------------------


def _head(seen: Seen) -> str:
    names = seen.course.names
    at = names.index(seen.exercise.name) + 1
    done = sum(each.is_done for each in seen.standings)
    return f"{seen.exercise.name}: exercise {at} of {len(names)}, {done} finished"


def _said(seen: Seen) -> Iterator[Text]:
    if seen.page == "result" and not seen.problem:
        yield from _next(seen)
    if seen.others and seen.has_keys:
        was = "was" if len(seen.others) == 1 else "were"
        yield Text(f"{', '.join(seen.others)} {was} saved, too; n and p go there.")
    if seen.note:
        yield Text(seen.note)


def _next(seen: Seen) -> Iterator[Text]:
    """What to do after a result."""
    judged = seen.judged
    if judged is None or judged.report is None:
        return
    if not is_finished(judged.report):
        name = safe_text(judged.work.path.name)
        yield Text(f"Next: change {name} and save it.{_help(seen)}")
        return
    left = [each.exercise.name for each in seen.standings if not each.is_done]
    after = seen.course.names[seen.course.names.index(seen.exercise.name) + 1 :]
    done = f"{seen.exercise.name} is finished."
    if seen.has_finished:
        done = celebration(seen.standings, seen.exercise.name)
    goes = f" Left: {', '.join(left)}." if left else ""
    if left and seen.has_keys:
        goes = " n goes on." if after else f"{goes[:-1]}; p goes there."
    yield Text(f"{done}{goes}", "green")


def _help(seen: Seen) -> str:
    """Where there is a hint, as long as none is shown."""
    if not seen.exercise.hints or seen.shown_hint is not None:
        return ""
    if seen.has_keys:
        return " Stuck? h shows a hint."
    return f" Stuck? `grader hint {seen.exercise.name}` shows a hint."


def _status(seen: Seen) -> str:
    judged = seen.judged
    if seen.is_starting:
        said = "starting: the first answer takes some seconds, then they come at once ..."
    elif seen.checking is not None and (judged is None or seen.checking >= SLOW_SECONDS):
        said = f"checking {seen.exercise.name} ... {seen.checking:.0f} s"
    elif judged is not None:
        said = f"checked at {judged.at:%H:%M:%S} in {judged.seconds:.2f} s; save to check again"
    else:
        said = "watching"
    if seen.polled is not None:
        said += f"; looking ten times a second, as nothing tells of saves in {safe_text(str(seen.polled))}"
    return said


# --- what is to be read -----------------------------------------------------------


def _body(seen: Seen) -> RenderableType:
    if seen.page == "list":
        return _list(seen)
    if seen.page == "keys":
        return Text("\n".join(f"{key:>7}  {said}" for key, said in _EXPLAINED))
    if seen.shown_hint is None:
        return _result(seen)
    return Stack(_hint(seen, seen.shown_hint), Text(), _result(seen))


def _result(seen: Seen) -> RenderableType:
    judged = seen.judged
    if seen.problem:
        return Text(f"Not checked: {safe_text(seen.problem, 2000)}")
    if judged is not None and judged.report is not None:
        if seen.plain:
            return _plain(exercise_lines(judged.report))
        return exercise_view(judged.report)
    if judged is not None:
        return Text(f"Not checked: {safe_text(judged.problem, 2000)}")
    if seen.path is not None:
        return Text()
    name = seen.exercise.name
    return Text(
        f"There is no {name}.py here yet. Type `grader start {name}` in another terminal, "
        "or write the file; it is checked as soon as it is there."
    )


def _hint(seen: Seen, at: int) -> RenderableType:
    hints = seen.exercise.hints
    told = (seen.exercise.name, hints[min(at, len(hints) - 1)], at + 1, len(hints))
    return _plain(hint_lines(*told)) if seen.plain else hint_view(*told)


def _plain(lines: Sequence[str]) -> Text:
    return Text("\n".join(lines))


def _list(seen: Seen) -> RenderableType:
    width = max(map(len, seen.course.names))
    lines = []
    for standing in seen.standings:
        name = standing.exercise.name
        mark = ">" if name == seen.exercise.name else " "
        style = "green" if standing.is_done else ""
        lines.append(Text(f"{mark} {name:<{width}}  {_state(standing)}", style))
    return Stack(*lines)


def _state(standing: Standing) -> str:
    last = standing.last
    if standing.stage is Stage.CHECKED and last is not None:
        said = f"{last.passed} of {count(last.tests, 'test')} passed"
    else:
        said = str(standing.stage)
    return f"{said}, changed since" if standing.changed else said
