"""Enabling, upgrading and disabling: what the next start will load. The program that is running stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from confida_core.accounts.audit import record_event
from confida_core.installation import Installation
from confida_core.loaded_plugin import NotInstalled, PluginError
from confida_core.plugins.config_file import change_plugins, check_writable, configured_plugins
from confida_core.plugins.footprints import footprint, holds_data
from confida_core.plugins.looking import PluginFacts, look_at
from confida_core.plugins.migrating import migrate_facts, refuse_older
from confida_core.plugins.parking import ways_out
from confida_core.plugins.purged import is_purged
from confida_core.registry import entry_point
from confida_core.vault.access import Access, NotFound


class NotPossible(Exception):
    """This cannot be done to this plugin as it is now; says why, and what can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """facts: what it declares. ran: names of the migrations that ran."""

    facts: PluginFacts
    ran: tuple[str, ...] = ()


async def look_before(crm: Installation, access: Access, key: str) -> PluginFacts:
    """What the plugin would be allowed to do if it was enabled. Raises Forbidden, NotFound, NotPossible and PluginError."""
    access.actor.require("system.manage")
    refuse_built_in(crm, key)
    if not is_installed(key):
        raise NotFound
    return await look_at(crm.registry, key, enabled=configured_plugins(crm.settings))


def refuse_built_in(crm: Installation, key: str) -> None:
    if any(plugin.info.key == key for plugin in crm.registry.plugins if plugin.built_in):
        raise NotPossible(f"{key} is a part of Confida itself, and always there")


def is_installed(key: str) -> bool:
    """Twice is installed too: the error that follows says where."""
    try:
        entry_point(key)
    except NotInstalled:
        return False
    except PluginError:
        return True
    return True


async def enable_plugin(crm: Installation, access: Access, key: str) -> Changed:
    """Make its tables, and load it from the next start on. Repeatable; whatever fails, it is not half enabled.

    Raises Forbidden, NotFound, NotPossible, DecidedElsewhere, and PluginError for one that could not be loaded.
    """
    facts = await look_before(crm, access, key)
    check_writable(crm.settings, f"enable {key}")
    await refuse_purged(crm, key)
    ran = await migrate_facts(crm.data, facts)
    if key not in configured_plugins(crm.settings):
        # First what is not forgotten, then what has an effect.
        await note(crm, access, "plugin.enabled", key)
        await asyncio.to_thread(change_plugins, crm.settings, lambda names: [*names, key], f"enable {key}")
    return Changed(facts=facts, ran=tuple(ran))


async def refuse_purged(crm: Installation, key: str) -> None:
    """A restored backup brought back what was purged: it must be gone before the plugin begins anew."""
    found = await footprint(crm.data, key)
    if found is not None and await is_purged(crm.keyring, found):
        raise NotPossible(f"what {key} kept was purged, and a backup has brought it back: run `confida migrate` first")


async def upgrade_plugin(crm: Installation, access: Access, key: str) -> Changed:
    """Run what is pending of an enabled plugin, or of one that still keeps data.

    Raises Forbidden, NotFound, NotPossible and PluginError.
    """
    facts = await look_before(crm, access, key)
    if key not in configured_plugins(crm.settings) and await footprint(crm.data, key) is None:
        raise NotPossible(f"{key} is not enabled and has no tables: confida plugins enable {key}")
    ran = await migrate_facts(crm.data, facts)
    if ran:
        await note(crm, access, "plugin.upgraded", key)
    return Changed(facts=facts, ran=tuple(ran))


async def disable_plugin(crm: Installation, access: Access, key: str) -> bool:
    """Load it from the next start on for its data only, or not at all if it keeps none; whether it keeps some.

    Raises Forbidden, NotFound, DecidedElsewhere, and NotPossible if its data would be out of reach.
    """
    access.actor.require("system.manage")
    refuse_built_in(crm, key)
    if key not in configured_plugins(crm.settings):
        raise NotFound
    check_writable(crm.settings, f"disable {key}")
    parked = await must_be_parked(crm, key)
    if parked:
        await check_parkable(crm, key)
    await note(crm, access, "plugin.disabled", key)
    await asyncio.to_thread(change_plugins, crm.settings, lambda names: without(names, key), f"disable {key}")
    return parked


def without(names: Sequence[str], key: str) -> list[str]:
    return [name for name in names if name != key]


async def must_be_parked(crm: Installation, key: str) -> bool:
    found = await footprint(crm.data, key)
    if found is None or found.state != "kept" or await is_purged(crm.keyring, found):
        return False
    return await holds_data(crm.data, found)


async def check_parkable(crm: Installation, key: str) -> None:
    """Raises NotPossible."""
    found = await footprint(crm.data, key)
    try:
        if found is not None:
            facts = await look_at(crm.registry, key, parked=True)
            await refuse_older(crm.data, facts)
    except PluginError as error:
        raise NotPossible(f"{key} cannot be disabled, because {ways_out(found)} ({error})" if found else key) from None


async def note(crm: Installation, access: Access, kind: str, key: str) -> None:
    await record_event(crm, kind, actor_id=access.actor.id, target_kind=key[:40], serious=True)
