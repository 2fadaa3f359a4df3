"""Inputs for the fuzzer: real frames to begin with, and what can be done to them.

Half of the changes are blind. The others know what a frame is made of: they
change the tree of a head, its lengths or its payload, and frame it again, or
nearly everything would end at the first length that does not fit.
"""

import math
import random
import struct
from typing import Any

import msgspec
import torch

from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import HEADER, MAGIC, frame
from grader.wire.packing import pack
from grader.wire.tensors import DTYPES

LARGEST = 4096
"""Bytes of an input; caps are tested elsewhere."""

NOTHING = m.Packed((m.NoneNode(),))
INFO = m.FrameInfo("softmax.py", 3, "softmax", "return x")
EXCEPTION = m.ExceptionInfo("ValueError", ("ValueError", "Exception"), "no", (INFO,))
USE = m.ForbiddenUse("aten::_softmax", (INFO,))
CELLS = m.NotebookCells(
    9, True, (1, 3), (m.Defines("f", 3),), (m.Stopped(3, 2, "NameError"),), (m.Aside(2, "magic"),)
)

SIZES = (0, 1, 2, 15, 16, 17, 255, 2**16, 2**20, 2**20 + 1, 2**31 - 1, 2**31, 2**32 - 1)
LONG_SIZES = (*SIZES, 2**40, 2**53, 2**63, 2**64 - 1)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 255, 256, 2**31, 2**32, 2**40, 2**40 + 1, 2**53 + 1),
    *(2**63 - 1, 2**63, -(2**63), 2**64 - 1, 0.0, -0.0, 1.5, float("nan"), float("inf"), 1e308),
    *("", "a", "cpu", "cuda:0", "float32", "bool", "object", "list", "tuple", "\x00", "\x1b[2J", "x" * 201),
    *("é", "\U0001f600", "NoneNode", "TensorNode", "SequenceNode", "Packed", "Returned", "Ready", "Call"),
    *(b"", b"\xff", [], [[]], {}, {"number": 1}, ["NoneNode"], ["SequenceNode", "list", 1]),
    *(["SequenceNode", "tuple", 2**31], ["MappingNode", ["a", "a"]], ["IntNode", 2**63]),
    ["TensorNode", "float32", [2**40, 2**40], [], 0, "cpu", False],
    ["TensorNode", "int8", [2**40, 2**40, 0], [], 0, "cpu", False],
    ["TensorNode", "int8", [2**40], [0], 1, "cpu", False],
    ["TensorNode", "bool", [4], [], 4, "cpu", True],
    ["OpaqueNode", "Net", [1] * 33],
    msgspec.msgpack.Ext(5, b"x"),
)


def _returned(*values: object, **more: Any) -> tuple[m.Returned, list[Any]]:
    payload: list[Any] = []
    packed = []
    for value in values:
        nodes, data = pack(value, Caps())
        packed.append(nodes)
        payload += data
    packed += [None] * (3 - len(packed))
    return m.Returned(
        2, packed[0], packed[1], packed[2], more.get("changed", ()), more.get("forbidden", ())
    ), payload


def _call(args: tuple[Any, ...], kwargs: dict[str, Any], cotangent: Any = None) -> tuple[m.Call, list[Any]]:
    payload: list[Any] = []

    def packed(value: object) -> m.Packed:
        nodes, data = pack(value, Caps(), layouts=True)
        payload.extend(data)
        return nodes

    nodes = packed(args), packed(kwargs)
    gradient = None if cotangent is None else m.Gradient((0,), packed(cotangent))
    return m.Call(3, None, "f", *nodes, "cpu", False, True, gradient, (1, 2)), payload


def seeds() -> list[bytes]:
    """Inputs made of real frames of every message, in every direction."""
    x = torch.arange(12.0).view(3, 4)
    values = {
        "plain": [None, True, 3, -1.5, "text", (1, [2, {}]), {"a": [], "b": {"c": ()}}],
        "tensors": {
            "x": x,
            "y": x.to(torch.bfloat16),
            "n": torch.tensor([True, False]),
            "e": torch.empty(0, 5),
        },
        "complex": torch.ones(2, dtype=torch.complex64),
        "deep": [[[[[[[[1]]]]]]]],
        "wide": list(range(100)),
    }
    answers = [
        (m.Ready(("seccomp", "landlock")), []),
        (m.Loaded(1, "a.ipynb", ("f",), (), ("f", "g"), CELLS), []),
        (m.LoadFailed(1, "syntax", "a.py", "", EXCEPTION), []),
        *(_returned(value) for value in values.values()),
        _returned(x, (x, 3), [x, None], changed=("grad mode",), forbidden=(USE,)),
        (m.Returned(4, m.Packed((m.HandleNode(4, "module", "Net"),)), None, None, (), ()), []),
        (m.Returned(4, m.Packed((m.OpaqueNode("set", (2, 3)),)), None, None, (), ()), []),
        (m.Returned(4, NOTHING, None, None, (), (), m.Counted(12_800, 2**53)), []),
        (m.Raised(2, EXCEPTION, (USE,)), []),
        (m.Refused(2, "depth", 16), []),
        (m.Simulated(2, ("cuda", "cpu")), []),
        (m.Probed(2, True, "refused"), []),
        (m.Pressed(2, 2, (m.PressedCell("code", 1, 3, 1),)), [b"{}", b"<p>", b"x"]),
        (m.NotPressed(2, "notebook"), []),
        (m.Tokenised(2, (m.CodePart(1, 3, 1, True),)), [b"a\nb", b"\1\0\0\0\1\0\0\0"]),
        (m.NotTokenised(2, "size"), []),
    ]
    requests = [
        (
            m.Load(
                1, ("a.py",), (m.SourceFile("a.py", b"\xff\x00"),), (m.EntryPoint("f", ("_soft*",), True),)
            ),
            [],
        ),
        _call((x, 2), {"dim": 1}),
        (m.Call(4, None, "f", NOTHING, NOTHING, "cpu", False, False, None, (), count=True), []),
        _call((x[:, 1],), {}),
        _call((x.t(), x[:, ::2], x[:1].expand(5, 4)), {}, cotangent=x),
        (m.Build(3, "model", NOTHING, "cpu"), []),
        (m.Probe(3, "read", ("/etc/passwd",)), []),
        (m.Press(3, b"{}", (m.Note(1, "**note**"),)), []),
        (m.Tokenise(3, "a.py", b"x = 1", ("f",)), []),
    ]
    notices = [m.Forked(7), m.Ended(7, 9, 0.5, 12.0, 1, 2), m.Surveyed((m.LayerState("seccomp", True, ""),))]
    orders = [m.Fork("/scratch", 1, 2, "cpu"), m.End(7), m.Survey()]
    groups = (answers, requests, [(n, []) for n in notices], [(o, []) for o in orders])
    found = [
        bytes([direction]) + b"".join(frame(message, payload))
        for direction, group in enumerate(groups)
        for message, payload in group
    ]
    return [*found, b"\x04" + found[0][1:] * 2, b"\x08" + found[4][1:] + found[5][1:]]


DONORS = seeds()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four changes, at most `LARGEST` bytes."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(CHANGES)(data or b"\0", chance)[:LARGEST]
    return data


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes that are others."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] = chance.choice(
            (0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))
        )
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    """A part that is missing, there twice, or taken from somewhere else."""
    start, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    donor = chance.choice(DONORS)
    middle = chance.choice((b"", data[start:end] * 2, donor[start:end], donor[1:]))
    return data[:start] + middle + data[end:]


def _lengths(data: bytes, chance: random.Random) -> bytes:
    """A header that announces something else."""
    if len(data) <= HEADER.size:
        return data
    magic, head, payload = HEADER.unpack_from(data, 1)
    head = chance.choice((head, head + 1, max(head - 1, 0), chance.choice(SIZES)))
    payload = chance.choice((payload, min(payload + 1, 2**64 - 1), chance.choice(LONG_SIZES)))
    return data[:1] + HEADER.pack(magic, head % 2**32, payload) + data[1 + HEADER.size :]


def _head(data: bytes, chance: random.Random) -> bytes:
    """A head with another tree, framed as it should be."""
    parts = _parts(data)
    if parts is None:
        return chance.choice(DONORS)
    head, payload, rest = parts
    try:
        tree = msgspec.msgpack.decode(head)
        for _ in range(chance.choice((1, 1, 1, 2))):
            tree = _tree(tree, chance)
        head = msgspec.msgpack.encode(tree)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, TypeError, OverflowError):
        return _bytes(data, chance)
    return data[:1] + HEADER.pack(MAGIC, len(head), len(payload)) + head + payload + rest


def _tree(tree: Any, chance: random.Random) -> Any:
    """The tree of a head with one change, somewhere."""
    path: list[tuple[Any, Any]] = []
    here = tree
    while isinstance(here, list) and here and (not path or chance.random() < 0.8):
        place = chance.randrange(len(here))
        path.append((here, place))
        here = here[place]
    if not path:
        return chance.choice(ODD)
    holder, place = path[-1]
    match chance.randrange(8):
        case 0 | 1:
            holder[place] = chance.choice(ODD)
        case 2 if isinstance(here, int):
            holder[place] = here + chance.choice((1, -1, 2**31, 2**40))
        case 3:
            holder.insert(place, here)
        case 4:
            del holder[place]
        case 5:
            holder.extend(holder[place : place + 4] * chance.choice((1, 2, 20)))
        case 6:
            chance.shuffle(holder)
        case 7 if isinstance(here, int | float):
            holder[place] = str(here)
        case _:
            holder[place] = [here]
    return tree


def _value(data: bytes, chance: random.Random) -> bytes:
    """One value of a message replaced, deeper, or a single tensor with a payload of its own."""
    parts = _parts(data)
    if parts is None:
        return chance.choice(DONORS)
    head, payload, rest = parts
    try:
        tree = msgspec.msgpack.decode(head)
        holder = chance.choice([part for part in _lists(tree) if len(part) == 2 and part[0] == "Packed"])
    except (msgspec.MsgspecError, UnicodeError, IndexError):
        return _head(data, chance)
    match chance.randrange(4):
        case 0 if isinstance(holder[1], list):
            kind = chance.choice(("list", "tuple"))
            holder[1] = [["SequenceNode", kind, 1]] * chance.choice((1, 2, 7, 8, 9, 100)) + holder[1]
        case 1:
            count = chance.choice((1, 2, 119, 120, 121))
            holder[1] = [["SequenceNode", "list", count], *[chance.choice(LEAVES)] * count]
        case 2:
            keys = chance.choices(("a", "b", "c", ""), k=chance.randrange(4))
            holder[1] = [["MappingNode", keys], *[chance.choice(LEAVES)] * len(keys)]
        case _:
            holder[1], payload = _tensor(chance)
    head = msgspec.msgpack.encode(tree)
    return data[:1] + HEADER.pack(MAGIC, len(head), len(payload)) + head + payload + rest


LEAVES = (["NoneNode"], ["BoolNode", True], ["IntNode", 1], ["StrNode", "a"], ["SequenceNode", "list", 0])


def _lists(tree: Any) -> list[list[Any]]:
    """All lists in a tree."""
    found = [tree] if isinstance(tree, list) else []
    for part in found:  # which grows meanwhile
        found += [inner for inner in part if isinstance(inner, list)]
    return found


def _tensor(chance: random.Random) -> tuple[list[Any], bytes]:
    """Nodes of one tensor, or of several alike, whose sizes nearly always agree, and their bytes."""
    name = chance.choice(list(DTYPES))
    shape = [chance.choice((0, 1, 2, 3, 3, 2**20, 2**40)) for _ in range(chance.randrange(4))]
    steps = (0, 1, 2, 3, 6, 2**18, 2**31, 2**40)
    strides = [chance.choice(steps) for _ in shape] if chance.random() < 0.7 else []
    if strides and chance.random() < 0.05:
        strides.append(1)
    sent = [1 if stride == 0 else extent for extent, stride in zip(shape, strides or [1] * 9, strict=False)]
    size = math.prod(sent) * DTYPES[name].itemsize + (chance.random() < 0.05)
    node = ["TensorNode", name, shape, strides, min(size, 2**40), "cpu", False]
    count = chance.choice((1, 1, 2, 5))
    nodes = [node] if count == 1 else [["SequenceNode", "list", count], *[node] * count]
    return nodes, chance.randbytes(count * size) if count * size < LARGEST else b""


def _payload(data: bytes, chance: random.Random) -> bytes:
    """Another payload, and the length that goes with it."""
    parts = _parts(data)
    if parts is None:
        return data
    head, payload, rest = parts
    size = chance.choice((0, 1, len(payload) - 1, len(payload) + 1, len(payload) * 2, chance.randrange(300)))
    payload = (payload + chance.randbytes(max(size, 0)))[: max(size, 0)]
    return data[:1] + HEADER.pack(MAGIC, len(head), len(payload)) + head + payload + rest


def _direction(data: bytes, chance: random.Random) -> bytes:
    """Another direction, or other pieces."""
    return bytes([chance.randrange(256)]) + data[1:]


def _parts(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The first frame's head and payload, and what follows; None if there is no whole frame."""
    try:
        magic, head, payload = HEADER.unpack_from(data, 1)
    except struct.error:
        return None
    middle = 1 + HEADER.size + head
    end = middle + payload
    if magic != MAGIC or end > len(data):
        return None
    return data[1 + HEADER.size : middle], data[middle:end], data[end:]


CHANGES = (_bytes, _cut, _lengths, _head, _head, _head, _value, _value, _value, _payload, _direction)
