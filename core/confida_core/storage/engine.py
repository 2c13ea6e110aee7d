"""Piccolo's view of our database: tables name `DATA`, which is bound to a real database when an installation opens.

Piccolo's own engines are not used: they open a connection per query, start DEFERRED transactions, and leak on failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piccolo.engine.base import BaseAtomic, BaseBatch, BaseTransaction, Engine
from piccolo.query.base import DDL, Query
from piccolo.querystring import QueryString

from confida_core.storage.database import Database, Row


class NotOpen(RuntimeError):
    """A table was used before an installation was opened."""


class _PiccoloTransaction(BaseTransaction):
    """Lets Piccolo's migration runner use our transactions."""

    __slots__ = ("_block", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> _PiccoloTransaction:
        self._block = self._database.transaction()
        await self._block.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> bool:
        return bool(await self._block.__aexit__(*error))


class BoundEngine(Engine[_PiccoloTransaction]):
    """The engine of every Piccolo table of one store; `bind` gives it the database of the open installation."""

    __slots__ = ("_database",)

    def __init__(self) -> None:
        self._database: Database | None = None
        self.log_queries = False
        self.log_responses = False
        self.query_id = 0

    def bind(self, database: Database | None) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        if self._database is None:
            raise NotOpen("no installation is open")
        return self._database

    @property
    def engine_type(self) -> str:  # type: ignore[override]
        return self._database.engine if self._database is not None else "sqlite"

    async def get_version(self) -> float:
        return self.get_version_sync()

    def get_version_sync(self) -> float:
        """Piccolo only asks whether RETURNING is known; everything we bundle knows it."""
        return 99.0

    async def prep_database(self) -> None:
        """Nothing to prepare: no extension is needed."""

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> BaseBatch:
        raise NotImplementedError("page by key instead of holding a cursor open")

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self._run(ddl, ())

    async def _run(self, sql: str, args: Sequence[Any]) -> list[Row]:
        return await self.database.fetch(sql, *args)

    def transaction(self, *args: Any, **kwargs: Any) -> _PiccoloTransaction:
        return _PiccoloTransaction(self.database)

    def transaction_exists(self) -> bool:
        return self.database.current() is not None

    def atomic(self) -> BaseAtomic:
        raise NotImplementedError("use transaction()")


DATA = BoundEngine()

__all__ = ["DATA", "DDL", "BoundEngine", "NotOpen"]
