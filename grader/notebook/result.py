"""What a check comes back with: reports as a cell shows them, or a sentence on why there are none.

A result shows itself once, when it is made; named in a later cell it shows
itself again. HTML where the front end has it, the terminal's text elsewhere.
What could not be done is an exception of one line, without a traceback.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.desk.progress import is_finished
from grader.errors import GraderError
from grader.notebook.kernel import shell

if TYPE_CHECKING:
    from grader.report.model import ExerciseReport


class NotChecked(GraderError):
    """Why nothing could be checked, in one sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback, which would say nothing more."""
        return [str(self)]


class Interrupted(KeyboardInterrupt):
    """A check that was interrupted, in one sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextmanager
def in_a_line() -> Iterator[None]:
    """Whatever keeps something from being done is one line in the cell."""
    try:
        yield
    except GraderError as error:
        raise NotChecked(str(error)) from None
    except KeyboardInterrupt:
        raise Interrupted("Interrupted: nothing was checked. The next check works as always.") from None


class Result:
    """What came of a check.

    Attributes:
        reports: One for each exercise that was checked.
    """

    def __init__(self, reports: tuple[ExerciseReport, ...]) -> None:
        self.reports = reports
        self._shown_in: int | None = None

    @property
    def passed(self) -> bool:
        """Whether there is nothing left to mend."""
        return all(is_finished(report) for report in self.reports)

    @property
    def report(self) -> ExerciseReport:
        """The report; of several exercises the first one's."""
        return self.reports[0]

    def show(self) -> None:
        """Show the reports in the cell that is running."""
        here = shell()
        if here is None:
            print(self)
            return
        self._shown_in = here.execution_count
        here.display_pub.publish(self._repr_mimebundle_())

    def __repr__(self) -> str:
        # Imported late: only whoever looks at a result needs rich.
        from grader.report.terminal import as_text, exercise_view

        return "\n".join(as_text(exercise_view(report, each_test=True)) for report in self.reports).rstrip()

    def _repr_html_(self) -> str:
        from grader.report.html import fragment

        return "\n".join(fragment(report, styled=place == 0) for place, report in enumerate(self.reports))

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """Both forms; a front end takes the one that it can show."""
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        """Show it, unless the cell that made it did so already."""
        here = shell()
        if here is None or here.execution_count != self._shown_in:
            self.show()
