"""What a worker says about lines is kept only where it stands in the files that were handed in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.findings import Frame
from grader.student import evidence as module
from grader.student.evidence import FRAMES, Evidence
from grader.submission import SubmittedFile
from grader.wire.messages import LINE_LENGTH, FrameInfo, clipped

SOURCE = """import torch


def softmax(x):
    e = x.exp()
    return e / e.sum()  # größer


class Mine(Exception): pass
"""
LONG = "x = '" + "y" * 500 + "'"


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


def evidence(**files):
    return Evidence(SubmittedFile(name.replace("__", "."), content) for name, content in files.items())


WORK = evidence(work__py=SOURCE.encode())


@pytest.mark.parametrize(
    "said",
    [
        FrameInfo("work.py", 5, "softmax", "e = x.exp()"),
        FrameInfo("work.py", 6, "softmax", "return e / e.sum()  # größer"),
        FrameInfo("work.py", 9, "<module>", "class Mine(Exception): pass"),
        FrameInfo("work.py", 9, "Mine", "class Mine(Exception): pass"),
        FrameInfo("work.py", 3, "<lambda>", ""),
        FrameInfo("work.py", 10, "", ""),  # a bracket that is missing at the end
    ],
)
def test_what_stands_there_is_kept(said):
    (frame,) = WORK.frames([said])
    assert frame == Frame(file=said.file, line=said.line, function=said.function, text=said.text)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (FrameInfo("work.py", 5, "got_3_14", "e = x.exp()"), ("", "e = x.exp()")),
        (FrameInfo("work.py", 5, "soft", "e = x.exp()"), ("", "e = x.exp()")),
        (FrameInfo("work.py", 5, ".*", "e = x.exp()"), ("", "e = x.exp()")),
        (FrameInfo("work.py", 5, "softmax", "3.14"), ("softmax", "")),
        (FrameInfo("work.py", 5, "softmax", "e = x"), ("softmax", "")),  # a part of a line is none
    ],
)
def test_a_function_or_text_that_is_not_there_is_left_empty(said, kept):
    (frame,) = WORK.frames([said])
    assert (frame.function, frame.text) == kept


@pytest.mark.parametrize(
    "said",
    [
        FrameInfo("other.py", 5, "softmax", "e = x.exp()"),
        FrameInfo("3.14", 5, "softmax", "e = x.exp()"),
        FrameInfo("", 5, "softmax", "e = x.exp()"),
        FrameInfo("work.py", 314, "softmax", "e = x.exp()"),
        FrameInfo("cell 1", 1, "softmax", "e = x.exp()"),  # there is no notebook
    ],
)
def test_a_line_of_no_file_is_left_out(said):
    assert WORK.frames([said]) == ()


@pytest.mark.parametrize("source", [SOURCE, SOURCE.splitlines(keepends=True)])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_lines_of_a_notebook(source, ascii_only):
    cells = {"cells": [{"cell_type": "code", "source": source}]}
    book = evidence(work__ipynb=json.dumps(cells, ensure_ascii=ascii_only).encode())
    said = [
        FrameInfo("cell 1", 6, "softmax", "return e / e.sum()  # größer"),
        FrameInfo("cell 1", 6, "softmax", "3.14"),
        FrameInfo("cell 1", 6, "got_3_14", "e = x.exp()"),
        FrameInfo("cell 3.14", 6, "softmax", "e = x.exp()"),
    ]
    assert [(frame.function, frame.text) for frame in book.frames(said)] == [
        ("softmax", "return e / e.sum()  # größer"),
        ("softmax", ""),
        ("", "e = x.exp()"),
    ]


def test_a_long_line_is_found_as_it_was_cut():
    cut = clipped(LONG, LINE_LENGTH)
    for there in (evidence(work__py=LONG.encode()), evidence(work__ipynb=notebook(LONG))):
        file = "work.py" if there.file("work.py") else "cell 1"
        assert there.frames([FrameInfo(file, 1, "", cut)])[0].text == cut
        assert there.frames([FrameInfo(file, 1, "", "z" + cut[1:])])[0].text == ""


def test_bytes_that_are_no_text_are_searched_all_the_same():
    there = evidence(work__py=b"\xff\xfe\ndef f(): pass\n")
    assert there.frames([FrameInfo("work.py", 2, "f", "def f(): pass")])[0].function == "f"


def test_of_many_lines_the_innermost_are_kept():
    said = [FrameInfo("work.py", line % 9, "softmax", "") for line in range(100)]
    assert [frame.line for frame in WORK.frames(said)] == [line % 9 for line in range(100 - FRAMES, 100)]


def test_names_of_files():
    assert WORK.file("work.py") == "work.py"
    assert WORK.file("3.14") == ""
    assert WORK.file("3.14", otherwise="work.py") == "work.py"


CANARY = st.text(alphabet="QXZJVW", min_size=6, max_size=9)
WORDS = st.sampled_from(["", "work.py", "cell 1", "softmax", "e = x.exp()", "<module>", "...", "def ", "\n"])


@given(CANARY, WORDS, WORDS, st.integers(0, 20), st.booleans())
def test_no_canary_comes_through(canary, before, after, line, spoil_file):
    said = before + canary + after
    infos = [FrameInfo(said if spoil_file else file, line, said, said) for file in ("work.py", "cell 1")]
    there = evidence(work__py=SOURCE.encode(), other__ipynb=notebook(SOURCE))
    assert canary not in str(there.frames(infos))


def test_searching_ends_where_frames_are_too_many_and_files_too_large(monkeypatch):
    content = b"def f(): pass\n" + b" " * 1000
    monkeypatch.setattr(module, "SEARCHED_BYTES", 10 * len(content))
    there = evidence(work__py=content)
    frames = [there.frames([FrameInfo("work.py", 1, "f", "")])[0] for _ in range(100)]
    assert {frame.function for frame in frames} == {"f"}  # the same one costs nothing
    later = [there.frames([FrameInfo("work.py", 1, "f", str(n))])[0].function for n in range(20)]
    assert later == ["f"] * 9 + [""] * 11
