"""Close the channel and go on."""

import os
import time


def double(x):
    os.close(3)
    time.sleep(20)
