"""Files as notebooks: every version and oddity, numbers of cells, metadata."""

import json

import pytest

from grader.worker.notebook.reading import NotANotebook, code_cells, numbers, read
from grader.worker.notebook.selecting import functions
from tests.grader.worker.notebook.books import book, cell


def test_cells_are_numbered_as_after_run_all():
    text = {"cell_type": "markdown", "source": "# Title", "metadata": {}}
    cells = code_cells(book(text, "x = 1", "", "  \n", text, "y = 2"))
    assert [(cell.number, cell.text) for cell in cells] == [(1, "x = 1"), (2, "y = 2")]


@pytest.mark.parametrize(
    "content",
    [
        book(["def f():\n", "    return 1"]),
        book("def f():\r\n    return 1"),
        b"\xef\xbb\xbf" + book("def f():\n    return 1"),
        json.dumps({"cells": [{"cell_type": "code", "source": "def f():\n    return 1"}]}).encode(),
        book({"cell_type": "code"}, {"source": 3}, 5, {"cell_type": "code", "source": [1]},  # type: ignore[arg-type]
             "def f():\n    return 1"),
        json.dumps({
            "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
            "worksheets": [{"cells": [
                {"cell_type": "heading", "level": 1, "source": ["Homework"], "metadata": {}},
                {"cell_type": "code", "collapsed": False, "input": ["def f():\n", "    return 1"],
                 "language": "python", "metadata": {}, "outputs": []},
            ], "metadata": {}}],
        }).encode(),
    ],
    ids=["list", "CRLF", "BOM", "bare", "odd cells", "version 3"],
)  # fmt: skip
def test_every_kind_of_notebook_is_read(content):
    assert functions(code_cells(content)) == {"f"}


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", "empty", ""),
        (b" \n", "empty", ""),
        (b'{"cells": [', "notebook", "not valid JSON"),
        (b"def f(): pass", "notebook", "not valid JSON"),
        (b"[" * 100_000, "notebook", "not valid JSON"),
        (b"\xff\xfe", "notebook", "not UTF-8"),
        (b"[]", "notebook", "no cells"),
        (b"{}", "notebook", "no cells"),
        (b'{\n"cells": [\n<<<<<<< HEAD\n]}', "notebook", "merge conflict, the first in line 3"),
    ],
)
def test_what_is_no_notebook(content, reason, detail):
    with pytest.raises(NotANotebook) as caught:
        code_cells(content)
    assert caught.value.reason == reason
    assert detail in str(caught.value)


@pytest.mark.parametrize(
    "old", [None, [], [3], [{}], [{"cells": 3}], [{"cells": [{}, None, 5, {"cell_type": "code"}]}]]
)
def test_old_notebooks_with_odd_parts_have_no_cells_for_them(old):
    assert code_cells(json.dumps({"worksheets": old}).encode()) == ()


def test_of_a_great_many_cells_the_last_are_read():
    cells = code_cells(book(*["x = 1"] * 2001, "def f(): return 1"))
    assert (len(cells), cells[0].number, cells[-1].number) == (2000, 3, 2002)


@pytest.mark.parametrize("cells", [None, {}, "text", 3])
def test_cells_that_are_no_list_are_none(cells):
    assert code_cells(json.dumps({"cells": cells, "nbformat": 4}).encode()) == ()


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({"nbgrader": {"grade": True, "solution": False, "locked": True}}, "tests"),
        ({"nbgrader": {"grade": True, "solution": True}}, None),
        ({"nbgrader": {"grade": False, "solution": False, "locked": True}}, None),
        ({"nbgrader": {"grade": "yes"}}, None),
        ({"nbgrader": 3}, None),
        ({"tags": ["otter_ignore"]}, "ignored"),
        ({"tags": "otter_ignore"}, None),
        ({"tags": [["otter_ignore"], None]}, None),
        ({"tags": ["otter_include"]}, None),
    ],
)
def test_metadata_say_what_is_not_to_be_run(metadata, why):
    (only,) = code_cells(book(cell("def f(): return 1", **metadata)))
    assert (only.why, bool(only.body)) == (why, why is None)
    assert only.included == (metadata.get("tags") == ["otter_include"])


def test_metadata_may_be_anything():
    odd = [{"cell_type": "code", "source": "x = 1", "metadata": each} for each in (None, 3, [], "x")]
    assert [each.why for each in code_cells(book(*odd))] == [None] * 4


def test_numbers_lead_to_the_cells_of_the_file():
    text = {"cell_type": "markdown", "source": "# Title"}
    whole = read(book(text, "x = 1", " \n", {"no": "cell"}, ["y = ", "2"]))
    assert numbers(whole) == {1: 1, 2: 4}
