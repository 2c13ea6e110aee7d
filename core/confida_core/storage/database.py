"""What a database is to the rest of Confida: queries, transactions, and errors that mean the same on both engines.

SQL is written once, with `?` for values; each engine turns that into its own form.
"""

from __future__ import annotations

import asyncio
import contextvars
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

Row = dict[str, Any]
EngineName = Literal["sqlite", "postgres"]
T = TypeVar("T")

# A write that waits longer than this is refused with 503, so that a stuck writer never becomes a hanging page.
WRITE_QUEUE_SECONDS = 10.0


class DatabaseError(Exception):
    """Something the database refused; the text never holds values, only what kind of refusal it was."""


class UniqueViolation(DatabaseError):
    """A row with this key exists."""


class ReferenceViolation(DatabaseError):
    """A row points to one that does not exist, or is still pointed to."""


class ValueRefused(DatabaseError):
    """The engine cannot store the value; the validation layer should have said so before."""


class StorageFull(DatabaseError):
    """No room on the disk: reads go on, writes are refused (503)."""


class Busy(DatabaseError):
    """The writer could not be had in time (503)."""


class WrongKey(DatabaseError):
    """The file exists but does not open with this key."""


class VersionConflict(Exception):
    """The row was changed since it was read (409). `current` is the version now stored, None if the row is gone."""

    def __init__(self, current: int | None) -> None:
        super().__init__("the record was changed meanwhile")
        self.current = current


class Transaction(ABC):
    """One unit of work; made by `Database.transaction()`, never by hand.

    before_commit: steps of the transaction itself. after_commit, notes: lists that a savepoint shortens again if it fails.
    """

    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.before_commit: list[Callable[[], Awaitable[None]]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.notes: dict[str, list[Any]] = {}
        self.savepoints = 0

    def mark(self) -> tuple[int, dict[str, int]]:
        """How much has been asked for until now, for `forget_since`."""
        return len(self.after_commit), {name: len(noted) for name, noted in self.notes.items()}

    def forget_since(self, mark: tuple[int, dict[str, int]]) -> None:
        """What was asked for after this mark was undone, and must not follow the commit."""
        callbacks, lengths = mark
        del self.after_commit[callbacks:]
        for name, noted in self.notes.items():
            del noted[lengths.get(name, 0) :]

    @abstractmethod
    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Row]: ...

    @abstractmethod
    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None: ...


class Database(ABC):
    """One store: a SQLite file or a PostgreSQL database."""

    engine: EngineName

    def __init__(self) -> None:
        self._current: contextvars.ContextVar[Transaction | None] = contextvars.ContextVar("transaction", default=None)
        self.observers: list[Callable[[str], None]] = []
        self.when_full: Callable[[], object] | None = None

    def _seen(self, sql: str) -> None:
        for observer in self.observers:
            observer(sql)

    def current(self) -> Transaction | None:
        """The transaction of this task; raises RuntimeError in a task that was merely started inside one."""
        transaction = self._current.get()
        if transaction is not None and transaction.task is not asyncio.current_task():
            raise RuntimeError("a task started inside a transaction may not use it: queue a job instead")
        return transaction

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Rows of one statement, as dictionaries; inside a transaction it sees that transaction's writes."""
        self._seen(sql)
        transaction = self.current()
        if transaction is not None:
            return await transaction.fetch(sql, args)
        return await self._fetch_alone(sql, args)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows, all or nothing."""
        self._seen(sql)
        async with self.transaction() as transaction:
            await transaction.execute_many(sql, rows)

    @abstractmethod
    async def _fetch_alone(self, sql: str, args: Sequence[Any]) -> list[Row]: ...

    @abstractmethod
    async def _begin(self) -> Transaction: ...

    @abstractmethod
    async def _commit(self, transaction: Transaction) -> None: ...

    @abstractmethod
    async def _roll_back(self, transaction: Transaction) -> None: ...

    @abstractmethod
    async def data_version(self) -> int:
        """A number that differs whenever another connection has committed; cheap enough to ask on each request."""

    @abstractmethod
    async def checkpoint(self) -> bool:
        """Leave nothing that was erased in a write-ahead log; a server sees to that by itself. Not in a transaction.

        False if somebody who is still reading kept it from being emptied.
        """

    @abstractmethod
    async def close(self) -> None: ...

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing. Nested use is a savepoint: an inner block that fails undoes only itself.

        The commit is not interrupted by cancellation. Raises Busy after ten seconds in the queue.
        """
        outer = self.current()
        if outer is not None:
            async with self._savepoint(outer):
                yield outer
            return
        transaction = await self._begin()
        token = self._current.set(transaction)
        try:
            yield transaction
            for step in transaction.before_commit:
                await step()
        except BaseException as error:
            self._current.reset(token)
            await finish(self._roll_back(transaction))
            self._notice(error)
            raise
        self._current.reset(token)
        try:
            await finish(self._end(transaction))
        except StorageFull as error:
            self._notice(error)
            raise

    async def _end(self, transaction: Transaction) -> None:
        """What follows the commit belongs to it: a caller who is cancelled meanwhile has committed all the same."""
        await self._commit(transaction)
        for callback in transaction.after_commit:
            callback()

    def _notice(self, error: BaseException) -> None:
        if isinstance(error, StorageFull) and self.when_full is not None:
            self.when_full()

    @asynccontextmanager
    async def _savepoint(self, outer: Transaction) -> AsyncIterator[None]:
        outer.savepoints += 1
        name, mark = f"savepoint_{outer.savepoints}", outer.mark()
        await outer.fetch(f"SAVEPOINT {name}", ())
        try:
            yield
        except BaseException:
            outer.forget_since(mark)
            await finish(outer.fetch(f"ROLLBACK TO SAVEPOINT {name}", ()))
            await finish(outer.fetch(f"RELEASE SAVEPOINT {name}", ()))
            raise
        await outer.fetch(f"RELEASE SAVEPOINT {name}", ())


async def finish(work: Awaitable[T]) -> T:
    """Run to the end even if this task is cancelled meanwhile; the cancellation is raised afterwards.

    A commit that is abandoned half-way would leave the connection in a state nobody knows.
    """
    future = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError as error:
            if future.cancelled():
                raise
            cancelled = error
        except Exception:  # noqa: S110 -- The result, or this very error, is taken from the future below.
            pass
    if cancelled is not None:
        if not future.cancelled():
            future.exception()
        raise cancelled
    return future.result()
