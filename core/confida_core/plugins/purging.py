"""Removing a plugin's data for good: keys, rows, tables. What it read and who consented stays on record.

Each step is durable by itself and can be repeated; an order that was given is carried out to its end, by the next start
if need be. The tables themselves go when no running program can name them any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.contacts.erasing import rewrite_keks
from confida_core.inbound.hooks import forget_inbound
from confida_core.installation import Installation
from confida_core.loaded_plugin import PluginError
from confida_core.plugin_settings.reading import forget_plugin_settings
from confida_core.plugins.config_file import change_plugins, configured_plugins
from confida_core.plugins.emptying import drop_tables, empty_tables, erase_its_stores, people_of
from confida_core.plugins.enabling import NotPossible, note, without
from confida_core.plugins.footprints import Footprint, count_rows, footprint, footprints, present_tables, set_state
from confida_core.plugins.looking import look_at
from confida_core.plugins.purged import is_purged, remember_purge
from confida_core.vault.access import SYSTEM, Access, NotFound
from confida_core.vault.class_ending import end_classes


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgePlan:
    """What a purge would remove. counts: table -> rows. people: how many contacts have something there.

    classes: retention classes whose keys are destroyed. shared_classes: those that others use too, whose keys stay, so
    that older backups can still be opened. stores: labels of places beside the tables, and whether we can empty them.
    obstacle: why it cannot be done now, "" if it can.
    """

    found: Footprint
    counts: Mapping[str, int]
    people: int
    classes: tuple[str, ...]
    shared_classes: tuple[str, ...]
    stores: tuple[str, ...]
    stores_in_reach: bool
    obstacle: str


async def plan_purge(crm: Installation, access: Access, key: str) -> PurgePlan:
    """What would go, and what is in the way. Raises Forbidden, and NotFound for a plugin that keeps nothing here."""
    access.actor.require("system.manage")
    found = await footprint(crm.data, key)
    if found is None:
        raise NotFound
    tables = await present_tables(crm.data, found)
    people = await people_of(crm, tables)
    used = {table.retention_class for table in tables if table.sealed}
    others = await classes_of_others(crm, key)
    return PurgePlan(
        found=found,
        counts=await count_rows(crm.data, tables),
        people=len(people),
        classes=tuple(sorted(used - others)),
        shared_classes=tuple(sorted(used & others)),
        stores=found.keeps.stores,
        stores_in_reach=not found.keeps.stores or is_loaded(crm, key),
        obstacle=await in_use(crm, key) or await kept_for_people(crm, people),
    )


def is_loaded(crm: Installation, key: str) -> bool:
    return any(plugin.info.key == key for plugin in crm.registry.plugins)


async def in_use(crm: Installation, key: str) -> str:
    """Why a plugin that is switched on cannot be purged; "" if it is off, or so broken that nothing can load it."""
    if any(plugin.info.key == key and not plugin.parked for plugin in crm.registry.plugins):
        return f"{key} is running here: disable it and start again first"
    if key not in configured_plugins(crm.settings):
        return ""
    try:
        await look_at(crm.registry, key)
    except PluginError:
        return ""
    return f"{key} is enabled from the next start on: disable it first"


async def kept_for_people(crm: Installation, people: set[UUID]) -> str:
    await crm.orders.refresh()
    held = len(people & (crm.orders.held_subjects() | crm.orders.restricted_subjects()))
    return (
        f"a legal hold or a restriction keeps something there from being erased, for this many people: {held}"
        if held
        else ""
    )


async def classes_of_others(crm: Installation, key: str) -> set[str]:
    """Retention classes that anything else uses, disabled plugins included."""
    declared = {
        item.value.retention_class for item in crm.registry.with_owner("records") if item.plugin.info.key != key
    }
    kept = (found for found in (await footprints(crm.data)).values() if found.key != key)
    return declared | {table.retention_class for found in kept for table in found.keeps.tables if table.sealed}


async def purge_plugin(
    crm: Installation, access: Access, key: str, *, exported: bool, leave_stores: bool = False, alone: bool = False
) -> PurgePlan:
    """Remove what the plugin keeps: what it keeps beside its tables, the keys, the rows; when it returns they are gone.

    exported: somebody wants an archive to have been made before. alone: no other program runs, so the empty tables can go
    too; else the next start drops them. Called again after a failure it goes on. Raises Forbidden, NotFound, StoreFailed,
    and NotPossible with the reason.
    """
    plan = await plan_purge(crm, access, key)
    if plan.found.state == "kept":
        check_ready(plan, exported=exported, leave_stores=leave_stores)
        async with crm.data.transaction():
            await set_state(crm.data, key, "purging")
            await note(crm, access, "plugin.purge_ordered", key)
    await carry_out(crm, plan.found, plan.classes, with_stores=not leave_stores)
    if key in configured_plugins(crm.settings):
        await asyncio.to_thread(change_plugins, crm.settings, lambda names: without(names, key), f"disable {key}")
    if alone:
        await forget(crm, plan.found, access)
    return plan


def check_ready(plan: PurgePlan, *, exported: bool, leave_stores: bool) -> None:
    """Raises NotPossible."""
    if plan.obstacle:
        raise NotPossible(plan.obstacle)
    if not plan.stores_in_reach and not leave_stores:
        raise NotPossible(
            f"only the plugin itself can remove what it keeps beside its tables ({', '.join(plan.stores)}): install "
            f"{plan.found.requirement} again, or leave it there with --leave-stores"
        )
    if exported and plan.found.exported_at is None:
        raise NotPossible("no archive was made yet: export first, or choose to erase without one")


async def carry_out(crm: Installation, found: Footprint, classes: Sequence[str], *, with_stores: bool) -> None:
    await remember_purge(crm.keyring, found.key)
    if with_stores:
        await erase_its_stores(crm, found)
    await end_classes(crm.keyring, classes)
    await empty_tables(crm, found)
    await forget_plugin_settings(crm, found.key)
    await forget_inbound(crm, found.key)
    await crm.data.checkpoint()
    await rewrite_keks(crm.keyring.database)


async def forget(crm: Installation, found: Footprint, access: Access) -> None:
    """Drop the empty tables, and with them every trace of the plugin but what happened, in one transaction."""
    async with crm.data.transaction():
        await drop_tables(crm, found)
        await record_event(crm, "plugin.purged", actor_id=access.actor.id, target_kind=found.key[:40], serious=True)


async def finish_purges(crm: Installation) -> list[str]:
    """At a start: end what was ordered and not ended, and what a restored backup has brought back; keys of the plugins."""
    finished = []
    for found in (await footprints(crm.data)).values():
        if found.state != "kept" or await is_purged(crm.keyring, found):
            used = {table.retention_class for table in found.keeps.tables if table.sealed}
            others = await classes_of_others(crm, found.key)
            await carry_out(crm, found, sorted(used - others), with_stores=found.state == "purging")
            await forget(crm, found, Access(actor=SYSTEM, purpose="operation", where="start"))
            finished.append(found.key)
    return finished
