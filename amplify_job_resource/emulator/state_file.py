"""A state file: named parts as bytes, in an SQLite database that a kill at any moment leaves whole.

While it is open, what was written last is in a second file beside it, whose name ends with `-wal`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

#: The version of the form of state files. A file with a higher one is not read. Fields and parts that
#: are new need no higher one: a file that has some is refused by versions that do not know them.
FORMAT = 1
_MARK = b"SQLite format 3\0"
#: What tells a state from other databases, as `PRAGMA application_id`: `ampl`.
_APPLICATION = 0x616D706C


class NoState(Exception):
    """The file is not what `StateFile` writes."""


class NewerState(Exception):
    """A newer version has written the file."""


class StateFile:
    """A state file, which nobody else can use while it is open.

    Raises:
        NoState: there is a file, and it is no state file.
        NewerState: it has a newer form.
        OSError: it can be neither read nor written, or another emulator uses it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("ab"):  # the errors of files are clearer than those of SQLite
            pass
        with path.open("rb") as file:
            begin = file.read(len(_MARK))
        if begin not in (b"", _MARK):
            raise NoState
        with self._errors():
            self._database = sqlite3.connect(
                path, timeout=0.5, isolation_level=None, check_same_thread=False
            )
        try:
            with self._errors():
                self._open()
        except BaseException:
            self._database.close()
            raise

    def read(self) -> dict[str, bytes]:
        """All parts by their names."""
        with self._errors():
            return dict(self._database.execute("SELECT name, data FROM parts"))

    def write(self, changed: Mapping[str, bytes], gone: list[str]) -> None:
        """Write some parts and remove others: all of it, or nothing where the process is killed."""
        with self._errors(), self._transaction():
            self._database.executemany("REPLACE INTO parts VALUES (?, ?)", changed.items())
            self._database.executemany(
                "DELETE FROM parts WHERE name = ?", [(each,) for each in gone]
            )

    def close(self) -> None:
        """Let others use the file; what is in the second file is moved into it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        # Nothing is lost when the process is killed, and nothing is torn when the machine is.
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        with self._transaction():
            (application,) = run("PRAGMA application_id").fetchone()
            (version,) = run("PRAGMA user_version").fetchone()
            (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
            if application != _APPLICATION and tables:
                raise NoState
            if version > FORMAT:
                raise NewerState(f"form {version}, where this one knows {FORMAT}")
            if not tables:
                run("CREATE TABLE parts (name TEXT PRIMARY KEY, data BLOB NOT NULL)")
                run(f"PRAGMA application_id = {_APPLICATION}")
                run(f"PRAGMA user_version = {FORMAT}")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Let an error of SQLite be an OSError that names the file."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                raise NoState from error
            locked = "locked" in str(error)
            reason = "another emulator uses this file" if locked else str(error)
            raise OSError(f"{self._path}: {reason}") from error
