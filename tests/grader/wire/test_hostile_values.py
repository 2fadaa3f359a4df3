"""Values that do harm while they are packed, or lie about what they are.

What must come of them is exact: what the built-in class holds, or the name of
a type. Code of the value never runs.
"""

import numpy as np
import pytest
import torch

from grader.wire.caps import ValueTooLarge
from grader.wire.packing import pack, type_name
from grader.wire.values import OpaqueValue
from tests.grader.wire.crossing import CAPS, RAN, crossed, named, nothing_of_values_runs, trap, trapped


@pytest.fixture(autouse=True)
def nothing_of_the_value_runs():
    with nothing_of_values_runs():
        yield


# --- classes with methods of their own ------------------------------------------------


def built(base, *args):
    """An instance of the trapped subclass, made without its help."""
    kind = trapped(base)
    value = base.__new__(kind, *args)
    if base in (list, dict):
        base.__init__(value, *args)
    return value


def test_the_traps_are_traps():
    with pytest.raises(SystemExit):
        len(built(list, [1]))
    with pytest.raises(SystemExit):
        _ = built(object).anything
    assert RAN == ["__len__", "__getattribute__"]
    RAN.clear()


@pytest.mark.parametrize(
    ("base", "args", "expected"),
    [
        (list, ([1, 2],), [1, 2]),
        (tuple, ((1, 2),), (1, 2)),
        (dict, ({"a": 1},), {"a": 1}),
        (int, (7,), 7),
        (float, (0.5,), 0.5),
        (int, (2**63,), OpaqueValue("int", ())),
        (str, ("text",), OpaqueValue("int", ())),
        (bytes, (b"x",), OpaqueValue("int", ())),
        (set, (), OpaqueValue("int", ())),
        (object, (), OpaqueValue("int", ())),
        (Exception, ("x",), OpaqueValue("int", ())),
    ],
)
def test_only_what_the_built_in_class_holds_crosses(base, args, expected):
    found = crossed([built(base, *args)])
    assert found == [expected]
    assert type(found[0]) is type(expected)


def test_a_bool_cannot_be_subclassed_and_nothing_else_is_one():
    with pytest.raises(TypeError):
        trapped(bool)
    assert crossed([True, 1, np.True_]) == [True, 1, OpaqueValue("numpy.bool", ())]
    assert [type(item) for item in crossed([True, 1])] == [bool, int]


class Key(str):
    __slots__ = ()
    __eq__ = __ne__ = __len__ = trap("key")

    def __hash__(self):
        return 1


class Hashless:
    def __init__(self):
        self.sound = True

    def __hash__(self):
        return 1 if self.__dict__["sound"] else trap("hash")()

    __eq__ = trap("eq")


def test_a_dict_with_hostile_keys_goes_as_its_name():
    hashless = Hashless()
    values = [{Key("a"): 1}, {hashless: 1}, {1: 2, "a": 3}, {None: 1}, {("a",): 1}, {"a": 1, Key("b"): 2}]
    hashless.sound = False
    for value in values:
        assert crossed([value]) == [OpaqueValue("dict", ())]


def test_keys_that_are_no_text_go_as_the_name_of_the_dict():
    for key in ("\udcff", "a" * 201, "\ud83d"):
        assert crossed([{key: 1}]) == [OpaqueValue("dict", ())]
    assert crossed({"\x1b[31m\0\n\u202e": 1}) == {"\x1b[31m\0\n\u202e": 1}  # text: renderers escape it


def counting():
    RAN.append("generator")
    yield 1


def test_what_makes_its_items_as_it_goes_is_not_asked_for_any():
    values = [counting(), iter([1]), map(trap("map"), [1]), range(10**12), zip([1], [2], strict=True)]
    assert [found.type_name for found in crossed(values)] == [
        "generator",
        "list_iterator",
        "map",
        "range",
        "zip",
    ]


def test_containers_that_hold_themselves_end_by_depth():
    around = {}
    around["self"] = [(around,)]
    loop = []
    loop.append((loop,))
    wide = []
    wide.extend([wide] * 3)
    for value in (around, loop):
        with pytest.raises(ValueTooLarge) as caught:
            pack(value, CAPS)
        assert caught.value.what == "depth"
    with pytest.raises(ValueTooLarge):  # 3 to the 16th items: those that are looked at are counted
        pack(wide, CAPS)


def test_a_number_of_100_000_digits_goes_as_its_name():
    huge = 10**100_000
    assert crossed([huge, -huge, 2**63, -(2**63) - 1]) == [OpaqueValue("int", ())] * 4
    assert crossed([2**63 - 1, -(2**63)]) == [2**63 - 1, -(2**63)]


# --- names that lie -------------------------------------------------------------------


class Meta(type):
    """Whose classes answer nothing truthfully, and run code when they are asked."""

    __getattribute__ = trap("metaclass")
    __instancecheck__ = __subclasscheck__ = trap("check")
    __module__ = property(trap("module"))
    __eq__ = trap("eq")
    __hash__ = type.__hash__


class Text(str):
    __len__ = __format__ = __str__ = __add__ = __getitem__ = __eq__ = encode = trap("text")
    __hash__ = str.__hash__


NAMES = {
    "of something else": ("Tensor", "torch", "torch.Tensor"),
    "of 10 MB": ("x" * 10_000_000, "builtins", "x" * 197 + "..."),
    "in a module of 10 MB": ("x", "y" * 10_000_000, "y" * 197 + "..."),
    "a lone surrogate": ("\ud800", "builtins", "?"),
    "control characters": ("\x1b[2J\0\r\n", "builtins", "\x1b[2J\0\r\n"),
    "text with methods of its own": (Text("quiet"), Text("module"), "module.quiet"),
    "in a module that is a number": ("Net", 5, "Net"),
    "in no module": ("Net", None, "Net"),
    "in a list": ("Net", ["m"], "Net"),
    "none": ("", "", ""),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", [type, Meta])
def test_a_name_is_text_that_the_wire_takes_and_makes_nothing_of_the_value(case, kind):
    name, module, expected = case
    assert crossed([named(name, module, kind)]) == [OpaqueValue(expected, ())]


def test_what_says_to_be_a_tensor_or_a_list_is_none():
    class Claims:
        __class__ = torch.Tensor
        shape, dtype, layout, is_meta = (2,), torch.float32, torch.strided, False

    class Register(list):
        __class__ = torch.Tensor

    assert type(crossed([Claims()])[0]) is OpaqueValue
    assert crossed([Register([1])]) == [[1]]
    assert type_name(Claims()).endswith("Claims")


def test_what_numpy_holds_goes_as_its_name_and_shape():
    class Array(np.ndarray):
        shape = property(trap("shape"))

    found = crossed([np.zeros((2, 3)), np.ndarray.__new__(Array, (2,)), np.zeros((1,) * 33), np.float32(1)])
    assert [value.shape for value in found] == [(2, 3), (), (), ()]
    assert found[0].type_name == "numpy.ndarray"
