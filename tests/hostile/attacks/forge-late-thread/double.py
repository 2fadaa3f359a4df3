"""The main thread returns; another one goes on writing answers to the channel."""

import os
import threading
import time


def answer():
    from grader.wire.frames import frame
    from grader.wire.messages import BoolNode, Packed, Returned

    for _ in range(50):
        for number in range(2, 12):
            yes = Returned(number, Packed((BoolNode(True),)), None, None, (), ())
            try:
                os.write(3, b"".join(bytes(part) for part in frame(yes)))
            except OSError:
                return
        time.sleep(0.01)


def double(x):
    threading.Thread(target=answer, daemon=True).start()
    return x
