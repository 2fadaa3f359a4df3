"""Values as they come out at the other end of a wire, and classes that notice whether their code ran.

Packing happens in the worker, next to the code that made the value; what must
come of it is still exact: plain data is taken from the built-in class, code of
the value does not run, and everything else is the name of a type.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import FrameReader, PayloadCursor, decode_answer, frame
from grader.wire.packing import pack
from grader.wire.unpacking import unpack

CAPS = Caps()

RAN = []
"""What ran of a value's own code; nothing ever may."""

NEEDED = {
    *("__new__", "__init__", "__init_subclass__", "__subclasshook__", "__class__", "__dict__", "__doc__"),
    *("__weakref__", "__torch_dispatch__", "__torch_function__"),
}
"""What stays as it is in a class of traps, or it could not be made."""

BESIDES = (
    "__array__",
    "__array_interface__",
    "__bool__",
    "__call__",
    "__complex__",
    "__copy__",
    "__deepcopy__",
)
BESIDES += ("__dlpack__", "__fspath__", "__getattr__", "__index__", "__length_hint__", "__float__", "__int__")
BESIDES += ("__getstate__", "__instancecheck__", "__iter__", "__len__", "__subclasscheck__")


def crossed(value, caps=CAPS, **options):
    """`value` as it comes out at the other end of a wire: packed, framed, read, decoded, unpacked."""
    packed, payload = pack(value, caps, **options)
    reader = FrameReader(caps)
    reader.feed(b"".join(frame(m.Returned(1, packed, None, None, (), ()), payload, caps)))
    head, data = reader.next()
    assert reader.empty
    cursor = PayloadCursor(data)
    found = unpack(decode_answer(head).value, cursor, caps, **options)
    cursor.done()
    return found


def trap(name):
    def method(*_, **__):
        RAN.append(name)
        raise SystemExit(name)

    return method


def trapped(base):
    """A subclass of `base` whose every method is a trap, under a name that says something else."""
    traps = {name: trap(name) for name in {*dir(base), *BESIDES} - NEEDED}
    traps["__torch_function__"] = classmethod(trap("torch_function"))
    traps["__qualname__"], traps["__module__"] = "int", "builtins"
    return type("int", (base,), traps)


@contextmanager
def nothing_of_values_runs() -> Iterator[None]:
    """No code of a trapped value runs in this block."""
    RAN.clear()
    yield
    assert RAN == []


def named(name, module, kind=type):
    made = kind("Honest", (), {})
    for attribute, said in (("__qualname__", name), ("__module__", module)):
        type.__dict__[attribute].__set__(made, said)
    return made()
