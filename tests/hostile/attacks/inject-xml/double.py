"""What no XML may hold."""

TEXT = "]]> &lt; <![CDATA[ \x00\x01\x0b\x1f \ufffe\uffff <!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]> &a;"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
