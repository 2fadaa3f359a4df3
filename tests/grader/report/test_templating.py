"""All HTML comes from templates that escape, and from nowhere else."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

import grader
from grader.report.templating import templates

GRADER = Path(grader.__file__).parent


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "page.html").write_text("<p>{{ text }}</p>\n")
    return tmp_path


def test_what_is_said_is_escaped(folder):
    assert templates(folder).get_template("page.html").render(text="<b>") == "<p>&lt;b&gt;</p>"


def test_what_nobody_has_said_is_an_error(folder):
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        templates(folder).get_template("page.html").render()


def test_the_first_folder_counts(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "page.html").write_text("other")
    (other / "more.html").write_text("more")
    both = templates(folder, other)
    assert both.get_template("page.html").render(text="") == "<p></p>"
    assert both.get_template("more.html").render() == "more"


def test_nobody_else_makes_templates():
    makers = [path for path in GRADER.rglob("*.py") if "jinja2" in path.read_text(encoding="utf-8")]
    assert makers == [GRADER / "report" / "templating.py"]
