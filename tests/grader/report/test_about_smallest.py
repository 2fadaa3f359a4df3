"""Words for the smallest case."""

from grader.findings import SmallestCase
from grader.report.about_smallest import about_smallest, sizes

CALL = SmallestCase(
    source="softmax(torch.tensor([[0., 89.]]))",
    yours="[[0., nan]]",
    expected="[[0., 1.]]",
    sizes=(("C", 2),),
    free=("N",),
)


def test_a_call():
    assert about_smallest(CALL) == (
        "softmax(torch.tensor([[0., 89.]]))",
        "# yours:    [[0., nan]]",
        "# expected: [[0., 1.]]",
        "It needs at least 2 classes.",
        "The batch size does not matter.",
    )


def test_what_came_of_a_short_call_stands_beside_it():
    short = CALL.model_copy(update={"source": "f(2.)", "sizes": (), "free": ()})
    assert about_smallest(short) == ("f(2.)  # yours: [[0., nan]]  expected: [[0., 1.]]",)


def test_several_lines_stay_apart():
    case = SmallestCase(source="x = torch.tensor([1.])\nf(x)\nx", yours="[0.]", expected="[1.]")
    assert about_smallest(case) == (
        "x = torch.tensor([1.])",
        "f(x)",
        "x  # yours: [0.]  expected: [1.]",
    )


def said(**changed: object) -> tuple[str, ...]:
    return sizes(SmallestCase(source="f()", yours="1.", expected="2.", **changed))


def test_sizes():
    assert said(sizes=(("dimensions", 1),)) == ()
    assert said(sizes=(("dimensions", 3), ("unheard", 2))) == ("It needs at least 2 unheard.",)
    assert said(only=("N",), free=("C", "unheard")) == (
        "It fails only where the batch size is 1.",
        "The number of classes and unheard do not matter.",
    )
    assert said(free=("in", "out")) == ("The number of inputs and number of outputs do not matter.",)
    assert said(free=("N", "C_in", "H", "W", "C_out")) == (
        "It fails even at the smallest sizes, and at larger ones too.",
    )
    assert said() == ()


def test_hostile_text_is_inert():
    case = SmallestCase(source="f()\x1b[2J", yours="\u202e1.", expected="2.")
    assert all(line.isprintable() for line in about_smallest(case))
