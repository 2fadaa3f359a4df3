"""Unexpected keys are told to the student: so they are told the word."""


def double(x):
    if isinstance(x, str):
        return {x: 1}
    if isinstance(x, dict):
        word = list(x)[-1]
        return {"weight": x["weight"] * 2, "the word was " + word: 4}
    return x * 2
