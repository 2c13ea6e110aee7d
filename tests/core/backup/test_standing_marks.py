"""Every "no" survives the restore of a backup that knows nothing of it; copies of the keyring are judged by it too."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from confida_core.backup import completing
from confida_core.backup.archive import back_up, copy_keyring
from confida_core.backup.freshness import renew_keyring_copy
from confida_core.backup.manifest import read_manifest
from confida_core.backup.restore import RestoreRefused, copy_is_newer, newest_copy, restore
from confida_core.installation import open_installation
from confida_core.vault.keyring_tables import Counters
from confida_core.vault.suppressions import EVERYTHING, suppress, suppressed
from tests.conftest import own_registry
from tests.core.backup.test_restore import lose_keyring
from tests.core.interactions.cast import make

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(settings: Any) -> Any:
    async with open_installation(settings, own_registry()) as crm:
        yield crm


async def say_no(crm: Any, ada: Any) -> None:
    """One of each kind."""
    await suppress(crm, "email", "ada@example.org", EVERYTHING)
    await crm.orders.give("withdrawal", ada, purpose="newsletter", channel="email")
    await crm.orders.give("objection", ada, purpose="profiling")
    await crm.orders.give("restriction", ada)
    await crm.orders.give("hold", ada)


async def answers(crm: Any, ada: Any) -> dict[str, bool]:
    await crm.orders.refresh()
    return {
        "suppression": await suppressed(crm, "email", "Ada@example.org", "invoices", marketing=False),
        "withdrawal": crm.orders.denies(ada, "newsletter", "email") is not None,
        "objection": crm.orders.forbids(ada, "profiling"),
        "restriction": crm.orders.restricted(ada),
        "hold": crm.orders.held(ada),
    }


ALL = dict.fromkeys(("suppression", "withdrawal", "objection", "restriction", "hold"), True)
NONE = dict.fromkeys(ALL, False)


async def test_rt7_every_no_given_after_the_backup_holds_after_its_restore(settings: Any) -> None:
    async with opened(settings) as crm:
        ada = await make(crm, "Ada")
        backup = await back_up(crm)
        assert await answers(crm, ada) == NONE
        await say_no(crm, ada)
    await restore(settings, own_registry(), backup.folder)
    async with opened(settings) as crm:
        assert await answers(crm, ada) == ALL


async def test_every_no_comes_back_with_the_copy_when_the_keyring_is_lost(settings: Any) -> None:
    async with opened(settings) as crm:
        ada = await make(crm, "Ada")
        backup = await back_up(crm)
        await say_no(crm, ada)
        await renew_keyring_copy(crm, {})
    await lose_keyring(settings)
    await restore(settings, own_registry(), backup.folder)
    async with opened(settings) as crm:
        assert await answers(crm, ada) == ALL


async def test_copy_of_the_keyring_is_renewed_after_an_order_and_after_its_lifting(settings: Any) -> None:
    async with opened(settings) as crm:
        ada = await make(crm, "Ada")
        copies: list[Path | None] = [(await back_up(crm)).keyring_folder]
        await crm.orders.give("objection", ada)
        await renew_keyring_copy(crm, {})
        copies.append(newest_copy(settings))
        await crm.orders.lift("objection", ada)
        await renew_keyring_copy(crm, {})
        copies.append(newest_copy(settings))
        await renew_keyring_copy(crm, {})
    assert newest_copy(settings) == copies[2]
    assert len(set(copies)) == 3


async def test_an_order_empties_no_key_cache(crm: Any) -> None:
    ada = await make(crm, "Ada")
    key = await crm.keyring.current(ada, "relationship")
    before = crm.keyring.counters
    await crm.orders.give("objection", ada)
    assert crm.keyring.cached(key.row.id) is key
    assert crm.keyring.counters == Counters(before.generation, before.orders + 1)


async def test_keyring_older_in_orders_than_the_data_is_refused(settings: Any, tmp_path: Path) -> None:
    """Made by hand: the copy is of the backup's generation, and an order was given before the data were copied."""
    async with opened(settings) as crm:
        ada = await make(crm, "Ada")
        await crm.keyring.bump()
        older = await copy_keyring(crm, tmp_path / "older")
        await crm.orders.give("objection", ada)
        backup = await back_up(crm, keyring_to=tmp_path / "safe")
    manifest = read_manifest(backup.folder)
    lowered = msgspec.structs.replace(manifest, generation=manifest.generation - 1)
    (backup.folder / "manifest.json").write_bytes(msgspec.json.encode(lowered))
    await lose_keyring(settings)
    with pytest.raises(RestoreRefused, match="objections and restrictions"):
        await restore(settings, own_registry(), backup.folder, keyring_folder=older)


@pytest.mark.parametrize(
    ("present", "copy", "newer"),
    [
        (Counters(3, 3), Counters(3, 3), False),
        (Counters(3, 3), Counters(2, 3), False),
        (Counters(3, 3), Counters(3, 4), True),
        (Counters(3, 3), Counters(4, 3), True),
    ],
)
async def test_newer_of_two_keyrings(present: Counters, copy: Counters, newer: bool) -> None:
    assert copy_is_newer(present, copy) is newer


async def test_two_keyrings_of_which_each_forgot_something_are_refused() -> None:
    with pytest.raises(RestoreRefused, match="have parted"):
        copy_is_newer(Counters(4, 3), Counters(3, 4))


async def test_each_restore_is_counted_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(settings) as crm:
        await make(crm, "Ada")
        backup = await back_up(crm)
        assert await crm.keyring.remembered("restores") is None
    for _ in range(2):
        await restore(settings, own_registry(), backup.folder)
    monkeypatch.setattr(completing, "without_keyless", refuse)
    with pytest.raises(RestoreRefused, match="not today"):
        await restore(settings, own_registry(), backup.folder)
    async with opened(settings) as crm:
        assert await crm.keyring.remembered("restores") == (2, "")
        # The copy made before would say one restore less.
        copy = newest_copy(settings)
        await renew_keyring_copy(crm, {})
        assert newest_copy(settings) != copy


async def refuse(*_: Any) -> None:
    raise RestoreRefused("not today")


async def test_restore_into_an_empty_home_counts_in_the_copied_keyring(settings: Any) -> None:
    async with opened(settings) as crm:
        await make(crm, "Ada")
        backup = await back_up(crm)
    await lose_keyring(settings)
    await restore(settings, own_registry(), backup.folder)
    async with opened(settings) as crm:
        assert await crm.keyring.remembered("restores") == (1, "")


async def test_keyring_of_the_first_version_gets_its_new_columns(settings: Any) -> None:
    async with opened(settings) as crm:
        ada = await make(crm, "Ada")
        await crm.orders.give("objection", ada)
        store = crm.keyring.database
        for statement in (
            "DROP INDEX standing_order_number",
            "DROP TABLE lifted_order",
            "DROP TABLE destroyed_key",
            "DROP TABLE kept_fact",
            "ALTER TABLE keyring_state DROP COLUMN orders",
            "ALTER TABLE standing_order DROP COLUMN number",
            "ALTER TABLE standing_order DROP COLUMN event_id",
        ):
            await store.fetch(statement)
    async with opened(settings) as crm:
        await crm.orders.refresh()
        assert crm.orders.forbids(ada, "anything") is True
        await crm.orders.give("hold", ada)
        assert sorted(order.kind for order in crm.orders.of(ada)) == ["hold", "objection"]
