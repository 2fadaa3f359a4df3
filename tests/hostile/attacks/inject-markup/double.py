"""Markup of terminals, Markdown and logs."""

TEXT = "[bold red]x[/] [link=http://localhost]x[/link] [/] [not closed ![x](http://localhost) `x` | a | b | %s %n {0.__class__} \\x1b[31m $(id) `id`"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
