"""Names without end: of classes, functions, files, keys, and lines."""


def double(x):
    name = "A" * 1_000_000
    if isinstance(x, str):
        return {name: 1, "k" * 201: 2}
    if isinstance(x, dict):
        return type(name, (), {})()
    space = {}
    exec(compile("def f():\n    raise type('E' * 500000, (Exception,), {})('m' * 500000)  # " + "c" * 500_000, name, "exec"), space)
    space["f"].__code__ = space["f"].__code__.replace(co_name=name, co_qualname=name)
    space["f"]()
