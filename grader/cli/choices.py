"""Options with a closed list of answers."""

from enum import StrEnum


class Device(StrEnum):
    """Where student code runs."""

    CPU = "cpu"
    CUDA = "cuda"
    AUTO = "auto"
    ALL = "all"
