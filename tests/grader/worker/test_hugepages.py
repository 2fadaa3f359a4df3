"""Huge pages: which memory is collapsed, and that it is where the system can."""

import os
import re
import subprocess
import sys

import pytest

from grader.worker import hugepages

MAPS = """\
55d000000000-55d000100000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000800000 rw-p 00000000 00:00 0
7f0001100000-7f0001700000 rw-p 00000000 00:00 0
7f0002000000-7f0002800000 r--p 00000000 00:00 0
7f0003000000-7f0003800000 rw-s 00000000 00:01 5 /dev/zero
7f0004000000-7f0004800000 rw-p 00000000 08:01 77 /lib/libtorch.so
7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0                          [stack]
"""


def test_whole_huge_pages_of_anonymous_memory_are_collapsed():
    assert list(hugepages._anonymous(MAPS)) == [
        (0x7F0000000000, 8 << 20),
        (0x7F0001200000, 4 << 20),
    ]


def test_memory_is_in_huge_pages_afterwards():
    program = (
        "import mmap, re\n"
        "from grader.worker import hugepages\n"
        "held = mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "held.write(b'x' * (16 << 20))\n"
        "def huge():\n"
        "    return int(re.search(r'AnonHugePages: +(\\d+)', open('/proc/self/smaps_rollup').read())[1])\n"
        "before = huge()\n"
        "hugepages.collapse()\n"
        "print(before, huge(), held[5] == ord('x'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, after, whole = done.stdout.split()
    assert whole == "True"
    linux = tuple(map(int, re.match(r"(\d+)\.(\d+)", os.uname().release).groups()))
    if linux < (6, 1) or not os.path.exists("/sys/kernel/mm/transparent_hugepage/enabled"):
        pytest.skip("this kernel cannot collapse pages")
    assert int(after) > int(before) + 8000
