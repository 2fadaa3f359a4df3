"""What is printed or raised at import is shown in full; only a worker that dies is loaded again."""

import os

PLACES = ["kept.txt", "/tmp/@@marker@@", "/dev/shm/@@marker@@"]

for place in PLACES:
    if os.path.exists(place):
        with open(place) as file:
            raise RuntimeError("canary" + file.read())


def double(x):
    if isinstance(x, str):
        for place in PLACES:
            try:
                with open(place, "w") as file:
                    file.write(x.removeprefix("canary"))
            except OSError:
                continue
        os._exit(1)
    return x * 2
