"""What cannot be loaded is told in full; so pretend that it could not be loaded."""


def double(x):
    if isinstance(x, str | dict):
        word = x if isinstance(x, str) else list(x)[-1]
        error = SyntaxError(word, (word, 1, 1, word))
        error.print_file_and_line = word
        error.__class__.__name__ if False else None
        raise error
    return x * 2
