"""Speak out of turn: messages that other processes say, or that were said before."""

import os


def double(x):
    from grader.wire.frames import frame
    from grader.wire.messages import Ended, Ready

    for message in (Ready(("pid", "seccomp")), Ended(1, 0, 0.0, 0.0)):
        os.write(3, b"".join(bytes(part) for part in frame(message)))
    return x
