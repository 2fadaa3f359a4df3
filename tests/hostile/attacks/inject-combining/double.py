"""Hundreds of marks on one letter, and full width formulas."""

TEXT = "Z" + "\u0351\u0321\u0489" * 300 + " \uff1d1+1 \U0001f468\u200d\U0001f469\u200d\U0001f467"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
