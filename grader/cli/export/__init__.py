"""`grader export`: a run in the formats of other systems, one command a format.

The commands that fill somebody's own file never change it: what they write is a new
one. Whoever is on one side only is listed. Each imports what it needs when it runs.
"""

import typer

from grader.cli.export import gradescope, platforms

app = typer.Typer(
    help="Write what a run found for another system.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command, about in (
    ("gradescope", gradescope.gradescope, "One student's report as results.json."),
    ("canvas", platforms.canvas, "Fill a column of Canvas's gradebook export."),
    ("moodle", platforms.moodle, "Fill Moodle's grading worksheet; write feedback files."),
    ("nbgrader", platforms.nbgrader, "The gradebook as nbgrader exports it."),
):
    app.command(name, short_help=about)(command)
