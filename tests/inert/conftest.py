"""A small course on disk, and the command line run as it is typed."""

from tests.grader.cli.conftest import _plain_environment, course, desk, run

__all__ = ["_plain_environment", "course", "desk", "run"]
