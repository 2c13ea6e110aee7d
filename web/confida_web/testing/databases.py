"""Pairs of databases on one PostgreSQL server, lent to one test after the other: making them anew for each takes too long.

What comes back is as it was when it was made: emptied by TRUNCATE, which leaves new files behind and no dead row. A pair
whose tables were changed, or that cannot be put right, is dropped instead.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from confida_web.testing.connections import KEEPER

STORES = ("database", "keyring")
T = TypeVar("T")

# Of every table, whether it holds anything: one that was never written to has no page.
TABLES = """
    SELECT relname AS name, pg_relation_size(oid) > 0 AS filled
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
SEQUENCES = """
    SELECT coalesce(string_agg(format('SELECT setval(%L, %s, %L)', seqrelid::regclass, coalesce(last, seqstart), last IS NOT NULL),
                               '; '), 'SELECT 1')
    FROM pg_sequence, pg_sequence_last_value(seqrelid) AS last
"""
# Whatever changes a table, an index, a rule or a function writes one of these anew; emptying a table writes none of them.
# What came with the server has smaller numbers.
CATALOGUES = (
    "pg_attrdef",
    "pg_constraint",
    "pg_trigger",
    "pg_rewrite",
    "pg_policy",
    "pg_proc",
    "pg_type",
    "pg_namespace",
)
SCHEMA = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {name} WHERE {number} >= 16384"
    for name, number in [("pg_attribute", "attrelid"), *((name, "oid") for name in CATALOGUES)]
)
OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(NULL)
    WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
        AND pid <> ALL($1::integer[])
"""


class Spoilt(Exception):
    """The database cannot be put back as it was."""


@dataclass
class Lent:
    """One database. url: for connections to it. kept: what its tables held when it was made. schema, sequences: as they were then."""

    name: str
    url: str
    connection: Any
    kept: Mapping[str, bytes]
    schema: list[Any]
    sequences: str

    async def restore(self) -> None:
        """As it was. Raises Spoilt, or what the driver raises."""
        await self._be_alone()
        if await self.connection.fetch(SCHEMA) != self.schema:
            raise Spoilt
        filled = [row["name"] for row in await self.connection.fetch(TABLES) if row["filled"]]
        emptied = [name for name in filled if await content(self.connection, name) != self.kept.get(name)]
        if emptied:
            await self._empty(emptied)
        await self.connection.execute(self.sequences)

    async def _be_alone(self) -> None:
        """Ends whoever is still connected, but for what waits for the next test; until the server has let them go."""
        waiting = KEEPER.server_processes(self.url)
        for _ in range(500):
            if not await self.connection.fetch(OTHERS, waiting):
                return
            await asyncio.sleep(0.002)
        raise Spoilt

    async def _empty(self, names: list[str]) -> None:
        async with self.connection.transaction():
            # No trigger and no reference may object: what they guard is put back as a whole.
            await self.connection.execute("SET LOCAL session_replication_role = replica")
            await self.connection.execute(f"TRUNCATE {', '.join(map(quoted, names))} CASCADE")
            for name, rows in self.kept.items():
                if not await self.connection.fetchval(f"SELECT EXISTS (SELECT FROM {quoted(name)})"):
                    await fill(self.connection, name, rows)


def quoted(name: str) -> str:
    return f'"{name}"'


async def content(connection: Any, table: str) -> bytes:
    """All rows, in the order in which they lie."""
    pieces: list[bytes] = []

    async def take(piece: bytes) -> None:
        pieces.append(piece)

    await connection.copy_from_query(f"SELECT * FROM {quoted(table)} ORDER BY ctid", output=take, format="binary")
    return b"".join(pieces)


async def fill(connection: Any, table: str, rows: bytes) -> None:
    async def give() -> Any:
        yield rows

    await connection.copy_to_table(table, source=give(), format="binary")


@dataclass
class Pairs:
    """The databases of a server that tests borrow. Everything waits here: tests ask outside of their own event loop."""

    server: Any
    numbers: Iterator[int] = field(default_factory=itertools.count)
    free: dict[str, list[dict[str, Lent]]] = field(default_factory=dict)
    lent: dict[str, dict[str, Lent]] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _admin: Any = None

    def new(self) -> dict[str, str]:
        """Two empty databases, which stay; their names by store."""
        return self._wait(self._make({}))

    def lend(self, templates: Mapping[str, str]) -> dict[str, str]:
        """Copies of these two; their names by store."""
        waiting = self.free.setdefault(templates["database"], [])
        pair = waiting.pop() if waiting else self._wait(self._copy(templates))
        names = {store: one.name for store, one in pair.items()}
        self.lent[names["database"]] = pair
        return names

    def take_back(self, templates: Mapping[str, str], names: Mapping[str, str]) -> None:
        """For the next test, or for none."""
        pair = self.lent.pop(names["database"])
        if self._wait(self._restored(pair)):
            self.free[templates["database"]].append(pair)

    def url(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    def close(self) -> None:
        """Ends the connections; the server is stopped by whoever started it."""
        pairs = [pair for waiting in self.free.values() for pair in waiting]
        for connection in [one.connection for pair in pairs for one in pair.values()] + [self._admin]:
            if connection is not None:
                self._wait(connection.close())
        self.loop.close()

    def _wait(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def _execute(self, statement: str) -> None:
        if self._admin is None or self._admin.is_closed():
            import asyncpg

            self._admin = await asyncpg.connect(self.server.get_uri())
        await self._admin.execute(statement)

    async def _make(self, templates: Mapping[str, str]) -> dict[str, str]:
        number = next(self.numbers)
        names = {store: f"{'copy' if templates else 'template'}_{store}_{number}" for store in STORES}
        for store, name in names.items():
            origin = f"TEMPLATE {templates[store]} STRATEGY FILE_COPY" if templates else ""
            await self._execute(f"CREATE DATABASE {name} {origin}")
        return names

    async def _copy(self, templates: Mapping[str, str]) -> dict[str, Lent]:
        return {store: await self._lent(name) for store, name in (await self._make(templates)).items()}

    async def _lent(self, name: str) -> Lent:
        import asyncpg

        url = self.url(name)
        connection = await asyncpg.connect(url)
        filled = [row["name"] for row in await connection.fetch(TABLES) if row["filled"]]
        kept = {table: await content(connection, table) for table in filled}
        return Lent(name, url, connection, kept, await connection.fetch(SCHEMA), await connection.fetchval(SEQUENCES))

    async def _restored(self, pair: Mapping[str, Lent]) -> bool:
        """Whether both are as they were; they are dropped if not."""
        try:
            for one in pair.values():
                await one.restore()
        except Exception:
            # Whatever a test did to them, the next one gets others.
            for one in pair.values():
                one.connection.terminate()
                KEEPER.forget(one.url)
                await self._execute(f"DROP DATABASE IF EXISTS {one.name} WITH (FORCE)")
            return False
        return True
