"""Terminal escapes: colours, titles, links, the clipboard."""

TEXT = "\x1b[31;5mred\x1b[0m\x1b[2J\x1b[H\x1b]0;title\x07\x1b]8;;http://localhost\x07link\x1b]8;;\x07\x1b]52;c;aGk=\x07\x9b31m\x90q\x9c\r\b\b\x7f"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
