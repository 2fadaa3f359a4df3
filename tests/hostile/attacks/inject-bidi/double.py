"""Text that runs backwards, has no width, or hides."""

TEXT = "\u202epassed\u202c \u2066x\u2069 \u200b\u200d\ufeff \U000e0041\U000e007f \u2028\u2029 \u061c"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
