"""What breaks JSON that was written by hand."""

TEXT = "\"}], \"score\": 100, \\\" \\u0000 NaN Infinity \u2028 ]]} \\ud800 \t\b\f"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
