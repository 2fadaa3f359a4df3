"""Values for the tests: over the wire and back, forged from nodes, and compared bit for bit."""

import math

import torch

from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.packing import pack
from grader.wire.tensors import DTYPES
from grader.wire.unpacking import unpack

CAPS = Caps()
FLOATING = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def crossed(value, caps=CAPS, **options):
    """`value` packed and unpacked again, with nothing left over."""
    packed, payload = pack(value, caps, keep=options.pop("keep", None), layouts=options.get("layouts", False))
    cursor = PayloadCursor(b"".join(payload))
    found = unpack(packed, cursor, caps, **options)
    cursor.done()
    return found


def unpacked(nodes, payload=b"", caps=CAPS, **options):
    """What a forged message with these nodes gives."""
    cursor = PayloadCursor(payload)
    value = unpack(m.Packed(tuple(nodes)), cursor, caps, **options)
    cursor.done()
    return value


def tensor_node(shape=(2,), dtype="float32", strides=(), nbytes=None, **other):
    if nbytes is None:
        nbytes = math.prod(shape) * DTYPES[dtype].itemsize
    return m.TensorNode(dtype, tuple(shape), tuple(strides), nbytes, other.get("device", "cpu"), False)


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and bits(a) == bits(b)


def bits(tensor):
    flat = tensor.detach().resolve_conj().contiguous().reshape(-1)
    return flat.view(torch.uint8).tolist() if flat.numel() else []


def sequence(count, kind="list"):
    return m.SequenceNode(kind, count)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value
