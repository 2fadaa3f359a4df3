"""Only the name of the folder is hostile."""


def double(x):
    return None
