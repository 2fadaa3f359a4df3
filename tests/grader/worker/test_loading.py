"""Loading .py files: every encoding, every way to fail, helpers beside the file."""

import pytest

from grader.wire.messages import Loaded, LoadFailed

GOOD = "def f(): return 'grün'\n"


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        b"# -*- coding: latin-1 -*-\n" + GOOD.encode("latin-1"),
        b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\n" + GOOD.encode(),
        GOOD.rstrip().encode(),
    ],
    ids=["plain", "BOM", "CRLF", "cookie", "BOM and cookie", "no newline"],
)
def test_every_honest_encoding_loads(worker, content):
    assert worker.load(content, "f") == Loaded(1, "task.py", ("f",), (), ("f",))
    assert worker.value("f") == "grün"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"def f():\n    # ok\n    return 'gr\xfcn'\n", "byte 0xFC in line 3"),
        (b"x = 'caf\xe9'\n", "byte 0xE9 in line 1"),
        ("def f(): pass\n".encode("utf-16"), "byte 0xFF in line 1"),
        (b"# coding: nonsense\ndef f(): pass\n", "unknown encoding: nonsense"),
        (b"# coding: hex\ndef f(): pass\n", "'hex' is not a text encoding"),
    ],
)
def test_text_that_is_not_what_it_says(worker, content, detail):
    answer = worker.load(content, "f")
    assert isinstance(answer, LoadFailed)
    assert (answer.reason, answer.file) == ("encoding", "task.py")
    assert detail in answer.detail


@pytest.mark.parametrize("content", [b"", b"\n \t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file(worker, content):
    answer = worker.load(content, "f")
    assert (answer.reason, answer.file) == ("empty", "task.py")


@pytest.mark.parametrize(
    ("content", "line", "text", "message"),
    [
        ("import math\ndef f(x:\n    return x\n", 2, "def f(x:", "was never closed"),
        ("def f():\nreturn 1\n", 2, "return 1", "expected an indented block"),
        ("def f():\n    if x = 1: pass\n", 2, "if x = 1: pass", "invalid syntax"),
        ("def f():\n\tif 1:\n        return 1\n", 3, "return 1", "inconsistent use of tabs"),
    ],
)
def test_a_syntax_error_says_where(worker, content, line, text, message):
    answer = worker.load(content, "f")
    assert (answer.reason, answer.file) == ("syntax", "task.py")
    assert message in answer.detail
    assert answer.exception.message == answer.detail
    frame = answer.exception.frames[-1]
    assert (frame.file, frame.line, frame.text) == ("task.py", line, text)


@pytest.mark.parametrize(
    "content", [b"x = 1\0\n", ("x = " + "(" * 5000).encode(), ("-" * 100_000 + "1").encode()]
)
def test_what_the_compiler_itself_refuses_is_a_syntax_error(worker, content):
    answer = worker.load(content, "f")
    # Newer versions of Python compile some of these, and then miss the entry point.
    assert isinstance(answer, Loaded) or answer.reason == "syntax"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("import not_a_module_at_all", "ModuleNotFoundError"),
        ("raise SystemExit", "SystemExit"),
        ("1 / 0", "ZeroDivisionError"),
        ("input('your name? ')", "EOFError"),
    ],
)
def test_an_import_that_fails(worker, statement, kind):
    answer = worker.load(f"x = 1\n{statement}\ndef f(): pass\n", "f")
    assert (answer.reason, answer.file, answer.exception.type) == ("exception", "task.py", kind)
    assert answer.exception.frames[-1].line == 2


def test_nothing_that_could_be_loaded(worker):
    assert worker.load({"other.py": GOOD}, "f").reason == "missing"


def test_a_self_test_does_not_run(worker):
    worker.load("def f(): return __name__\nif __name__ == '__main__': raise ValueError\n", "f")
    assert worker.value("f") == "task"


def test_anything_that_can_be_called_is_an_entry_point(worker):
    source = """
from functools import partial
class Callable_:
    def __call__(self): return "object"
a = lambda: "lambda"
b = Callable_()
c = partial(lambda x: x, "partial")
d = 3
e = None
"""
    answer = worker.load(source, *"abcdefg")
    assert answer.found == ("a", "b", "c")
    assert answer.missing == ("d", "e", "f", "g")
    assert [worker.value(name) for name in "abc"] == ["lambda", "object", "partial"]


def test_names_that_no_source_can_hold_are_not_suggested(worker):
    source = "def f(): pass\nfor name in ('\\ud800', 'a b', ''): globals()[name] = f\n"
    loaded = worker.load(source, "f")
    assert (loaded.found, loaded.names) == (("f",), ("f",))


def test_names_for_suggestions_are_the_file_s_own(worker):
    source = "import math\nfrom torch import nn, relu\nfrom torch.nn import Linear\n"
    source += "def sofmax(): pass\nclass Net: pass\ndef _hidden(): pass\nx = 1\n"
    answer = worker.load(source, "softmax")
    assert answer.missing == ("softmax",)
    assert answer.names == ("sofmax", "Net")


def test_helpers_beside_the_file_are_imported(worker):
    files = {
        "task.py": "from steps import first\ndef f(x): return first(x)\n",
        "steps.py": "def first(x): return x[0]\n",
    }
    worker.load(files, "f")
    assert worker.value("f", [5]) == 5
    frames = worker.call("f", []).exception.frames
    assert [(frame.file, frame.line, frame.text) for frame in frames] == [
        ("task.py", 2, "def f(x): return first(x)"),
        ("steps.py", 1, "def first(x): return x[0]"),
    ]


def test_a_helper_with_a_mistake_is_named(worker):
    answer = worker.load({"task.py": "import steps\n", "steps.py": "x = 1\ndef g(:\n"}, "f")
    assert (answer.reason, answer.file) == ("syntax", "steps.py")
    assert answer.exception.frames[-1].line == 2


def test_a_helper_cannot_stand_in_for_what_is_already_loaded(worker):
    files = dict.fromkeys(("torch.py", "grader.py", "numpy.py", "random.py"), "raise SystemExit('mine')\n")
    files["task.py"] = "import torch, grader, numpy, random\ndef f(): return torch.ones(2).sum().item()\n"
    worker.load(files, "f")
    assert worker.value("f") == 2


def test_the_file_is_a_module_like_any_other(worker):
    files = {
        "task.py": "import steps\nfrom dataclasses import dataclass\n@dataclass\nclass D:\n    x: 'int'\n"
        "def f(): return steps.back() is f and D(1).x\n",
        "steps.py": "def back():\n    import task\n    return task.f\n",
    }
    worker.load(files, "f")
    assert worker.value("f") == 1


def test_a_file_named_like_a_module_does_not_replace_it(worker):
    source = "import sys, torch\ndef f(): return sys.modules['random'].__file__, __name__\n"
    worker.load({"random.py": source}, "f", main=("random.py",))
    path, name = worker.value("f")
    assert "scratch" not in path
    assert name == "random"


@pytest.mark.parametrize("name", ["../escape.py", "/tmp/escape.py", "..", "a/b.py"])
def test_a_name_with_a_path_is_not_written(worker, name):
    worker.load(
        {
            "task.py": "import os\ndef f(): return sorted(os.listdir('.')), os.listdir('..')\n",
            name: "x = 1\n",
        },
        "f",
    )
    here, above = worker.value("f")
    assert here == ["task.py"]
    assert "escape.py" not in above


def test_the_source_can_be_read_back(worker):
    source = "import inspect, torch\ndef f(): return inspect.getsource(g), __file__\ndef g():\n    return 1\n"
    source += "@torch.jit.script\ndef s(x: torch.Tensor): return x + 1\ndef h(x): return s(x)\n"
    worker.load(source, "f", "h")
    text, path = worker.value("f")
    assert text == "def g():\n    return 1\n"
    assert path.endswith("task.py")
    import torch

    assert worker.value("h", torch.ones(1)).item() == 2


def test_lines_are_those_that_were_handed_in(worker):
    """Rewriting the file in scratch changes nothing that is reported."""
    worker.load("def f():\n    open(__file__, 'w').write('# gone\\n' * 9)\n    raise ValueError('x')\n", "f")
    assert worker.call("f").exception.frames[-1].text == "raise ValueError('x')"


def test_the_worker_imports_from_scratch_first_and_not_from_the_grader_s_folder(worker):
    worker.load("import sys, os\ndef f(): return sys.path, os.getcwd(), sys.argv\n", "f")
    path, here, argv = worker.value("f")
    assert path[0] == here
    assert argv == [""]
    source = "import importlib.util as u\ndef g(*names): return [bool(u.find_spec(name)) for name in names]\n"
    worker.load({"b.py": source}, "g", main=("b.py",))
    assert worker.value("g", "tests", "reference", "torch") == [False, False, True]
