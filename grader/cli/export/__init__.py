"""`grader export`: a run in the formats of other systems, one command a format.

The commands that fill somebody's own file never change it: what they write is a new
one. Whoever is on one side only is listed. Each imports what it needs when it runs.
"""

import typer

from grader.cli.export import analysis, gradescope, platforms, programs

app = typer.Typer(
    help="Write what a run found for another system.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command, about in (
    ("gradescope", gradescope.gradescope, "One student's report as results.json."),
    ("gradescope-bundle", gradescope.gradescope_bundle, "The archive with which Gradescope grades."),
    ("canvas", platforms.canvas, "Fill a column of Canvas's gradebook export."),
    ("moodle", platforms.moodle, "Fill Moodle's grading worksheet; write feedback files."),
    ("nbgrader", platforms.nbgrader, "The gradebook as nbgrader exports it."),
    ("junit", programs.junit, "JUnit XML, for CI."),
    ("github", programs.github, "A step's summary and annotations on GitHub."),
    ("classroom50", programs.classroom50, "One student's result.json for Classroom 50."),
    ("markdown", programs.markdown, "A student's report, or the class, as Markdown."),
    ("csv", analysis.csv, "One long table: a row for each test."),
    ("sqlite", analysis.sqlite, "A database with views of the usual questions."),
):
    app.command(name, short_help=about)(command)
