"""Three hundred children that nobody waits for."""

import os

done = []


def double(x):
    for _ in range(0 if done else 100):
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
    done.append(True)
    return x
