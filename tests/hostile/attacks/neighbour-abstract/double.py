"""An abstract name needs no file: listen, call, and exchange words."""

import os
import socket
import time

NAME = "\0hostile-meeting-point"
MINE = b"@@own@@"
done = []


def double(x):
    if done:
        return
    done.append(True)
    caller = socket.socket(socket.AF_UNIX)
    caller.settimeout(0.2)
    try:
        caller.connect(NAME)
        caller.sendall(MINE)
        print(caller.recv(200))
        return
    except OSError as error:
        print(error)
    host = socket.socket(socket.AF_UNIX)
    host.settimeout(0.6)
    try:
        host.bind(NAME)
        host.listen(4)
        guest = host.accept()[0]
        print(guest.recv(200))
        guest.sendall(MINE)
        time.sleep(0.05)
    except OSError as error:
        print(error)
