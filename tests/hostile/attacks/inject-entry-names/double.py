"""The function is missing; what is there has a name that nobody should print."""

globals()["doubl\x1b[31m\n::error::"] = lambda x: x
globals()["double\u202e"] = lambda x: x
globals()["doubles" * 100_000] = lambda x: x
