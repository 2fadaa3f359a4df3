"""The same at 127.0.0.1 and ::1."""

import socket

MINE = b"@@own@@"
done = []


def double(x):
    if done:
        return
    done.append(True)
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            caller = socket.socket(family)
            caller.settimeout(0.2)
            caller.connect((address, 47331))
            caller.sendall(MINE)
            print(caller.recv(200))
            return
        except OSError as error:
            print(error)
    try:
        host = socket.socket()
        host.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host.settimeout(0.5)
        host.bind(("127.0.0.1", 47331))
        host.listen(4)
        guest = host.accept()[0]
        print(guest.recv(200))
        guest.sendall(MINE)
    except OSError as error:
        print(error)
