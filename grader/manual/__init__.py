"""Pages of the docs that are made from the program: every command, and the schema of reports.

`python -m grader.manual` writes them to `docs/`; a test compares the files there
with the program. They are committed, so that they can be read without a site and
a change of a command's words shows in the diff. The pages are plain Markdown, made
from the program alone: the same program, the same bytes.
"""

from collections.abc import Callable

from grader.manual.commands import commands_page
from grader.manual.schema import schema_page

PAGES: dict[str, Callable[[], str]] = {
    "docs/commands.md": commands_page,
    "docs/report-schema.md": schema_page,
}
"""Where each page is kept, from the root of the repository, and what makes it."""
