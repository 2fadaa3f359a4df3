"""A judge whose one worker has done all the mischief it can.

    python lone_judge.py LEVEL DO...

DO is what is done after the mischief: `fork` (workers, until it is killed) or `wait` (until
its input ends). Says with lines of JSON which processes there are.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from grader.course.manifest import Limits
from grader.errors import IsolationError
from grader.sandbox.policy import Confinement
from grader.student import launch
from grader.student.line import Closed
from grader.verdicts import Isolation
from grader.wire.messages import Load, SourceFile

CHILDREN = 200

MISCHIEF = f"""
import os, signal, time
for folder in [os.getcwd()] + ["/tmp", "/dev/shm"] * {{private}}:
    with open(folder + "/huge", "wb") as file:
        file.write(bytes(12 << 20))
reading, writing = os.pipe()
for i in range({CHILDREN}):
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        if i % 2 and os.fork() != 0:
            os._exit(0)  # its child has no parent any more
        os.write(writing, b"+")
        time.sleep(100)
        os._exit(0)
told = 0
while told < {CHILDREN}:
    told += len(os.read(reading, 1000))
"""


def quick(command, **options):
    shim = str(Path(__file__).with_name("quick_zygote.py"))
    return subprocess.Popen([command[0], "-I", shim, *command[4:]], **options)


def say(**what):
    print(json.dumps(what), flush=True)


def main(level, do):
    launch.subprocess = type("subprocess", (), dict(vars(subprocess), Popen=staticmethod(quick)))
    confinement = Confinement(Confinement.demanded(Isolation(level)).wanted)
    with launch.Zygote(warm=do == "fork", confinement=confinement) as zygote:
        say(zygote=zygote._process.pid)
        try:
            on = zygote.posture.on
            line = zygote.fork(Limits(memory_mb=1024, processes=2 * CHILDREN, scratch_mb=64), "cpu")
        except IsolationError as error:
            return say(error=str(error))
        source = MISCHIEF.format(private="private root" in on).encode()
        try:
            load = Load(1, ("work.py",), (SourceFile("work.py", source),), ())
            line.ask([(load, ())])
            line.answer(time.monotonic() + 60)
        except Closed:
            return say(error=line.output.text())
        say(zygote=zygote._process.pid, layers=sorted(on), folder=str(line.folder or ""))
        if do == "wait":
            sys.stdin.read()
        while do == "fork":
            zygote.dismiss(zygote.fork(Limits(), "cpu"))
    say(closed=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
