"""Which of the common mistakes an exception speaks of: one of a few fixed words.

The judge looks at the exception's class, its message and the student's last
line, and keeps only the word: so it may be shown where the message is withheld.
Patterns fit the messages of torch 2.6 to 2.13, NumPy 2 and Python 3.11 to 3.13.
The text is hostile: it is cut before it is searched, and a wrong word does no
harm, as it only chooses between sentences of ours.
"""

import re
from collections.abc import Sequence

from grader.findings import ErrorKind, Frame
from grader.wire.messages import ExceptionInfo

SEARCHED = 600
"""Characters of a message that are searched; all that tells kinds apart stands at its beginning."""

_RUNTIME, _INDEX, _TYPE, _VALUE = ("RuntimeError",), ("IndexError",), ("TypeError",), ("ValueError",)
_ATTRIBUTE = ("AttributeError",)

_RULES: tuple[tuple[ErrorKind, tuple[str, ...], str], ...] = (
    # --- something else than a tensor ---
    ("none", (*_TYPE, *_ATTRIBUTE, *_RUNTIME), r"\bNoneType\b"),
    ("pair", (*_TYPE, *_ATTRIBUTE), r"torch\.return_types\."),
    (
        "loader-only-iterates",
        (*_TYPE, *_ATTRIBUTE),
        r"'(Recorded)?Batches' (has no len|object (has no attribute|is not (subscriptable|an iterator)))",
    ),
    (
        "not-called",
        (*_TYPE, *_ATTRIBUTE),
        r"'(builtin_function_or_method|method|function|method_descriptor)' (object (?!is not callable)|and )"
        r"|and '(builtin_function_or_method|method|function)'",
    ),
    ("not-callable", _TYPE, r"object is not callable"),
    ("number-not-tensor", _ATTRIBUTE, r"'(float|int|bool|complex|numpy\.\w+\d)' object has no attribute"),
    ("list-not-tensor", _ATTRIBUTE, r"'(list|tuple|dict|torch\.Size)' object has no attribute"),
    (
        "tuple-not-number",
        _TYPE,
        r"(unsupported operand type\(s\) for .{1,12}|not supported between instances of )"
        r"('tuple' and '(int|float)'|'(int|float)' and 'tuple')"
        r"|can only concatenate tuple \(not \"(int|float)\"\)|found element of type tuple"
        r"|'tuple' object cannot be interpreted as an integer",
    ),
    (
        "list-not-tensor",
        _TYPE,
        r"can only concatenate (list|tuple)|can't multiply sequence by non-int"
        r"|unsupported operand type\(s\) for .*'(list|tuple|torch\.Size)'",
    ),
    ("no-such-method", _ATTRIBUTE, r"'(Tensor|Parameter|numpy\.ndarray)' object has no attribute"),
    ("no-such-function", _ATTRIBUTE, r"module '(torch|numpy|math)[\w.]*' has no attribute"),
    ("not-a-tensor", _TYPE, r"must be Tensor, not |expected Tensor as element \d+ in argument"),
    ("not-a-tensor", _TYPE, r"unsupported operand type\(s\) for .*'(Tensor|numpy\.ndarray|Parameter)'"),
    # --- calls ---
    (
        "arguments",
        _TYPE,
        r"missing \d+ required |takes .{1,40} arguments? but \d+ (was|were) given"
        r"|unexpected keyword argument|multiple values for (keyword )?argument",
    ),
    (
        "index-type",
        (*_TYPE, *_INDEX, *_RUNTIME),
        r"tensors used as indices must be|only integers, slices|Expected dtype int.{0,20} for index"
        r"|one_hot is only applicable|indices must be integers|cannot be interpreted as an integer"
        r"|only integer tensors of a single element|scalar types: Long, Int"
        r"|must be tuple of ints, not (float|Tensor)|arrays used as indices must be",
    ),
    (
        "torch-arguments",
        _TYPE,
        r"received an invalid combination of arguments|argument '\w+' \(position \d+\) must be ",
    ),
    # --- taking apart and turning into numbers ---
    ("unpack-count", _VALUE, r"values to unpack"),
    (
        "unpack-single",
        _TYPE,
        r"cannot unpack non-iterable|(iteration over|len\(\) of) a 0-d|'(int|float)' object is not iterable",
    ),
    (
        "one-number",
        (*_VALUE, *_RUNTIME, *_TYPE),
        r"only one element tensors can be|cannot be converted to Scalar|only .{1,20} arrays can be converted",
    ),
    ("truth-value", (*_RUNTIME, *_VALUE), r"(Boolean value of Tensor|truth value of an array) .*ambiguous"),
    ("numpy-of-graph", _RUNTIME, r"Can't call numpy\(\) on Tensor that requires grad"),
    ("numpy-of-device", _TYPE, r"can't convert .{1,20} device type tensor to numpy"),
    ("ragged", _VALUE, r"expected sequence of length|inhomogeneous shape"),
    # --- the graph ---
    ("leaf-in-place", _RUNTIME, r"leaf Variable that requires grad.*in-place"),
    ("saved-changed", _RUNTIME, r"modified by an inplace operation"),
    ("shared-memory", _RUNTIME, r"to a single memory location"),
    ("graph-freed", _RUNTIME, r"through the graph a second time|have already been freed"),
    ("no-graph", _RUNTIME, r"does not require grad|appears to not have been used in the graph"),
    ("backward-of-many", _RUNTIME, r"implicitly created only for scalar outputs"),
    ("inference-tensor", _RUNTIME, r"[Ii]nference tensor"),
    # --- devices and dtypes ---
    ("no-cuda", ("AssertionError", *_RUNTIME), r"compiled with CUDA|NVIDIA driver|No CUDA GPUs|CUDA driver"),
    (
        "device",
        _RUNTIME,
        r"on the same device|two different devices|not on the expected device|is on CPU, but expected"
        r"|^Input type \(torch\.(cuda\.)?\w+\) and (weight|bias) type \(torch\.(cuda\.)?\w+\)"
        r"|Expected .{1,40} device type",
    ),
    (
        "class-dtype",
        _RUNTIME,
        r"expected target dtype to be|nll_loss.{1,60}not implemented for",
    ),
    (
        "needs-float",
        ("NotImplementedError", *_RUNTIME),
        r"must be either a floating point|not implemented for '(Long|Int|Bool|Byte|Short|Char)'"
        r"|[Oo]nly Tensors of floating point|only support floating point|Expected a floating point",
    ),
    ("stored-as-integer", _RUNTIME, r"desired output type (Long|Int|Bool|Byte|Short|Char)"),
    ("bool-arithmetic", _RUNTIME, r"the `-` operator"),
    (
        "dtype",
        _RUNTIME,
        r"(have|has) (the )?same (dtype|scalar type)|expected scalar type \w+ but found"
        r"|Found dtype \w+ but expected|destination dtypes match|dtype to be equal to|expected dtype \w+ for"
        r"|Input type \(.{1,30}\) and (weight|bias) type|desired output type",
    ),
    # --- shapes ---
    ("class-range", (*_INDEX, *_RUNTIME), r"Target -?\d+ is out of bounds|Class values must be"),
    (
        "loss-shapes",
        (*_VALUE, *_RUNTIME),
        r"match target batch_size|multi-target not|Expected target size|target size .{1,80}different to"
        r"|for target with class probabilities",
    ),
    ("state-dict", _RUNTIME, r"in loading state_dict"),
    (
        "join-shapes",
        (*_RUNTIME, *_VALUE),
        r"expects each tensor to be equal size|must match except in dimension"
        r"|must have same number of dimensions|input arrays? must have",
    ),
    ("join-nothing", (*_RUNTIME, *_VALUE), r"non-empty (TensorList|list of Tensors)"),
    (
        "matmul-shapes",
        (*_RUNTIME, *_VALUE),
        r"cannot be multiplied|two dimensions of batch2|size mismatch, got input|inconsistent tensor size"
        r"|1D tensors expected|must be a (matrix|3D tensor)|arguments to matmul|^matmul: |^einsum.*broadcast",
    ),
    ("einsum", (*_RUNTIME, *_VALUE), r"^einsum"),
    ("in-place-shape", _RUNTIME, r"doesn't match the broadcast shape"),
    ("mask-shape", _INDEX, r"shape of the mask"),
    (
        "broadcast",
        (*_RUNTIME, *_INDEX, *_VALUE),
        r"must match the (size of tensor|existing size)|(could not|cannot) be broadcast|could not broadcast"
        r"|number of sizes provided",
    ),
    ("view-layout", _RUNTIME, r"view size is not compatible"),
    (
        "reshape-count",
        (*_RUNTIME, *_VALUE),
        r"is invalid for input of size|cannot reshape array|only one dimension can be",
    ),
    (
        "kernel-too-large",
        _RUNTIME,
        r"components must be at least one|Kernel size can't be|maximum size for tensor at dimension",
    ),
    ("negative-size", (*_RUNTIME, *_VALUE), r"negative dimension|non-negative"),
    (
        "dims-order",
        _RUNTIME,
        r"desired ordering of dimensions|a tensor with <= 2|dims are not allowed|appears multiple times"
        r"|Number of dimensions of repeat",
    ),
    (
        "dim-range",
        (*_INDEX, *_VALUE),
        r"Dimension out of range|for array of dimension|Dimension specified as",
    ),
    ("index-count", _INDEX, r"too many indices|0-dim tensor|index to scalar"),
    (
        "nothing-to-reduce",
        (*_INDEX, *_RUNTIME),
        r"specified for input\.numel\(\) == 0|to have non-zero size|pop from empty",
    ),
    (
        "index-range",
        (*_INDEX, *_RUNTIME),
        r"index -?\d+ is out of bounds|index out of range|index -?\d+ out of range|out of range: tried"
        r"|exceeds dimension size|index k out of range",
    ),
    # --- modules ---
    ("no-super-init", _ATTRIBUTE, r"before Module\.__init__\(\) call"),
    ("no-forward", ("NotImplementedError",), r'missing the required "forward"'),
    ("parameter-type", _TYPE, r"cannot assign .{1,80} as (parameter|child module|buffer)"),
    ("no-parameters", _VALUE, r"empty parameter list"),
    # --- numbers ---
    (
        "not-finite",
        (*_RUNTIME, *_VALUE, "OverflowError"),
        r"returned nan values|cannot convert float (NaN|inf)|either `inf`, `nan`|invalid values:\n?.{,30}nan",
    ),
    (
        "math-range",
        (*_VALUE, "OverflowError"),
        r"math (domain|range) error|Numerical result out of range|expected a positive input",
    ),
)
"""For each kind: of which classes its exceptions are, and what their messages hold; the first that fits."""

_BY_CLASS: dict[str, ErrorKind] = {
    "UnboundLocalError": "unbound",
    "StopIteration": "nothing-left",
    "KeyError": "missing-key",
    "AssertionError": "assertion",
    "NotImplementedError": "not-implemented",
}
"""Kinds that the class alone tells."""

_LOSS = re.compile(r"criterion|loss|entropy|nll")
_TWO_THINGS = re.compile(r"\b(max|min|sort|median|mode|topk)\(")
_FINITE = re.compile(r"nan|inf\b|infinit|finite", re.IGNORECASE)


def kind_of(info: ExceptionInfo, frames: Sequence[Frame]) -> ErrorKind | None:
    """What an exception speaks of, None if it is nothing common.

    Args:
        info: The exception, as the worker told it.
        frames: The student's own lines, checked against what was handed in.
    """
    classes = {info.type, *info.bases}
    line = frames[-1].text if frames else ""
    if re.match(r"raise\b", line) and "NotImplementedError" not in classes:
        return None  # the student's own words
    message = info.message[:SEARCHED]
    for kind, types, pattern in _COMPILED:
        if not classes.isdisjoint(types) and pattern.search(message):
            return _refined(kind, message, line)
    known = next((kind for name, kind in _BY_CLASS.items() if name in classes), None)
    if known == "assertion" and _FINITE.search(f"{message} {line}"):
        return "not-finite"
    return known


def _refined(kind: ErrorKind, message: str, line: str) -> ErrorKind:
    """What the student's line adds to the message."""
    if kind == "none" and ".grad" in line:
        return "no-grad-yet"
    if kind == "dtype" and "scalar type Long but" in message and _LOSS.search(line):
        return "class-dtype"  # before torch 2.12
    if kind == "tuple-not-number" and _TWO_THINGS.search(line):
        return "pair"
    if kind == "arguments" and not line:
        return "signature"
    return kind


_COMPILED = tuple((kind, frozenset(types), re.compile(pattern)) for kind, types, pattern in _RULES)
