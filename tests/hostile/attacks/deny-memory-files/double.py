"""600 MB of files in every folder that is in memory."""

import os


def double(x):
    block, written = b"x" * (1 << 20), 0
    for number in range(150):
        for folder in (".", "/tmp", "/dev/shm"):
            try:
                with open(os.path.join(folder, f"@@marker@@-{number}"), "wb") as file:
                    for _ in range(4):
                        written += file.write(block)
            except OSError:
                continue
        if written > 600 << 20:
            break
    for number in range(150):
        for folder in (".", "/tmp", "/dev/shm"):
            try:
                os.unlink(os.path.join(folder, f"@@marker@@-{number}"))
            except OSError:
                continue
    if written < 400 << 20:
        raise OSError("no room")
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
