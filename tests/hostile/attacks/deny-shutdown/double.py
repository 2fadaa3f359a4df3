"""Shut down one direction of the channel."""

import os
import socket
import time

calls = 0


def double(x):
    channel = socket.socket(fileno=os.dup(3))
    channel.shutdown(socket.SHUT_RD)
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    os.set_blocking(3, False)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
