"""Open the memory of every process that is in sight, and search it for canaries."""

import os
import re

TOKEN = re.compile(rb"canary-(?:memory|secret|hidden|reference|victim|environ)-[0-9a-f]{24}")


def search(pid, budget):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            ends, rights = line.split()[:2]
            first, last = (int(end, 16) for end in ends.split("-"))
            if "rw" not in rights or last - first > 1 << 26:
                continue
            memory.seek(first)
            try:
                found = TOKEN.findall(memory.read(last - first))
            except OSError:
                continue
            if found:
                print(pid, found[:3])
                return
            budget -= last - first
            if budget < 0:
                return


def double(x):
    for pid in ["@@victim@@", str(os.getppid()), *sorted(n for n in os.listdir("/proc") if n.isdigit())][:30]:
        if pid not in ("0", str(os.getpid())):
            try:
                search(pid, 1 << 26)
            except OSError:
                continue
