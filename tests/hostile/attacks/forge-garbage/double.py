"""Half a header, a head of 4 GB, a payload of 2**63 bytes."""

import os
import struct

calls = 0


def double(x):
    global calls
    calls += 1
    os.write(3, struct.pack(">4sIQ", b"GRD1", 0xFFFFFFFF, 2**63) + b"\x00" * 64)
    return x
