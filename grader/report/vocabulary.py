"""Names that everybody knows: of exceptions, types, devices and settings of torch.

A student's code chooses its own names while it runs, and could spell a hidden
input with them. A name of this vocabulary is one of a few hundred that stand
here beforehand, so that it can be shown where texts of the student's are not.
Plain data: nothing of torch or NumPy is imported to make it.
"""

import builtins
import re

_KINDS = {name for name, value in vars(builtins).items() if isinstance(value, type)}

EXCEPTIONS = frozenset(
    {name for name in _KINDS if issubclass(getattr(builtins, name), BaseException)}
    | {
        # torch
        *("OutOfMemoryError", "LinAlgError", "_LinAlgError", "AcceleratorError", "NotAllowedHere"),
        *("DistBackendError", "DistError", "JITException", "UninitializedParameter", "Unsupported"),
        *("GuardOnDataDependentSymNode", "DataDependentOutputException"),
        # NumPy and the standard library
        *("AxisError", "_ArrayMemoryError", "UFuncTypeError", "_UFuncNoLoopError", "ComplexWarning"),
        *("JSONDecodeError", "UnpicklingError", "PicklingError", "FrozenInstanceError", "Empty", "Full"),
        *("InvalidOperation", "DivisionByZero", "StatisticsError", "CalledProcessError", "TimeoutExpired"),
    }
)
"""Classes of exceptions that Python, torch or NumPy raise."""

_DTYPES = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex32", "complex64", "complex128"),
    *("qint8", "quint8", "qint32", "float8_e4m3fn", "float8_e5m2"),
)

_NUMPY = (
    *("ndarray", "matrix", "generic", "bool_", "bool", "str_", "bytes_", "intc", "longlong", "ulonglong"),
    *("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "longdouble", "complex64", "complex128", "dtypes.Float64DType"),
)

TYPES = frozenset(
    _KINDS - EXCEPTIONS
    | {"None", "NoneType", "tensor", "function", "builtin_function_or_method", "method", "generator"}
    | {"coroutine", "module", "ellipsis", "NotImplementedType", "dict_keys", "dict_values", "dict_items"}
    | {"nested tensor", "tensor on the meta device", "torch.Size", "torch.device", "torch.dtype"}
    | {f"tensor of torch.{dtype}" for dtype in _DTYPES}
    | {f"tensor of layout torch.{layout}" for layout in ("sparse_coo", "sparse_csr", "sparse_csc", "_mkldnn")}
    | {f"numpy.{name}" for name in _NUMPY}
    | {"torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "Tensor"}
    | {f"torch.nn.modules.container.{name}" for name in ("Sequential", "ModuleList", "ParameterList")}
    | {"torch.nn.modules.linear.Linear", "torch.nn.modules.module.Module"}
    | {
        "torch.return_types.max",
        "torch.return_types.min",
        "torch.return_types.sort",
        "torch.return_types.topk",
    }
    | {"collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque"}
    | {"fractions.Fraction", "decimal.Decimal", "array.array", "types.SimpleNamespace", "functools.partial"}
)
"""Types of Python, torch and NumPy that a function may return by mistake."""

DEVICE = re.compile(r"(cpu|cuda|meta|mps|xpu)(:\d{1,2})?")
"""A device of torch."""

SETTINGS = frozenset(
    {
        *("inference mode", "grad mode", "default dtype", "default device", "deterministic algorithms"),
        *("number of threads", "anomaly mode", "float32 matmul precision", "autocast"),
        *("cudnn.enabled", "cudnn.deterministic", "cudnn.benchmark", "cudnn.allow_tf32"),
        "mkldnn.enabled",
    }
)
"""Global state of torch that a worker watches (`grader.worker.state`)."""
