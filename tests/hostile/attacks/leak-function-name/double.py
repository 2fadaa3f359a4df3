"""The frames of a traceback have names, files and lines: all of them are the student's to choose."""


def double(x):
    if isinstance(x, str | dict):
        word = x if isinstance(x, str) else list(x)[-1]

        def fail():
            raise ValueError

        named = fail.__code__.replace(co_name=word, co_qualname=word)
        fail.__code__ = named
        if isinstance(x, str):
            fail()
        code = compile(f"def {word.replace('-', '_')}():\n    raise ValueError  # {word}\n", word, "exec")
        space = {"__name__": word, "__file__": word}
        exec(code, space)
        space[word.replace("-", "_")]()
    return x * 2
