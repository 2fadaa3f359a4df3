"""A program that is run anew has forgotten what held this one."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its number; what it returned, or minus the error."""
    result = libc.syscall(ctypes.c_long(number), *arguments)
    return result if result >= 0 else -ctypes.get_errno()


def succeeded(what):
    print("@@confession@@"[::-1], what, flush=True)


def once(attack):
    """Try it at the first call of this process only."""
    done = []

    def double(x):
        if not done:
            done.append(True)
            return attack(x)

    return double


import subprocess
import sys

COMMANDS = [["/bin/sh", "-c", "echo out > @@folder@@/shell"], [sys.executable, "-c", "open('@@folder@@/python', 'w')"]]


@once
def double(x):
    for command in COMMANDS:
        try:
            subprocess.run(command, timeout=0.8, check=True)
            succeeded(command[0])
        except (OSError, subprocess.SubprocessError) as error:
            print(type(error).__name__)
    os.system("echo out > @@folder@@/system")
    child = os.fork()
    if child == 0:
        code = libc.memfd_create(b"program", 0)
        if code >= 0:
            os.write(code, b"#!/bin/sh\necho out > @@folder@@/memfd\n")
            call(322, code, b"", None, None, 0x1000)  # execveat of an empty path
        os._exit(0)
    os.waitpid(child, 0)
