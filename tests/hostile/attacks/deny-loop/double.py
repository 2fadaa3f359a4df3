"""Loop for ever."""

def double(x):
    while True:
        pass
