"""Making a new installation, and bringing an existing one up to date."""

from __future__ import annotations

from dataclasses import dataclass

from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.states import settle_restrictions
from confida_core.installation import Installation
from confida_core.plugins.migrating import check_current, migrate_plugins
from confida_core.plugins.purging import finish_purges
from confida_core.settings import Settings
from confida_core.storage.migrations import migrate
from confida_core.vault.unlock import create_root


@dataclass(frozen=True, slots=True)
class NewInstallation:
    """recovery_key: shown once and stored nowhere; None if the installation existed."""

    recovery_key: str | None


def initialise(settings: Settings, passphrase: str | None = None) -> NewInstallation:
    """Create the home folder and its keys if they are missing; changes nothing that exists."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in ("keys", "files", "backups"):
        (settings.home / folder).mkdir(mode=0o700, exist_ok=True)
    if settings.key_places.root_file.exists():
        return NewInstallation(None)
    _, recovery_key = create_root(settings.key_places, passphrase)
    return NewInstallation(recovery_key)


async def upgrade(crm: Installation, *, plugins: bool = True) -> list[str]:
    """Run every pending migration and make the index usable; returns the names of the migrations that ran.

    plugins: those of plugins too; else a plugin whose tables are behind is refused. What was purged is removed to its end.
    Raises MigrationError and PluginError.

    Building a missing or damaged index takes some seconds at 100,000 contacts; otherwise only what is new is read.
    """
    ran = await migrate(
        [item.value for item in crm.registry.with_owner("piccolo_apps") if item.plugin.built_in], crm.data
    )
    await finish_purges(crm)
    if plugins:
        ran += await migrate_plugins(crm.data, crm.registry)
    await check_current(crm.data, crm.registry)
    await crm.index.ensure(ContactSource(crm))
    await settle_restrictions(crm)
    return ran
