"""Loads a submission: bytes that nobody has looked into become functions that can be called.

Sources are written to the worker's scratch folder, which is the first place
that imports look in, so helper modules, `inspect.getsource` and TorchScript
find them. Whatever goes wrong is the submission's own doing and comes out as
`NotLoaded` with the step at which it happened; nothing else is raised.
"""

import io
import os
import sys
import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from grader.wire.messages import NAME_LENGTH, EntryPoint, Load, NotebookCells, SourceFile
from grader.worker.notebook import reading
from grader.worker.notebook.attempts import Attempts, attempt, told
from grader.worker.notebook.selecting import broken, defined, functions, spoken_of
from grader.worker.tracebacks import Sources

Reason = Literal["missing", "empty", "encoding", "notebook", "syntax", "exception"]

MOST_NAMES = 200
"""Of the names that a file defines, for suggestions only."""


@dataclass(frozen=True)
class Program:
    """A submission that was loaded.

    Attributes:
        file: The file or notebook that it came from.
        found: Its entry points, by name.
        names: All functions and classes that it defines.
        notebook: What was done with the cells, if it is a notebook.
    """

    file: str
    found: Mapping[str, Callable[..., Any]]
    names: tuple[str, ...]
    notebook: NotebookCells | None = None


class NotLoaded(Exception):
    """The submission cannot be loaded.

    Attributes:
        reason: One of the reasons of `LoadFailed`.
        file: The file at fault, '' if there is none.
        detail: Facts for a finding.
        cause: The exception of the student's code, if there was one.
    """

    def __init__(self, reason: Reason, file: str, detail: str = "", cause: BaseException | None = None):
        super().__init__(f"{file}: {reason}")
        self.reason = reason
        self.file = file
        self.detail = detail
        self.cause = cause


def load(request: Load, scratch: Path, sources: Sources) -> Program:
    """Load the submission of a request.

    Raises:
        NotLoaded: It could not be loaded; says why.
    """
    files = {file.name: file for file in request.files if _plain(file.name)}
    wanted = [entry.name for entry in request.entry_points]
    main = next((files[name] for name in request.main if name in files), None)
    # Read before anything is written: a student's module must not stand in for one that reading needs.
    book = _notebook(main, files, wanted) if main is None or main.name.endswith(".ipynb") else None
    _write(files.values(), scratch, sources)
    if book is not None:
        return _load_notebook(book, wanted, request.seconds, scratch, sources)
    assert main is not None
    return _load_file(main, request.entry_points, scratch, sources)


def decoded(file: SourceFile) -> str:
    """The text of a source file, decoded as Python does: UTF-8, or what its cookie says.

    Raises:
        NotLoaded: It is empty, or not in that encoding.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(file.content).readline)
        text = file.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotLoaded("encoding", file.name, _where(file.content, error)) from None
    except (SyntaxError, LookupError) as error:
        raise NotLoaded("encoding", file.name, _first_bad_byte(file.content) or str(error)) from None
    if not text.strip("\ufeff \t\r\n\f"):
        raise NotLoaded("empty", file.name)
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text.removeprefix("\ufeff"), final=True)


def _where(content: bytes, error: UnicodeDecodeError) -> str:
    line = content.count(b"\n", 0, error.start) + 1
    return f"byte 0x{content[error.start]:02X} in line {line}"


def _first_bad_byte(content: bytes) -> str | None:
    """Where the text stops being UTF-8; None if it does not."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return _where(content, error)
    return None


def _plain(name: str) -> bool:
    return name == os.path.basename(name) and name not in ("", ".", "..") and "\0" not in name


def _write(files: Iterable[SourceFile], scratch: Path, sources: Sources) -> None:
    """Put the Python files into scratch and register those that can be read as text."""
    for file in files:
        if not file.name.endswith(".py"):
            continue
        path = scratch / file.name
        path.write_bytes(file.content)
        try:
            sources.add(str(path), file.name, decoded(file))
        except NotLoaded:
            continue  # it only matters if it is imported


# --- .py ----------------------------------------------------------------------


def _load_file(
    main: SourceFile, entry_points: Sequence[EntryPoint], scratch: Path, sources: Sources
) -> Program:
    decoded(main)  # says what Python would not: that it is empty, or which byte is wrong
    path = str(scratch / main.name)
    module = new_module(Path(main.name).stem, path)
    try:
        # Bytes, so that Python itself deals with BOM, cookie and line ends.
        code = compile(main.content, path, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - what a worker is for
    except BaseException as error:  # noqa: BLE001 - SystemExit at import is as much the student's as any
        raise _failed(error, main.name, sources) from None
    return Program(
        file=main.name,
        found=_found(module, [entry.name for entry in entry_points]),
        names=_names(module),
    )


def new_module(name: str, path: str) -> ModuleType:
    """An empty module, importable by name unless something else has that name already."""
    module = ModuleType(name)
    module.__file__ = path
    sys.modules.setdefault(name, module)
    return module


def _failed(error: BaseException, file: str, sources: Sources) -> NotLoaded:
    """What an exception while loading says about the submission."""
    if isinstance(error, SyntaxError):
        shown = sources.shown(error.filename) or file
        return NotLoaded("syntax", shown, str(error.msg), error)
    if error.__traceback__ is not None and error.__traceback__.tb_next is None:
        # Raised by compile itself: null bytes, or nested too deeply.
        return NotLoaded("syntax", file, str(error), error)
    return NotLoaded("exception", file, "", error)


def _found(module: ModuleType, wanted: Sequence[str]) -> dict[str, Callable[..., Any]]:
    return {name: module.__dict__[name] for name in wanted if callable(module.__dict__.get(name))}


def _names(module: ModuleType) -> tuple[str, ...]:
    """Public callables that the module defines itself."""
    return tuple(
        name
        for name, value in list(module.__dict__.items())
        if type(name) is str
        and not name.startswith("_")
        and name.isidentifier()
        and len(name) <= NAME_LENGTH
        and callable(value)
        and _module_of(value) in (None, module.__name__)
    )[:MOST_NAMES]


def _module_of(value: object) -> object:
    try:
        return getattr(value, "__module__", None)
    except Exception:  # noqa: BLE001 - a student's object may have a __getattr__ that fails
        return None


# --- .ipynb ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Book:
    name: str
    cells: tuple[reading.Cell, ...]


def _notebook(main: SourceFile | None, files: Mapping[str, SourceFile], wanted: Sequence[str]) -> _Book:
    """The main notebook, or of all the one that defines most of the entry points."""
    if main is not None:
        try:
            return _Book(main.name, reading.code_cells(main.content))
        except reading.NotANotebook as error:
            raise NotLoaded(error.reason, main.name, str(error)) from None
    best: tuple[tuple[int, int], _Book] | None = None
    broken: NotLoaded | None = None
    for name in sorted(files):
        if not name.endswith(".ipynb"):
            continue
        try:
            book = _Book(name, reading.code_cells(files[name].content))
        except reading.NotANotebook as error:
            broken = broken or NotLoaded(error.reason, name, str(error))
            continue
        bound = len(defined(book.cells) & set(wanted))
        score = bound, sum(spoken_of(book.cells, each) for each in wanted)
        if score > (best[0] if best else (0, 0)):
            best = score, book
    if best is None:
        raise broken or NotLoaded("missing", "")
    return best[1]


def _load_notebook(
    book: _Book, wanted: Sequence[str], seconds: float, scratch: Path, sources: Sources
) -> Program:
    """Run what the entry points need, or all cells, where one of them may come of that."""
    filenames = {}
    for cell in book.cells:
        filenames[cell.number] = str(scratch / book.name / f"cell {cell.number}")
        sources.add(filenames[cell.number], f"cell {cell.number}", cell.text)
    for cell in {cell.writes: cell for cell in book.cells if cell.writes}.values():
        _write_cell(cell, scratch, sources)
    stem, tried = Path(book.name).stem, list[ModuleType]()

    def fresh() -> ModuleType:
        if tried and sys.modules.get(stem) is tried[-1]:
            del sys.modules[stem]
        tried.append(new_module(stem, str(scratch / f"{stem}.py")))
        return tried[-1]

    attempts = attempt(book.cells, wanted, filenames, seconds, fresh)
    if sys.modules.get(stem) is tried[-1]:
        sys.modules[stem] = attempts.best.module
    if not attempts.best.found:
        _say_why(book, attempts, wanted, filenames)
    public = sorted(name for name in functions(book.cells) if not name.startswith("_"))
    names = tuple(name for name in public if len(name) <= NAME_LENGTH)[:MOST_NAMES]
    return Program(book.name, attempts.best.found, names, told(book.cells, wanted, attempts))


def _write_cell(cell: reading.Cell, scratch: Path, sources: Sources) -> None:
    """Put the module there that a cell below `%%writefile ops.py` is the text of, unless it was handed in."""
    path = scratch / cell.writes
    if not path.exists():
        # The magic becomes a comment, so that lines keep their numbers.
        path.write_text(cell.text.replace("%%", "# ", 1), "utf-8", "replace")
        sources.add(str(path), f"cell {cell.number}", cell.text)


def _say_why(book: _Book, attempts: Attempts, wanted: Sequence[str], filenames: Mapping[int, str]) -> None:
    """Raise NotLoaded if something that an entry point needs has failed, or is no Python."""
    stops = attempts.first.stopped
    if stops:
        raise NotLoaded("exception", book.name, "", stops[min(stops)].error)
    cell = broken(book.cells, wanted)
    if cell is not None:
        assert cell.error is not None
        cell.error.filename = filenames[cell.number]
        raise NotLoaded("syntax", f"cell {cell.number}", str(cell.error.msg), cell.error)
