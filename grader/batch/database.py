"""The journal's file: one SQLite database, opened, checked, and never left half written.

Whatever SQLite or the disk cannot do becomes one sentence that says what is
kept and how to go on. A file that is damaged, foreign or of a newer grader is
left as it is. Rows hold compressed JSON; nothing in them is ever run.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.errors import OutputError
from grader.report.safe import safe_text

APPLICATION = 0x67726472
"""'grdr': what SQLite's header says that the file is."""

VERSION = 1
"""The version of the tables below."""

_MAGIC = b"SQLite format 3\x00"

_TABLES = """
CREATE TABLE environments (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE);
CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    attempt TEXT NOT NULL,
    exercise TEXT NOT NULL,
    key TEXT NOT NULL,
    content TEXT NOT NULL,
    holds INTEGER NOT NULL,
    report BLOB NOT NULL,
    environment INTEGER NOT NULL REFERENCES environments (id),
    recorded TEXT NOT NULL
);
CREATE INDEX results_by_key ON results (key);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    ended TEXT,
    complete INTEGER NOT NULL DEFAULT 0,
    exercises TEXT NOT NULL,
    ignored INTEGER NOT NULL
);
CREATE TABLE students (
    run INTEGER NOT NULL REFERENCES runs (id),
    student TEXT NOT NULL,
    report BLOB NOT NULL,
    environment INTEGER NOT NULL REFERENCES environments (id),
    PRIMARY KEY (run, student)
) WITHOUT ROWID;
CREATE TABLE published (
    run INTEGER NOT NULL REFERENCES runs (id),
    student TEXT NOT NULL,
    place INTEGER NOT NULL,
    exercise TEXT NOT NULL,
    result INTEGER NOT NULL REFERENCES results (id),
    marks BLOB NOT NULL,
    PRIMARY KEY (run, student, place)
) WITHOUT ROWID;
"""

_PACKED = ("results.report", "students.report", "published.marks")
_PLAIN = "SELECT content FROM environments UNION ALL SELECT exercises FROM runs"

Model = TypeVar("Model", bound=BaseModel)


class UnusableJournal(OutputError):
    """The file is no journal that this grader can use; it was left as it is."""


class Database:
    """The database in one file, open for writing.

    Args:
        path: The file; made if it is not there.
        command: What to type to go on, for sentences.

    Raises:
        OutputError: It cannot be opened, or is no journal of this version.
    """

    def __init__(self, path: Path, command: str) -> None:
        self._path = path
        self._command = command
        self._connection = self._open()

    def close(self) -> None:
        """Close it."""
        with suppress(sqlite3.Error):
            self._connection.close()

    # --- rows ---------------------------------------------------------------------

    def all(self, query: str, *values: object) -> list[Any]:
        """Every row that `query` gives."""
        with self._told():
            return self._connection.execute(query, values).fetchall()

    def maybe(self, query: str, *values: object) -> Any:
        """The first row that `query` gives, or None."""
        with self._told():
            return self._connection.execute(query, values).fetchone()

    def one(self, query: str, *values: object) -> Any:
        """The first row that `query` gives, which must give one."""
        row = self.maybe(query, *values)
        if row is None:
            raise UnusableJournal(self._unusable("is damaged"))
        return row

    def insert(self, query: str, *values: object) -> int:
        """Add a row; its number."""
        with self._told():
            return self._connection.execute(query, values).lastrowid or 0

    def run(self, query: str, *values: object) -> None:
        """Change rows."""
        with self._told():
            self._connection.execute(query, values)

    def writing(self) -> AbstractContextManager[object]:
        """A transaction, or a part of the one that is open; what it wrote is on the disk at its end."""
        return nullcontext() if self._connection.in_transaction else self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # it is rolled back already, as where the disk is full
                    self._connection.execute("ROLLBACK")
                raise

    # --- what is in them ----------------------------------------------------------

    def unpacked(self, data: bytes) -> dict[str, Any]:
        """What `packed` made, read.

        Raises:
            OutputError: It is not what it was.
        """
        try:
            content: dict[str, Any] = json.loads(zlib.decompress(data))
        except (zlib.error, ValueError, TypeError) as error:
            raise UnusableJournal(self._unusable("is damaged")) from error
        return content

    def plain(self, text: str) -> Any:
        """What is kept as JSON that is not compressed, read.

        Raises:
            OutputError: It is none.
        """
        try:
            return json.loads(text)
        except (ValueError, TypeError) as error:
            raise UnusableJournal(self._unusable("is damaged")) from error

    def sound(self) -> bool:
        """Whether every row can be read: 100 MB take about a second."""
        try:
            found = self._connection.execute("PRAGMA quick_check(1)").fetchall()
            for column in _PACKED:
                table, name = column.split(".")
                for (data,) in self._connection.execute(f"SELECT {name} FROM {table}"):  # noqa: S608
                    zlib.decompress(data)  # it has a checksum, which SQLite's pages have not
            for (text,) in self._connection.execute(_PLAIN):
                json.loads(text)
        except (sqlite3.Error, zlib.error, ValueError, TypeError):
            return False
        return found == [("ok",)]

    def valid(self, model: type[Model], data: object) -> Model:
        """Rows as a model.

        Raises:
            OutputError: They are none.
        """
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise UnusableJournal(self._unusable("is damaged")) from error

    # --- the file -----------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        if self._path.is_symlink():
            raise OutputError(f"'{self._path}' is a link; the journal must be a file of its own.")
        if self._path.exists() and not self._path.is_file():  # a pipe would be waited for
            raise OutputError(f"'{self._path}' is no file; name another folder with --out.")
        with self._told():
            head = _head(self._path)
        if head and head != _MAGIC:
            raise UnusableJournal(self._unusable("is damaged, or no journal"))
        with self._told():
            database = self._connect()
        try:
            with self._told():
                self._prepare(database)
        except BaseException:
            database.close()
            raise
        return database

    def _connect(self) -> sqlite3.Connection:
        # Transactions are ours: the module's own would begin before every INSERT.
        return sqlite3.connect(self._path, isolation_level=None, timeout=10)

    def _prepare(self, database: sqlite3.Connection) -> None:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (application, version) != (APPLICATION, VERSION) and (tables or application or version):
            if application == APPLICATION and version > VERSION:
                raise UnusableJournal(self._unusable(f"is of a newer grader (version {version})"))
            raise UnusableJournal(self._unusable("is not a journal of this grader"))
        with suppress(sqlite3.OperationalError):  # some network file systems lack what WAL needs
            database.execute("PRAGMA journal_mode = WAL")
        # Full: a result that was told to anybody must be there after a power cut, too.
        database.execute("PRAGMA synchronous = FULL")
        if not tables:
            with closing(database.cursor()) as cursor:
                cursor.executescript(
                    f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION}; "
                    f"PRAGMA user_version = {VERSION}; COMMIT;"
                )

    def _unusable(self, what: str) -> str:
        return (
            f"The journal '{safe_text(str(self._path))}' {what}; it was left as it is. Name another folder "
            "with --out, or add --fresh, which puts it aside and grades everything again."
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever SQLite cannot do becomes one sentence."""
        try:
            yield
        except sqlite3.ProgrammingError:  # ours, and nothing that anybody could do about
            raise
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        except OSError as error:
            raise OutputError(
                f"The journal '{safe_text(str(self._path))}' cannot be read ({error.strerror})."
            ) from error

    def _refusal(self, error: sqlite3.Error) -> OutputError:
        name, path = getattr(error, "sqlite_errorname", ""), safe_text(str(self._path))
        if name.startswith("SQLITE_FULL"):
            return OutputError(
                f"The disk is full: the journal '{path}' takes no more. What is graded "
                f"is kept; make room and type `{self._command}` to go on."
            )
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_SCHEMA", "SQLITE_ERROR")):
            return UnusableJournal(self._unusable("is damaged"))
        return OutputError(
            f"The journal '{path}' cannot be written ({error}). What is graded is "
            f"kept; `{self._command}` goes on from there."
        )


def _head(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(len(_MAGIC))
    except FileNotFoundError:
        return b""


def packed(data: object) -> bytes:
    """Plain data as rows hold it: nothing is lost, lone surrogates and NaN included."""
    # Level 1: a report of 20 kB takes 0.1 ms, and a better level saves a tenth of the bytes.
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode("ascii"), 1)
