"""Run the plugin inside a pytest session of its own.

The session sees the course's test files and nothing else: no configuration
file, no conftest, no plugin that happens to be installed, no output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from grader.errors import CourseError
from grader.judge.plugin import JudgePlugin

_OPTIONS = (
    "--import-mode=importlib",
    "--noconftest",
    "--capture=no",
    "--quiet",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:junitxml",
    "-p",
    "no:logging",
    "-p",
    "no:warnings",
    "-p",
    "no:faulthandler",
    "-p",
    "no:unraisableexception",
    "-p",
    "no:threadexception",
)


def serve(plugin: JudgePlugin, tests: Sequence[Path], root: Path) -> None:
    """Collect `tests` once and let `plugin` take its jobs; returns when there are none left.

    Args:
        plugin: The judge.
        tests: Test files of the course.
        root: The course's folder.

    Raises:
        GraderError: A test file is missing or cannot be collected, or the far
            side cannot be started.
        KeyboardInterrupt: Ctrl-C.
    """
    for path in tests:
        if not path.is_file():
            raise CourseError(f"{path} is missing; every exercise needs its tests there.")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    arguments = [*_OPTIONS, "-c", os.devnull, f"--rootdir={root}", *map(str, tests)]
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    # References work on small inputs. With more threads than one, a step backward of a tiny network
    # took 25 ms on a busy machine, in which its threads waited for each other; with one, 0.4 ms.
    torch.set_num_threads(1)
    # A tensor that a test makes by itself goes together with those that the far side makes.
    torch.set_default_dtype(plugin.dtype)
    try:
        code = pytest.main(arguments, plugins=[plugin, _Silence()])
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)
        _forget(tests)
    if plugin.problem is not None:
        raise plugin.problem
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise CourseError(f"pytest could not run the tests of {root} (exit status {int(code)}).")


def _forget(tests: Sequence[Path]) -> None:
    """Drop the test modules, so that a later session of this process imports its own.

    pytest names modules by their path from the root, which another course shares.
    """
    paths = {str(path) for path in tests}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in paths:
            del sys.modules[name]


class _Silence:
    """Keeps pytest's own report off the screen; ours is another."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Send what pytest would print to nowhere."""
        config.pluginmanager.unregister(name="terminalreporter")
