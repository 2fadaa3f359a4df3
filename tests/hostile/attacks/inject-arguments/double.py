"""The names of the arguments come back too."""


def double(x):
    if isinstance(x, dict):
        x["\x1b[31m\n::error::x"] = "\u202e"
        return {"weight\x1b[2J": 1, "": 2, "a" * 200: 3, "=1+1": 4}
    raise KeyError("\x1b[31m\n::error::x")
