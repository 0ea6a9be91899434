"""The file of a study: a row a run, the rows of its tables, and what is volatile apart.

SQLite in WAL mode with one writer, the process that called ``Study.run``; others may read
meanwhile. A world's rows are written in one transaction, so a kill at any moment leaves whole
runs and runs that are marked as started.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from experiments.arms import StudyError
from experiments.replication import KEYS, Run
from simulation.measures import UNITS

FILE = "study.sqlite"
STARTED, OK, FAILED, ABORTED = "started", "ok", "failed", "aborted"
STATUSES = (STARTED, OK, FAILED, ABORTED)

_SQL_TYPES = {"f": "REAL", "i": "INTEGER", "u": "INTEGER", "b": "INTEGER"}
_DTYPES = {"REAL": "float64", "INTEGER": "int64"}
_RESERVED = {"study", "runs", "volatile"}
_SCHEMA = f"""
CREATE TABLE study (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, assumptions TEXT NOT NULL, replication INTEGER NOT NULL,
    strategy TEXT NOT NULL, identity TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
    seed INTEGER NOT NULL, error TEXT, traceback TEXT,
    {", ".join(f"{name} REAL" for name in UNITS)},
    UNIQUE (assumptions, replication, strategy)
);
CREATE TABLE volatile (run INTEGER PRIMARY KEY, started_at TEXT, attempts INTEGER, seconds REAL);
"""


class Store:
    """A study's rows. path: of the file, None for a store in memory.

    Use ``Store.made`` or ``Store.opened``. Raises: StudyError with a plain sentence where the
    file is damaged, cannot be written to, or the disk is full; what was committed stays.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = FileLock(path.with_name("study.lock")) if path else None
        with self._told():
            where, is_uri = _address(path) if path else (":memory:", False)
            self._connection = sqlite3.connect(where, uri=is_uri)
            if path:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    @classmethod
    def made(cls, path: Path | None, facts: Mapping[str, Any]) -> Store:
        """A new store. facts: what the study is, as JSON values by key."""
        if path is None:
            store = cls(None)
            store._begin(facts)
            return store
        # A file of this name is a whole store: a kill in between leaves none.
        partial = path.with_name(f".{path.name}.new")
        partial.unlink(missing_ok=True)
        store = cls(partial)
        store._begin(facts)
        store.close()
        partial.replace(path)
        store = cls(path)
        with store._told():
            store._connection.execute("PRAGMA journal_mode = WAL")
        return store

    def _begin(self, facts: Mapping[str, Any]) -> None:
        """Make the tables and write the facts."""
        with self._told(), self._connection as rows:
            for statement in _SCHEMA.split(";"):
                rows.execute(statement)
            rows.executemany(
                "INSERT INTO study VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in facts.items()],
            )

    @classmethod
    def opened(cls, path: Path) -> Store:
        """An existing store. Raises: StudyError where there is none or it is damaged."""
        if not path.is_file():
            raise StudyError(f"{path.parent}: holds no study ({FILE} is missing)")
        store = cls(path)
        with store._told():
            (verdict,) = store._connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict.splitlines()[-1])
            tables = {name for (name,) in store._connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'")}  # fmt: skip
            if not tables >= _RESERVED:
                raise sqlite3.DatabaseError("it is not the file of a study")
        return store

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """The only writer while the block lasts. Raises: StudyError where there is another."""
        if self._lock is None:
            yield self
            return
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StudyError(f"{self.path}: another process is writing to this study") from None
        except OSError as error:
            raise StudyError(f"{self.path}: cannot be written to ({error.strerror})") from None
        try:
            yield self
        finally:
            # All in the one file that people copy, where no reader is in the way.
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._lock.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite complains of, in a sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise StudyError(f"{self.path or 'study in memory'}: {_sentence(error)}") from error

    # --- what the study is -----------------------------------------------------------------

    def note(self, key: str, value: Any) -> None:
        """Write or replace one of the study's facts."""
        with self._told(), self._connection as rows:
            rows.execute("REPLACE INTO study VALUES (?, ?)", (key, json.dumps(value)))

    def facts(self) -> dict[str, Any]:
        """All facts of the study by key. Raises: StudyError where one is unreadable."""
        with self._told():
            found = dict(self._connection.execute("SELECT key, value FROM study"))
            try:
                return {key: json.loads(value) for key, value in found.items()}
            except ValueError as error:
                raise sqlite3.DatabaseError(f"its facts are unreadable: {error}") from error

    # --- writing ---------------------------------------------------------------------------

    def start(self, runs: Iterable[Mapping[str, Any]], at: str) -> None:
        """Mark runs as started. runs: KEYS, identity and seed. at: time, as text."""
        with self._told(), self._connection as rows:
            for run in runs:
                rows.execute(
                    "INSERT INTO runs (assumptions, replication, strategy, identity, seed, status) "
                    "VALUES (:assumptions, :replication, :strategy, :identity, :seed, 'started') "
                    "ON CONFLICT DO UPDATE SET status = 'started', error = NULL, traceback = NULL",
                    dict(run),
                )
                rows.execute(
                    "INSERT INTO volatile SELECT run, ?, 1, NULL FROM runs WHERE identity = ? "
                    "ON CONFLICT DO UPDATE SET started_at = excluded.started_at, "
                    "attempts = attempts + 1",
                    (at, run["identity"]),
                )

    def finish(
        self, world: tuple[str, int], runs: Sequence[Run], tables: Mapping[str, pd.DataFrame]
    ) -> None:
        """Write what a world left, in one transaction.

        world: assumptions and replication. tables: rows of the runs that are ok, by name.
        """
        named = ", ".join(f"{name} = ?" for name in UNITS)
        with self._told(), self._connection as rows:
            numbers: dict[str, int] = dict(rows.execute(
                "SELECT strategy, run FROM runs WHERE assumptions = ? AND replication = ?", world
            ).fetchall())  # fmt: skip
            for run in runs:
                measures = [run.measures.get(name) for name in UNITS]
                number = numbers[run.strategy]
                rows.execute(
                    f"UPDATE runs SET status = ?, error = ?, traceback = ?, {named} WHERE run = ?",
                    (run.status, run.error, run.traceback, *measures, number),
                )
                rows.execute("UPDATE volatile SET seconds = ? WHERE run = ?", (run.seconds, number))
            for name, table in tables.items():
                self._append(name, table, numbers)

    def _append(self, name: str, table: pd.DataFrame, numbers: Mapping[str, int]) -> None:
        """Rows of one table, with the number of their run in front."""
        columns = [column for column in table.columns if column not in KEYS]
        declared = ", ".join(
            f'"{c}" {_SQL_TYPES.get(table[c].dtype.kind, "TEXT")}' for c in columns
        )
        self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{name}" (run INTEGER, {declared})')
        runs = table["strategy"].map(dict(numbers)).tolist()
        rows = zip(runs, *(table[column].tolist() for column in columns), strict=True)
        marks = ", ".join("?" * (1 + len(columns)))
        self._connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)

    def abort(self) -> None:
        """Mark what was started and not finished as aborted: it is run again at a resume."""
        with self._told(), self._connection as rows:
            rows.execute("UPDATE runs SET status = 'aborted' WHERE status = 'started'")

    # --- reading ---------------------------------------------------------------------------

    def statuses(self) -> dict[tuple[str, int, str], str]:
        """Status of every run that was ever started, by KEYS."""
        with self._told():
            rows = self._connection.execute(f"SELECT {', '.join(KEYS)}, status FROM runs")
            return {(mode, number, arm): status for mode, number, arm, status in rows}

    def runs(self) -> pd.DataFrame:
        """Runs that are ok: KEYS and all measures."""
        return self._read(
            f"SELECT {', '.join([*KEYS, *UNITS])} FROM runs WHERE status = 'ok'",
            {"replication": "int64", **dict.fromkeys(UNITS, "float64")},
        )

    def failures(self) -> pd.DataFrame:
        """Runs that failed: KEYS, seed, error, traceback."""
        return self._read(
            f"SELECT {', '.join(KEYS)}, seed, error, traceback FROM runs "
            "WHERE status = 'failed' ORDER BY assumptions DESC, replication, strategy",
            {},
        )

    def volatile(self) -> pd.DataFrame:
        """What differs from one execution to the next: KEYS, started_at, attempts, seconds."""
        return self._read(
            f"SELECT {', '.join(KEYS)}, status, started_at, attempts, seconds "
            "FROM runs JOIN volatile USING (run)",
            {"seconds": "float64"},
        )

    def tables(self) -> list[str]:
        """Names of the tables that runs left."""
        with self._told():
            rows = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return sorted({name for (name,) in rows} - _RESERVED)

    def table(self, name: str) -> pd.DataFrame:
        """Rows of one table of all runs, KEYS in front, in the order in which a run left them."""
        with self._told():
            declared = {
                c[1]: c[2] for c in self._connection.execute(f'PRAGMA table_info("{name}")')
            }
            (ended,) = self._connection.execute(
                "SELECT COUNT(*) FROM runs WHERE status = 'ok'"
            ).fetchone()
        if not declared and not ended:
            raise StudyError(
                f"{self.path or 'study in memory'}: no run is there yet that ended without an error"
            )
        columns = [c for c in declared if c != "run"]
        wanted = ", ".join([*KEYS, *(f'"{name}"."{c}"' for c in columns)])
        return self._read(
            f'SELECT {wanted} FROM "{name}" JOIN runs USING (run) ORDER BY run, "{name}".rowid',
            {"replication": "int64"}
            | {c: _DTYPES[declared[c]] for c in columns if declared[c] in _DTYPES},
        )

    def _read(self, query: str, dtypes: Mapping[str, str]) -> pd.DataFrame:
        """A query as a table."""
        with self._told():
            cursor = self._connection.execute(query)
            rows = cursor.fetchall()
        names = [column[0] for column in cursor.description]
        return pd.DataFrame(rows, columns=names).astype(dict(dtypes))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _address(path: Path) -> tuple[str, bool]:
    """A store's file as SQLite opens it, and whether that is a URI.

    To read a file in WAL mode SQLite makes files beside it. On media that cannot be written to
    it reads the file alone, unless a killed study left rows in the log.
    """
    log = path.with_name(f"{path.name}-wal")
    if os.access(path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
        return str(path), False
    return f"{path.absolute().as_uri()}?immutable=1", True


def _sentence(error: sqlite3.Error) -> str:
    """What is wrong with the file, and what to do."""
    words = str(error)
    if "readonly" in words or "unable to open" in words:
        return f"cannot be written to ({words}); make it writable or copy the folder"
    if "full" in words:
        return f"no room left ({words}); what was written stays, make room and resume"
    if "no such" in words:
        return f"was run by another version of loanlab ({words}); run it again in another folder"
    if "locked" in words:
        return f"is in use by another process ({words})"
    return f"is damaged ({words}); put back a copy of it, or choose another folder"
