"""Imports from beginning to end, as the tests of several pages and engines need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from confida_core.exchange.imports import ImportOptions, receive_import, start_import
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.imports_run import run_import
from confida_core.exchange.undo import start_undo, undo_import
from confida_core.ids import new_id
from confida_core.storage.sealed_files import only
from confida_core.vault.access import Access, Actor

IMPORT = frozenset({"contacts.read", "contacts.write", "contacts.delete", "exchange.import", "exchange.export"})


async def importer_of(crm: Any, role: str = "owner") -> Actor:
    """An account that exists, because a run asks for its rights again."""
    from confida_core.accounts.content import AccountContent
    from confida_core.accounts.roles import Role, permissions_of
    from confida_core.accounts.staff import insert_account

    content = AccountContent(display_name="Olga", email=f"olga-{new_id().hex}@example.org")
    account_id = await insert_account(crm, content, Role(role), password_hash="!")
    return Actor(id=account_id, permissions=permissions_of(crm.registry, role))


def access_of(actor: Actor, purpose: str = "import_export") -> Access:
    return Access(actor=actor, purpose=purpose, where="test")


async def upload(crm: Any, actor: Actor, name: str, data: bytes, **options: Any) -> UUID:
    given = ImportOptions(**{"origin": "other_system", "region": "DE"} | options)
    return await receive_import(crm, access_of(actor), name, only(data), given)


async def begin(crm: Any, actor: Actor, run_id: UUID, duplicates: Duplicates = Duplicates.SKIP) -> None:
    """Match the columns as suggested where nobody has done it, and start without a worker."""
    from confida_core.exchange.preview import preview_import

    await preview_import(crm, access_of(actor), run_id)
    await start_import(crm, access_of(actor), run_id, duplicates, queue=False)


async def bring_in(
    crm: Any, actor: Actor, name: str, data: bytes, duplicates: Duplicates = Duplicates.SKIP, **options: Any
) -> UUID:
    run_id = await upload(crm, actor, name, data, **options)
    await begin(crm, actor, run_id, duplicates)
    assert await run_import(crm, run_id)
    return run_id


async def take_back(crm: Any, actor: Actor, run_id: UUID) -> None:
    await start_undo(crm, access_of(actor), run_id, queue=False)
    assert await undo_import(crm, run_id)


COUNTS = ("created_count", "updated_count", "duplicate_count", "invalid_count", "group_count")


async def counts(crm: Any, run_id: UUID) -> tuple[str, int, int, int, int, int]:
    """(state, created, updated, duplicates, invalid, groups)."""
    row = (await crm.data.fetch("SELECT * FROM import_run WHERE id = ?", run_id))[0]
    return (row["state"], *(row[name] for name in COUNTS))


async def find(crm: Any, actor: Actor, words: str) -> list[str]:
    """Names of the contacts that typed words find, by name."""
    from confida_core.contacts.lists import list_contacts
    from confida_core.index.query import IndexQuery

    found = await list_contacts(crm, access_of(actor, "relationship"), IndexQuery(text=words))
    return [one.content.display_name for one in found.contacts]


async def rows_of(crm: Any, tables: Sequence[str]) -> dict[str, int]:
    return {table: (await crm.data.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}
