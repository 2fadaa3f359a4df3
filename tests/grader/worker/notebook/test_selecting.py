"""What the entry points need by name is kept, and nothing else."""

import pytest

from grader.worker.notebook.reading import code_cells
from grader.worker.notebook.selecting import needed, runnable, spoken_of
from tests.grader.worker.notebook.books import book, cell, kept


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["x = 1\ndef f(): return 1"], [(1, 2)]),
        (["def f(): return 1", "def f(): return 2"], [(2, 1)]),
        (["import torch\nimport math\ndef f(): return torch.ones(1)"], [(1, 1), (1, 3)]),
        (["def f(): return g()", "def g(): return h", "h = 1", "i = 2"], [(1, 1), (2, 1), (3, 1)]),
        (["a = 1\na = 2\ndef f(): return a"], [(1, 2), (1, 3)]),
        (["a = 1\na += 1\ndef f(): return a"], [(1, 1), (1, 2), (1, 3)]),
        (["def g(): return 1\nh = g()\ndef g(): return 2\ndef f(): return h"], [(1, 1), (1, 2), (1, 4)]),
        (["def g(): return 1\ndef h(x=g()): return x\ndef g(): return 2\ndef f(): return h()"],
         [(1, 1), (1, 2), (1, 4)]),
        (["def d(g): return g\n@d\ndef f(): return 1"], [(1, 1), (1, 3)]),
        (["try:\n    import a\nexcept ImportError:\n    a = None\ndef f(): return a"], [(1, 1), (1, 5)]),
        (["if True:\n    def f(): return 1"], [(1, 1)]),
        (["class N:\n    pass\ndef f(self): return N\nN.f = f\nN.g = 1"], [(1, 1), (1, 3), (1, 4), (1, 5)]),
        (["import torch\ntorch.manual_seed(0)\ntorch.x.y = 1\ndef f(): return torch"], [(1, 1), (1, 4)]),
        (["x = train()\ndef f():\n    x = 1\n    return x"], [(1, 2)]),
        (["x = train()\ndef f(x): return [x for x in x]"], [(1, 2)]),
        (["x = train()\ndef f():\n    def g(): return x\n    return g"], [(1, 1), (1, 2)]),
        (["x = train()\nclass f:\n    y = x"], [(1, 1), (1, 2)]),
        (["t = [i for i in range(3)]\ndef f(): return t"], [(1, 1), (1, 2)]),
        (["from math import *\nfrom os import path\ndef f(): return pi"], [(1, 1), (1, 3)]),
        (["a, b = 1, 2\n(c, [d]) = 3, [4]\ndef f(): return b, d"], [(1, 1), (1, 2), (1, 3)]),
        (["import torch.nn\nimport torch\nimport torch.optim as o\ndef f(): return torch.nn, o"],
         [(1, 2), (1, 3), (1, 4)]),
        (["import torch\nimport torch.fft\ndef f(): return torch.fft"], [(1, 1), (1, 2), (1, 3)]),
        (["def f(): return sum([1])\nsum = 3\nsum += 1"], [(1, 1), (1, 2), (1, 3)]),
        (["f = lambda: g\ng = 1"], [(1, 1), (1, 2)]),
        (["def f(): return 1\nf = cache(f)\nfrom functools import cache"], [(1, 1), (1, 2)]),
        (["C = {}\nC['a'] = 1\nC['b'] = train()\ndef f(): return C"], [(1, 1), (1, 2), (1, 3), (1, 4)]),
        # --- names that are bound in other ways
        (["print(n := 3)\ndef f(): return n"], [(1, 1), (1, 2)]),
        (["[last := k for k in range(3)]\ndef f(): return last, k"], [(1, 1), (1, 2)]),
        (["match 1:\n    case a: pass\ndef f(): return a"], [(1, 1), (1, 3)]),
        (["def s():\n    global N\n    N = 1\ns()\ndef f(): return N"], [(1, 1), (1, 4), (1, 5)]),
        (["n = 0\ndef f():\n    global n\n    n += 1\nf()"], [(1, 1), (1, 2)]),
        (["def g(): return 1\ndef f(): return g()\ndel g"], [(1, 1), (1, 2)]),
        (["if __name__ == '__main__':\n    N = 3\n    print(N)\ndef f(): return N"], [(1, 2), (1, 4)]),
        (["def g(): return N\nN = 1\nH = g()\nN = 2\ndef f(): return H"],
         [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]),
        (["import nowhere, math\ndef f(): return math"], [(1, 1), (1, 2)]),
        # --- objects that are changed
        (["c = {}\nc.update(a=1)\nprint(c)\ndef f(): return c"], [(1, 1), (1, 2), (1, 4)]),
        (["c = []\nfor n in range(3): c.append(n)\ndef f(): return c"], [(1, 1), (1, 2), (1, 3)]),
        (["import torch\nw = torch.ones(2)\ntorch.nn.init.zeros_(w)\ntorch.abs(w)\ndef f(): return w"],
         [(1, 1), (1, 2), (1, 3), (1, 5)]),
        (["class f: pass\nsetattr(f, 'a', 1)\nprint(f)"], [(1, 1), (1, 2)]),
        (["def add(c): return print\nclass f: pass\n@add(f)\ndef g(self): return 1"],
         [(1, 1), (1, 2), (1, 4)]),
        (["table = Table()\n@table.add\ndef g(): return 1\ndef f(): return table"],
         [(1, 1), (1, 3), (1, 4)]),
        # --- experiments
        (["h = []\ndef f(): h.append(1)\nh.append(f())\nwhile f(): h += [1]"], [(1, 1), (1, 2)]),
        (["def g(): return 1\nmean = f()\ndef f(): return mean"], [(1, 2), (1, 3)]),
        (["def f(): return 1\nf, g = load()\nfor f in g: pass"], [(1, 1)]),
        (["def f(): return 1\nfrom torch import f"], [(1, 1)]),
        (["from torch import f"], [(1, 1)]),
        (["def f(): return 1\nf = f(2)"], [(1, 1)]),
        (["class f: pass\nf = f()\nf.eval()"], [(1, 1)]),
        (["o = open('log')\no.close()\ndef f(): return o"], [(1, 1), (1, 3)]),
        (["t = {}\ndef r(n):\n    def i(g): t[n] = g\n    return i", "@r(1)\ndef g(): 1", "def f(): t"],
         [(1, 1), (1, 2), (2, 2), (3, 1)]),
        (["t = []\ndef add(n): t.append(n)\nadd(1)\nfor n in t: add(n)\ndef f(): return t"],
         [(1, 1), (1, 2), (1, 3), (1, 5)]),
        (["c = Model()\nc.eval()\nf = c\nf.eval()"], [(1, 1), (1, 2), (1, 3), (1, 4)]),
        (["def f(): return 1\nfrom torch import *"], [(1, 1)]),
        (["from mine import *\ndef f(): return len(helper())"], [(1, 1), (1, 2)]),
    ],
)  # fmt: skip
def test_what_an_entry_point_needs_is_kept(cells, expected):
    assert kept(*cells) == expected


def test_several_entry_points_share_what_they_need():
    cells = ["import torch", "def f(): return torch", "def g(): return torch", "def h(): return torch"]
    assert kept(*cells, wanted=("f", "h")) == [(1, 1), (2, 1), (4, 1)]


def test_what_is_tagged_to_be_included_is_kept_with_what_it_needs():
    cells = ["a = 1\nb = 2", cell("print(a)", tags=["otter_include"]), "def f(): return 1"]
    assert kept(*cells) == [(1, 1), (2, 1), (3, 1)]


def test_only_definitions_count_where_that_is_asked():
    cells = code_cells(book("def f(): return 1", "f = 3", "def g(): return f"))
    lines = [(each.cell, each.line) for each in needed(cells, ["f", "g"], only_definitions=["f"])]
    assert lines == [(1, 1), (3, 1)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["import otter\ngrader = otter.Notebook()", "x = 1\ngrader.check('q1')"], [(2, 1)]),
        (["from grader.notebook import check", "check(f)", "print(1)"], [(3, 1)]),
        (["def check(x): pass", "check(1)"], [(1, 1), (2, 1)]),
        (["import os", "os.kill(os.getpid(), 9)\nx = 1"], [(1, 1), (2, 2)]),
    ],
)
def test_what_checks_the_notebook_or_ends_its_kernel_is_not_to_be_run(cells, expected):
    assert [(each.cell, each.line) for each in runnable(code_cells(book(*cells)))] == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["exec('def f(): pass')"], True),
        (["for name in ['f']: globals()[name] = print"], True),
        (["plt.title('f')"], False),
        (["x = 1", "def f(:\n    pass"], True),
        (["def g(:\n    f()"], False),
    ],
)
def test_a_notebook_that_binds_nothing_may_speak_of_an_entry_point(cells, expected):
    assert spoken_of(code_cells(book(*cells)), "f") == expected
