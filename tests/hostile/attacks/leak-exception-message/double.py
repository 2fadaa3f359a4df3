"""Messages, notes, chains."""


def double(x):
    if isinstance(x, str | dict):
        word = x if isinstance(x, str) else list(x)[-1]
        error = ValueError(word, {word: word})
        error.add_note(word)
        try:
            raise KeyError(word)
        except KeyError as cause:
            raise error from cause
    return x * 2
