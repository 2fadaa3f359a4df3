"""What a check comes back with, where there is no kernel to show it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from grader.findings import NotRun
from grader.notebook import NotChecked, Result, check
from grader.verdicts import Blame, Verdict
from tests.grader.report.conftest import make_exercise, make_test

RIGHT = make_exercise("softmax", make_test())
WRONG = make_exercise("conv2d", make_test("Two channels", Verdict.ERROR))


def test_several_reports_share_a_style():
    result = Result((RIGHT, WRONG))
    assert result._repr_html_().count("<style>") == 1
    assert result._repr_html_().count("<section") == 2
    assert "softmax: Softmax" in repr(result)
    assert "conv2d: Conv2d" in repr(result)
    assert result.report is RIGHT


def test_it_passed_if_there_is_nothing_to_mend():
    absent = make_test(
        "On a GPU", Verdict.NOT_RUN, NotRun(reason="no-cuda"), device="cuda", blame=Blame.OPERATOR
    )
    assert Result((RIGHT,)).passed
    assert Result((make_exercise("softmax", make_test(), absent),)).passed
    assert not Result((RIGHT, WRONG)).passed


def test_without_a_notebook_it_says_what_to_type():
    with pytest.raises(NotChecked, match="at a terminal, type `grader check` instead"):
        check()


def test_importing_it_is_light():
    program = (
        "import sys, grader.notebook; print(*{'torch', 'pytest', 'numpy', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_in_ipython_at_a_terminal_it_is_text(tmp_path, tiny_course):
    cells = "\n".join(
        [
            "from grader.notebook import check",
            "double = lambda x, times=2: x * times",
            "result = check(double)",
            "print(type(get_ipython()).__name__, result.passed)",
            "check('duoble')",
        ]
    )
    command = [sys.executable, "-m", "IPython", "--no-banner", "--simple-prompt", "--colors=NoColor"]
    environment = {
        "GRADER_COURSE": str(tiny_course.root),
        "IPYTHONDIR": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        command, input=cells, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    said = " ".join(done.stdout.split())
    assert "double: Double passed used cell 2 of 3 in notebook.ipynb" in said
    assert "TerminalInteractiveShell True" in said
    assert "No exercise is called 'duoble'. Did you mean 'double'?" in said
    assert "Traceback" not in said
