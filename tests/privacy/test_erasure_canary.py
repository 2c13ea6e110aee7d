"""Somebody with markers in every field is erased; then every byte that is kept is searched, and every older backup opened.

SQLCipher is switched off for `confida.db` and `keyring.db`. What is sealed is searched twice: as it lies there, and opened
with every key that is still held.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from confida_consent.rights.erasure import erase_person
from confida_core.backup.archive import back_up
from confida_core.backup.restore import restore
from confida_core.contacts.content import ContactKind
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction, update_interaction, visible_interaction
from confida_core.setup import upgrade
from confida_core.storage.database import Database
from confida_core.vault.access import system_access
from confida_core.vault.door import Door
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_log import ReadLog
from tests.conftest import own_registry
from tests.consent.rights.erasure_cast import MATS, officer, plant
from tests.privacy.test_canary import pg_dump

pytestmark = pytest.mark.anyio
ACCESS = system_access("tests")
# As plain text, as UTF-16 and as hexadecimal digits; "Lovelace" is the name of others too.
WORDS = ("Countess", "ada@example.org", "4960777", "Hafenweg", "With Ada", "Ada Lovelace")
NEEDLES = [form for word in WORDS for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode())]


@pytest.fixture
def plain_settings(settings: Any) -> Any:
    """The same installation, whose own files are not encrypted as a whole."""
    for path in settings.home.glob("*.db*"):
        path.unlink()
    shutil.rmtree(settings.home / "reads", ignore_errors=True)
    return settings.model_copy(update={"cipher": False})


@asynccontextmanager
async def opened(settings: Any) -> AsyncIterator[Any]:
    async with open_installation(settings, own_registry()) as crm:
        await upgrade(crm)
        yield crm


def kept_bytes(settings: Any) -> Iterator[tuple[str, bytes]]:
    """Every file of the home but the index, and a dump of each database on a server."""
    for path in sorted(settings.home.rglob("*")):
        if path.is_file() and not path.name.startswith("index.db"):
            yield str(path.relative_to(settings.home)), path.read_bytes()
    for url in (settings.database_url, settings.keyring_url):
        if url:
            yield url, subprocess.run([pg_dump(), "--dbname", url], capture_output=True, check=True, timeout=60).stdout


def found_in(name: str, data: bytes) -> list[str]:
    return [f"{name}: {needle!r}" for needle in NEEDLES if needle in data]


async def everything_opened(crm: Any, data: Database, keyring: Keyring) -> str:
    """The content of every sealed row of a store, as far as these keys open it."""
    door = Door(data, keyring, StandingOrders(keyring), ReadLog(data), crm.registry.purposes)
    found = []
    for record in crm.registry.records.values():
        rows = await data.fetch(f"SELECT * FROM {record.name}")
        found += [f"{record.name} {item.content!r}" for item in await door.open(ACCESS, record, rows)]
    return "\n".join(found)


async def test_nothing_of_an_erased_person_is_left_in_any_byte(plain_settings: Any) -> None:
    async with opened(plain_settings) as crm:
        cast = await plant(crm)
        await crm.data.fetch("DELETE FROM contact WHERE id = ?", cast.twin)
        # What could be found is really there for whoever has the keys, and the files of the erased are there.
        assert found_in("", (await everything_opened(crm, crm.data, crm.keyring)).encode()) != []
        wrapped = await crm.keyring.database.fetch("SELECT wrapped FROM dek WHERE subject_id = ?", cast.ada)
        sealed = [bytes(row["wrapped"]) for row in wrapped if row]
        contact = (await crm.data.fetch("SELECT sealed FROM contact WHERE id = ?", cast.ada))[0]["sealed"]
        await erase_person(crm, officer(), cast.ada)
        left = await everything_opened(crm, crm.data, crm.keyring)
        kept = [bytes(row["wrapped"]) for row in await crm.keyring.database.fetch("SELECT wrapped FROM dek")]
        lying = list(kept_bytes(plain_settings))
    assert found_in("opened", left.encode()) == []
    assert [hit for name, data in lying for hit in found_in(name, data)] == []
    gone = [each for each in sealed if each not in kept]
    assert gone != []
    if plain_settings.database_url:
        return
    for name, data in lying:
        assert bytes(contact) not in data, name
        for key in gone:
            assert key not in data, name


async def test_nothing_is_recovered_from_the_oldest_backup(settings: Any, engine: str, tmp_path: Path) -> None:
    async with opened(settings) as crm:
        cast = await plant(crm)
        await crm.data.fetch("DELETE FROM contact WHERE id = ?", cast.twin)
        old = await back_up(crm)
        edited = InteractionDraft(kind="note", people=(cast.ada, cast.mats), subject="Both", body="Later")
        other = await log_interaction(crm, ACCESS, edited)
        await erase_person(crm, officer(), cast.ada)
        if engine == "sqlite":
            assert await contacts_in(crm, old.folder, tmp_path / "copy.db") == {cast.mats}
    await restore(settings, own_registry(), old.folder)
    async with opened(settings) as crm:
        assert found_in("restored", (await everything_opened(crm, crm.data, crm.keyring)).encode()) == []
        assert {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")} == {cast.mats}
        meeting = await visible_interaction(crm, ACCESS, cast.meeting)
        assert meeting.content.subject == "With [erased] and Mats"
        assert "Adamant words and Canada stay." in meeting.content.body
        assert await crm.data.fetch("SELECT id FROM interaction WHERE id = ?", other) == []
        files = await crm.data.fetch("SELECT count(*) AS n FROM sealed_file")
    assert len(list((settings.home / "files").glob("??/*"))) >= files[0]["n"]


async def contacts_in(crm: Any, folder: Path, place: Path) -> set[Any]:
    """Who can be opened in a copied file, by whoever has the root key and the keyring of today."""
    shutil.copyfile(folder / "confida.db", place)
    data = crm.data.sibling(place)
    try:
        door = Door(data, crm.keyring, crm.orders, ReadLog(data), crm.registry.purposes)
        rows = await data.fetch("SELECT * FROM contact")
        assert len(rows) == 2
        return {item.row["id"] for item in await door.open(ACCESS, crm.registry.records["contact"], rows)}
    finally:
        await data.close()


async def test_texts_of_an_older_version_are_taken_out_whole(settings: Any) -> None:
    """The backup holds a shared record as it was before it was changed; which passages were about whom, nobody knows."""
    async with opened(settings) as crm:
        cast = await plant(crm)
        await crm.data.fetch("DELETE FROM contact WHERE id = ?", cast.twin)
        old = await back_up(crm)
        edited = InteractionDraft(kind="meeting", people=(cast.ada, cast.mats), subject="Both", body="Later")
        await update_interaction(crm, ACCESS, cast.meeting, edited, seen=2)
        await erase_person(crm, officer(), cast.ada)
    await restore(settings, own_registry(), old.folder)
    async with opened(settings) as crm:
        meeting = await visible_interaction(crm, ACCESS, cast.meeting)
        assert (meeting.content.subject, meeting.content.body) == ("[erased]", "[erased]")
        assert found_in("restored", (await everything_opened(crm, crm.data, crm.keyring)).encode()) == []


async def test_two_erasures_of_one_record_are_both_followed_after_a_restore(settings: Any) -> None:
    async with opened(settings) as crm:
        cast = await plant(crm)
        zoe = await create_contact(crm, ACCESS, ContactKind.PERSON, MATS.__class__(display_name="Zoe Quast"))
        draft = InteractionDraft(
            kind="note", people=(cast.ada, cast.mats, zoe), subject="Ada, Mats, Zoe", body="Zoe asked Ada and Mats."
        )
        note = await log_interaction(crm, ACCESS, draft)
        old = await back_up(crm)
        await erase_person(crm, officer(), cast.ada)
        await erase_person(crm, officer(), zoe)
    await restore(settings, own_registry(), old.folder)
    async with opened(settings) as crm:
        opened_note = await visible_interaction(crm, ACCESS, note)
    assert opened_note.people == (cast.mats,)
    assert opened_note.content.subject == "[erased], Mats, [erased]"
    assert opened_note.content.body == "[erased] asked [erased] and Mats."


def test_search_finds_what_lies_open() -> None:
    assert found_in("planted", b"... Countess ...") == ["planted: b'Countess'"]
