"""One installation, open: every part, wired once. Functions that do the work take it as their first argument."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from confida_core.backup.replacing import finish_restore
from confida_core.index.index import Index
from confida_core.isolation.running import Isolation
from confida_core.jobs.signal import WorkSignal
from confida_core.plugin_settings.sources import check_outside
from confida_core.plugins.parking import with_parked
from confida_core.registry import Registry
from confida_core.settings import Settings
from confida_core.storage.ballast import drop_ballast
from confida_core.storage.changes import ChangeFeed
from confida_core.storage.database import Database
from confida_core.storage.engine import DATA
from confida_core.vault.door import Door
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_journal import ReadJournal
from confida_core.vault.read_log import ReadLog
from confida_core.vault.records import Records
from confida_core.vault.sealing import derived
from confida_core.vault.unlock import unlock


@dataclass(kw_only=True, slots=True)
class Installation:
    """Everything a function may need. `data` holds the rows, `keyring` their keys, `index` the way to find them."""

    settings: Settings
    registry: Registry
    data: Database
    keyring: Keyring
    orders: StandingOrders
    feed: ChangeFeed
    records: Records
    door: Door
    index: Index
    work: WorkSignal = field(default_factory=WorkSignal)
    isolation: Isolation = field(default_factory=Isolation)


async def open_store(settings: Settings, name: str, url: str, root: bytes) -> Database:
    """One store: PostgreSQL if a URL is set, else a SQLCipher file (a plain one if the cipher is switched off)."""
    if url:
        from confida_core.storage.postgres import PostgresDatabase

        return await PostgresDatabase.open(url)
    from confida_core.storage.sqlite import SQLiteDatabase

    key = derived(root, f"file {name}") if settings.cipher else None
    return SQLiteDatabase(settings.home / f"{name}.db", key)


@asynccontextmanager
async def open_installation(
    settings: Settings, registry: Registry, *, ask: Callable[[], str] | None = None
) -> AsyncIterator[Installation]:
    """Unlock, open both stores, and put the parts together; closes them at the end.

    ask: called for the passphrase where one is needed. Raises InvalidSettings, Locked or WrongKey before any data is touched,
    and PluginError for a disabled plugin that keeps data and cannot be loaded.
    """
    check_outside(settings, registry)
    finish_restore(settings.home)
    root = unlock(settings.key_places, ask)
    async with AsyncExitStack() as stack:
        keyring_store = await open_store(settings, "keyring", settings.keyring_url, root)
        stack.push_async_callback(keyring_store.close)
        data = await open_store(settings, "confida", settings.database_url, root)
        stack.push_async_callback(data.close)
        data.when_full = keyring_store.when_full = partial(drop_ballast, settings.home)
        keyring = Keyring(keyring_store, root)
        await keyring.prepare()
        DATA.bind(data)
        stack.callback(DATA.bind, None)
        registry = await with_parked(registry, data, keyring, safe_mode=settings.no_plugins)
        fields = registry.index_fields.values()
        index = Index.open(settings.home / "index.db", await keyring.named("index"), fields)
        stack.callback(index.close)
        crm = assemble(settings, registry, data, keyring, index)
        stack.push_async_callback(crm.door.read_log.close)
        stack.push_async_callback(crm.isolation.settle)
        yield crm


def assemble(settings: Settings, registry: Registry, data: Database, keyring: Keyring, index: Index) -> Installation:
    feed, orders = ChangeFeed(data), StandingOrders(keyring)
    # On a server a commit empties nobody's cache, and other machines must see the entries.
    journal = (
        ReadJournal(settings.home / "reads", keyring.hashing_key("read journal")) if data.engine == "sqlite" else None
    )
    return Installation(
        settings=settings,
        registry=registry,
        data=data,
        keyring=keyring,
        orders=orders,
        feed=feed,
        records=Records(data, keyring, feed),
        door=Door(data, keyring, orders, ReadLog(data, journal), registry.purposes),
        index=index,
    )
