"""The cells of docs/in-a-notebook.md, run in a kernel as they stand there."""

from __future__ import annotations

import re

import pytest

from tests.grader.notebook.a_kernel import a_kernel


@pytest.mark.slow
def test_documented_cells_do_what_the_page_says(pytestconfig, tmp_path, tmp_path_factory, monkeypatch):
    root = pytestconfig.rootpath
    monkeypatch.setenv("GRADER_COURSE", str(root))
    page = (root / "docs/in-a-notebook.md").read_text(encoding="utf-8")
    first, tried, better, gone_on = re.findall(r"```ipython\n(.*?)\n```", page, re.DOTALL)
    with a_kernel(tmp_path, tmp_path_factory.mktemp("k")) as kernel:
        assert kernel.run(first).error == ""
        assert "softmax: Softmax wrong answer" in kernel.run(tried).text
        assert "all 6 tests passed" in kernel.run(better).html
        ran = kernel.run(gone_on)
        assert ran.error == ""
        # All that the table says is at hand.
        (both, everything) = kernel.run('check(softmax, "softmax")'), kernel.run("%%check\npass")
        assert "all 6 tests passed" in both.html
        assert "all 6 tests passed" in everything.html
        assert "all 6 tests passed" in kernel.run("check(softmax, seed=1)").html
