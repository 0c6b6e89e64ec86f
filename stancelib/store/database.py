"""The connection to the DuckDB file: the only place that speaks to DuckDB."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import polars as pl

from stancelib.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCHEMA_VERSION: Final = "3"
# Queries that turn a version into the next one.
_UPGRADES: Final = {"1": "upgrade_version_1", "2": "upgrade_version_2"}
MEMORY: Final = ":memory:"
# No query of the store reads another file, so that no query of a user can either.
_CONFIGURATION: Final = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    # What does not fit is sorted and grouped on disk; more memory makes nothing faster.
    "memory_limit": "1500MB",
}


@cache
def load_query(name: str, room: str = "stancelib.store") -> str:
    """Text of the file ``queries/<name>.sql`` of a room."""
    return (files(room) / "queries" / f"{name}.sql").read_text(encoding="utf-8")


class Database:
    """An open DuckDB file; queries are named files, values are bound parameters."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.is_closed = False
        self.connection = _connect(self.path)
        try:
            self._prepare()
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Write everything to the file and release it; closing twice does nothing."""
        self.is_closed = True
        self.connection.close()

    def execute(
        self,
        query: str,
        parameters: Mapping[str, object] | None = None,
        room: str = "stancelib.store",
    ) -> None:
        """Run a query of a room's ``queries`` whose result is not wanted."""
        self.connection.execute(load_query(query, room), parameters)

    def frame(
        self,
        query: str,
        parameters: Mapping[str, object] | None = None,
        room: str = "stancelib.store",
    ) -> pl.DataFrame:
        """Run a query of a room's ``queries`` and return its rows."""
        return self.frame_of(load_query(query, room), parameters)

    def frame_of(self, text: str, parameters: object = None) -> pl.DataFrame:
        """Run one statement and return its rows; times are UTC."""
        table = self.connection.sql(text, params=parameters).to_arrow_table()
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101  (a table never becomes a Series)
        return frame

    def rows(self, query: str, parameters: Mapping[str, object] | None = None) -> list[Any]:
        """Return the first column of a query as a list."""
        return self.frame(query, parameters).to_series(0).to_list()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a failure or a kill inside leaves the file as it was before."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    @contextmanager
    def tables(self, **frames: pl.DataFrame) -> Iterator[None]:
        """Let queries read the frames under their names."""
        for name, frame in frames.items():
            self.connection.register(name, frame)
        try:
            yield
        finally:
            for name in frames:
                self.connection.unregister(name)

    def _prepare(self) -> None:
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set lock_configuration = true")
        found = self.rows("table_names")
        if not found:
            self._create()
        elif "meta" not in found:
            raise DataError(
                f"{self.path!r} is a DuckDB file of another program (tables: {', '.join(found)}); "
                "name a new file"
            )
        self._check_version()

    def _create(self) -> None:
        schema = (files("stancelib.store") / "schema.sql").read_text(encoding="utf-8")
        with self.transaction():
            self.connection.execute(schema)
            self.execute("record_meta", {"names": ["schema_version"], "values": [SCHEMA_VERSION]})

    def _check_version(self) -> None:
        while (version := self._version()) in _UPGRADES:
            with self.transaction():
                self.execute(_UPGRADES[version])
        if version != SCHEMA_VERSION:
            raise DataError(
                f"{self.path!r} has the schema version {version!r}; this stancelib reads version "
                f"{SCHEMA_VERSION!r}. Open it with the stancelib that made it (its manifest says "
                "which), or add the articles to a new store"
            )

    def _version(self) -> str:
        found: Sequence[str] = self.rows("read_meta", {"name": "schema_version"})
        return found[0] if found else "none"


def _connect(path: str) -> duckdb.DuckDBPyConnection:
    if path != MEMORY:
        _check_place(Path(path))
    try:
        return duckdb.connect(path, config={**_CONFIGURATION, **_spill(path)})
    except duckdb.IOException as problem:
        raise _explained(path, str(problem)) from problem
    except duckdb.ConnectionException as problem:
        raise EnvironmentProblem(
            f"{path!r} is open in this process by other means than stancelib; close it there first"
        ) from problem


def _spill(path: str) -> dict[str, str]:
    """Where a store in memory puts what does not fit; a file has its own place beside it."""
    if path != MEMORY:
        return {}
    return {"temp_directory": str(Path(tempfile.gettempdir()) / f"stancelib-{os.getpid()}")}


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise EnvironmentProblem(
            f"'{path}' is a folder; name a file, such as '{path}/stance.duckdb'"
        )
    if not path.absolute().parent.is_dir():
        raise EnvironmentProblem(f"the folder of '{path}' does not exist; make it first")
    # DuckDB would open a table in another format, such as csv, as if it were a database.
    if path.exists() and _magic_bytes(path) != b"DUCK":
        raise DataError(f"'{path}' is no DuckDB file; name a new file or another one")


def _magic_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(12)[8:]
    except OSError as problem:
        raise EnvironmentProblem(f"'{path}' cannot be read: {problem}") from problem


def _explained(path: str, problem: str) -> EnvironmentProblem:
    if "lock" in problem:
        return EnvironmentProblem(
            f"{path!r} is open in another process; close the store there first, because one "
            f"process at a time can use it ({problem})"
        )
    return EnvironmentProblem(f"{path!r} cannot be opened: {problem}")
