"""What tests of the server start from."""

import pytest

from tests.grader.serve.a_run import ARun


@pytest.fixture
def run(tmp_path):
    """A run that goes on."""
    with ARun(tmp_path / "reports") as run:
        yield run
