"""Six hundred threads at once."""

import threading
import time

threading.stack_size(1 << 16)


def double(x):
    for _ in range(600):
        threading.Thread(target=time.sleep, args=(4,), daemon=True).start()
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
