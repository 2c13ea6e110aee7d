"""The tables of plugins: made when one is enabled or upgraded, never by a start that merely happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from confida_core.declarations import PiccoloApp
from confida_core.loaded_plugin import PluginError
from confida_core.plugins.footprints import footprint, leave_footprint
from confida_core.plugins.looking import PluginFacts, facts_of
from confida_core.registry import Registry
from confida_core.storage.database import Database
from confida_core.storage.migrations import applied, known, migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a plugin's tables stand to the version that is installed.

    pending: migrations that have not run. unknown: migrations that ran and that this version does not have.
    """

    pending: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


async def standing(data: Database, apps: Sequence[PiccoloApp]) -> Standing:
    done = await applied(data)
    names = {app.name for app in apps}
    ships = {(step.app_name, step.name) for app in apps for step in known(app)}
    return Standing(
        pending=tuple(sorted(name for _, name in ships - done)),
        unknown=tuple(sorted(name for app, name in done - ships if app in names)),
    )


async def migrate_facts(data: Database, facts: PluginFacts) -> list[str]:
    """Bring the tables of one plugin up to date, whether it is loaded or only looked at; names of what ran.

    Raises PluginError.
    """
    await refuse_older(data, facts)
    # First, so that no table is ever nobody's, whenever the power fails.
    await leave_footprint(data, facts.key, facts.distribution, facts.version, facts.keeps)
    return await migrate(facts.apps, data)


async def migrate_plugins(data: Database, registry: Registry) -> list[str]:
    """The same for every loaded plugin. Raises PluginError."""
    return [name for facts in loaded_facts(registry) for name in await migrate_facts(data, facts)]


def loaded_facts(registry: Registry) -> list[PluginFacts]:
    """Of every loaded plugin that is not built in, parked ones included."""
    return [facts_of(registry, plugin) for plugin in registry.plugins if not plugin.built_in]


async def refuse_older(data: Database, facts: PluginFacts) -> None:
    found = await footprint(data, facts.key)
    if found is not None and found.state != "kept":
        raise PluginError(
            f"what plugin {facts.key} kept is being removed: `confida plugins purge {facts.key}` goes on with it, and so "
            "does the next start"
        )
    unknown = (await standing(data, facts.apps)).unknown
    if unknown:
        newer = f", which {found.origin} made" if found is not None else ""
        raise PluginError(
            f"{facts.distribution} {facts.version} (plugin {facts.key}) is older than its tables{newer}: it does not know "
            f"{', '.join(unknown)}. No migration is taken back; install that version or a newer one again"
        )


async def check_current(data: Database, registry: Registry) -> None:
    """That every loaded plugin fits its tables. Raises PluginError, saying what to do."""
    for facts in loaded_facts(registry):
        await refuse_older(data, facts)
        pending = (await standing(data, facts.apps)).pending
        if pending:
            raise PluginError(
                f"{facts.distribution} {facts.version} (plugin {facts.key}) is newer than its tables: "
                f"{', '.join(pending)} has not run. Make a backup, then run `confida plugins upgrade {facts.key}`"
            )
