"""The commands. The only chapter that catches, prints and exits.

One module a command; each imports what it needs when it runs, so that
`grader --help` and shell completion cost no torch and no pydantic. `grade` has
more: its `request`, the run (`marking`, or `watching` where submissions
arrive), what a run keeps (`book`), shows (`live`, `tally`) and writes (`outputs`).
"""

import sys


def main() -> None:
    """What `grader` on the command line runs; exits with 0, 1, 2 or 130."""
    # Imported here: the judge's processes import this module again when they start.
    try:
        from grader.cli.app import run
    except KeyboardInterrupt:
        print("grader: Stopped.", file=sys.stderr)
        sys.exit(130)

    run()
