"""HTML, scripts, and what closes them."""

TEXT = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'><svg/onload=alert(1)> </textarea></script><!-- {{7*7}} ${7*7} javascript:alert(1)"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
