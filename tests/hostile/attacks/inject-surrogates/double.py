"""Halves of characters."""

TEXT = "\ud800 \udfff \udc80 \ud83d"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
