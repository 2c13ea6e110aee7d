"""The drill from its first step to its last, in an installation that exists for it alone."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from confida_consent.drill.cast import Cast, plant
from confida_consent.drill.checks import Check, Evidence, absent, evidence_of
from confida_consent.rights.erasure import erase_person
from confida_core.backup.archive import Backup, back_up
from confida_core.backup.manifest import read_manifest
from confida_core.backup.restore import restore
from confida_core.clock import now
from confida_core.installation import Installation, open_installation
from confida_core.jobs.schedule import ensure_periodic
from confida_core.jobs.worker import run_next
from confida_core.registry import Registry
from confida_core.settings import Settings
from confida_core.setup import initialise, upgrade
from confida_core.storage.postgres import PostgresDatabase
from confida_core.vault.access import system_access

Say = Callable[[str], None]
DECIDING = system_access("confida drill", "data_subject_rights")
# More than are declared; the first start must come to rest by itself.
MOST_JOBS = 1000
# What of the settings must not leave its place, or would be written to, for a drill.
OWN = {"backup_to": None, "backup_keyring_to": None, "backup_recipients": (), "backup_at": "", "smtp_host": ""}


@dataclass(frozen=True, slots=True)
class Outcome:
    """kind: of the installation that was used: `new` or `copy`. oldest: SHA-256 of the manifest of the oldest backup."""

    kind: str
    engine: str
    started: datetime
    ended: datetime
    oldest: str
    purged: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Original:
    """A backup of the real installation, of which the drill uses a copy."""

    backup: Backup
    ask: Callable[[], str] | None


async def run_drill(
    settings: Settings, registry: Registry, original: Original | None = None, say: Say = lambda _: None
) -> Outcome:
    """Plant, back up, erase, restore the oldest, look everywhere. The installation of these settings is not touched.

    original: use a copy of it instead of a new one. On a server two databases are made and dropped again.
    Raises DatabaseError if the server does not allow that, and whatever the steps raise.
    """
    started = now()
    # Whole files in the clear, so that searching their bytes says something; a copy keeps the cipher that it has.
    cipher = settings.cipher and original is not None
    async with scratch(settings.model_copy(update={"cipher": cipher})) as place:
        if original is None:
            initialise(place)
        else:
            say("copying the installation")
            await copy_into(place, settings, registry, original)
        say("planting somebody, and making the oldest backup")
        cast, before, oldest = await first_part(place, registry)
        say("putting the oldest backup back")
        restored = await restore(place, registry, oldest)
        say("looking everywhere")
        async with open_installation(place, registry) as crm:
            await first_start(crm)
            checks = await absent(crm, cast, before, oldest)
            engine = crm.data.engine
        manifest = (oldest / "manifest.json").read_bytes()
    return Outcome(
        kind="new" if original is None else "copy",
        engine=engine,
        started=started,
        ended=now(),
        oldest=hashlib.sha256(manifest).hexdigest(),
        purged=restored.purged,
        checks=tuple(checks),
    )


async def first_part(settings: Settings, registry: Registry) -> tuple[Cast, Evidence, Path]:
    """Everything that happens before the restore; the oldest backup is made while the person is there."""
    async with open_installation(settings, registry) as crm:
        await upgrade(crm)
        cast = await plant(crm)
        oldest = (await back_up(crm)).folder
        before = await evidence_of(crm, cast)
        await erase_person(crm, DECIDING, cast.person, evidence=True)
        await crm.orders.give("objection", cast.stays, purpose="drill")
        newest = await back_up(crm)
        if not read_manifest(newest.keyring_folder).counters.covers(read_manifest(oldest).counters):
            raise RuntimeError("the copy of the keyring went back in time")
    return cast, before, oldest


async def first_start(crm: Installation) -> None:
    """What the server does by itself after a restore."""
    await upgrade(crm)
    await crm.orders.refresh()
    await ensure_periodic(crm)
    for _ in range(MOST_JOBS):
        if not await run_next(crm):
            return
    raise RuntimeError("the jobs of the first start never come to an end")


async def copy_into(place: Settings, settings: Settings, registry: Registry, original: Original) -> None:
    (place.home / "keys").mkdir(mode=0o700, exist_ok=True)
    if settings.key_places.key_file.exists():
        shutil.copyfile(settings.key_places.key_file, place.key_places.key_file)
        place.key_places.key_file.chmod(0o400)
    backup = original.backup
    await restore(place, registry, backup.folder, keyring_folder=backup.keyring_folder, ask=original.ask)


@asynccontextmanager
async def scratch(settings: Settings) -> AsyncIterator[Settings]:
    """A home, and on a server two databases, that are gone afterwards."""
    home = Path(mkdtemp(dir=settings.home, prefix=".drill-"))
    try:
        async with databases(settings) as urls:
            yield settings.model_copy(update={**OWN, **urls, "home": home})
    finally:
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def databases(settings: Settings) -> AsyncIterator[dict[str, str]]:
    if not settings.database_url:
        yield {}
        return
    made: list[tuple[PostgresDatabase, str]] = []
    urls = {}
    try:
        for setting in ("database_url", "keyring_url"):
            url, name = str(getattr(settings, setting)), f"confida_drill_{uuid4().hex}"
            server = await PostgresDatabase.open(url, connections=1)
            made.append((server, name))
            await server.fetch(f'CREATE DATABASE "{name}"')
            urls[setting] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        yield urls
    finally:
        for server, name in made:
            await server.fetch(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await server.close()
