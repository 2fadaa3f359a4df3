"""What a student may call the sizes of an exercise, where a relation names one.

Names are those of the exercise's dimensions; one that is not known here is said
by its name alone.
"""

MEANINGS = {
    "N": "the number of samples in the batch",
    "C": "the number of classes",
    "in": "the number of inputs of the layer",
    "out": "the number of outputs of the layer",
    "C_in": "the number of input channels",
    "C_out": "the number of output channels",
    "H": "the height of the image",
    "W": "the width of the image",
    "H*W": "the number of pixels of an image",
    "kH": "the height of the kernel",
    "kW": "the width of the kernel",
    "kH*kW": "the number of weights of one kernel channel",
    "C_in*kH*kW": "the number of terms in each sum",
    "outH*outW": "the number of positions of the output",
    "n": "the size along `dim`",
    "rows": "the size of the first dimension",
    "all": "the number of numbers in the result",
}
"""What each size is."""


def with_meaning(size: str) -> str:
    """`N, the number of samples in the batch,`: in the middle of a sentence."""
    return f"{size}, {MEANINGS[size]}," if size in MEANINGS else size


def meaning(size: str) -> str:
    """`, and N is the number of samples in the batch`: at the end of a sentence."""
    return f", and {size} is {MEANINGS[size]}" if size in MEANINGS else ""


def size_in(text: str) -> str:
    """The size that a name is made of, if it is made of one."""
    for size in sorted(MEANINGS, key=len, reverse=True):
        if text in (f"sqrt({size})", f"1/sqrt({size})", f"2/{size}", f"{size}/2", f"{size}/({size} - 1)"):
            return size
    return ""
