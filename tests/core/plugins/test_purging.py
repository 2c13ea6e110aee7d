"""Purging a plugin: its data are gone, in old backups too where the keys were its own; what happened stays on record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from confida_core.accounts.audit import list_events
from confida_core.cli.program import command_line
from confida_core.clock import now
from confida_core.contacts.states import restrict_contact
from confida_core.plugins.archive import start_archive
from confida_core.plugins.emptying import empty_tables
from confida_core.plugins.enabling import NotPossible, disable_plugin, enable_plugin
from confida_core.plugins.footprints import Footprint, Keeps, footprint
from confida_core.plugins.purging import plan_purge, purge_plugin
from confida_core.setup import upgrade
from confida_core.vault.access import Access, Forbidden, NotFound, system_access
from tests.core.cli.conftest import BUILT_IN, SPECIFICATIONS
from tests.core.plugins.conftest import Opening
from tests.core.plugins.fake import STORE, FakePlugins
from tests.core.plugins.people import NOTE, SUBJECT, add_contact, add_meeting, add_member, module_of
from tests.core.plugins.test_life import tables_of

pytestmark = pytest.mark.anyio
SYSTEM = system_access("tests")


async def disabled(opening: Opening, plugins: FakePlugins, olga: Access, **install: Any) -> tuple[UUID, UUID]:
    plugins.install(**install)
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        ada, mats = await add_contact(crm, "Ada"), await add_contact(crm, "Mats")
        await add_member(crm, ada, module_of(crm))
        await add_meeting(crm, [ada, mats], module_of(crm))
        await disable_plugin(crm, olga, "membership")
    return ada, mats


async def archive_of(crm: Any, access: Access) -> list[Any]:
    text = b"".join([piece async for piece in await start_archive(crm, access, "membership")])
    return [json.loads(line) for line in text.splitlines()]


async def readers(crm: Any, contact_id: UUID) -> list[tuple[UUID, str]]:
    return [(read.actor_id, read.purpose) for read in await crm.door.read_log.of(contact_id)]


async def test_archive_holds_every_row_and_the_read_log_knows_it(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    ada, mats = await disabled(opening, plugins, olga)
    async with opening() as crm:
        await crm.data.fetch("INSERT INTO membership_rate (id, name) VALUES (?, ?)", ada, "Full")
        head, *rows, end = await archive_of(crm, olga)
        assert (head["plugin"], head["distribution"], head["version"]) == ("membership", "confida-membership", "1.0")
        told = {row["table"]: row for row in rows}
        assert told["membership_member"]["content"] == {"note": NOTE}
        assert told["membership_member"]["row"]["contact_id"] == str(ada)
        assert told["membership_meeting"]["content"] == {"subject": SUBJECT}
        assert sorted(told["membership_meeting"]["people"]) == sorted([str(ada), str(mats)])
        assert told["membership_rate"]["row"]["name"] == "Full"
        counts = {"membership_meeting": 1, "membership_member": 1, "membership_rate": 1}
        assert end == {"end": True, "rows": counts, "without_key": 0}
        assert (olga.actor.id, "import_export") in await readers(crm, ada)
        assert (olga.actor.id, "import_export") in await readers(crm, mats)


async def test_purge_leaves_neither_rows_nor_keys_and_the_next_start_no_tables(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    ada, mats = await disabled(opening, plugins, olga)
    async with opening() as crm:
        sealed = await crm.data.fetch("SELECT * FROM membership_member")
        declaration = crm.registry.records["membership_member"]
        assert len(await crm.door.open(SYSTEM, declaration, sealed)) == 1
        plan = await plan_purge(crm, olga, "membership")
        assert (plan.classes, plan.shared_classes, plan.people) == (("membership",), ("relationship",), 2)
        await purge_plugin(crm, olga, "membership", exported=False)
        assert await crm.door.open(SYSTEM, declaration, sealed) == [], "nor do older backups open"
        wraps = await crm.data.fetch("SELECT count(*) AS wraps FROM shared_key WHERE subject_id IN (?, ?)", ada, mats)
        assert wraps == [{"wraps": 0}]
        assert [len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in await tables_of(crm)] == [0, 0, 0]
        assert await crm.keyring.database.fetch("SELECT id FROM dek WHERE retention_class = 'membership'") == []
        contact = crm.registry.records["contact"]
        assert len(await crm.door.open(SYSTEM, contact, await crm.records.rows(contact, [ada, mats]))) == 2
    plugins.uninstall("confida-membership")
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        assert (await tables_of(crm), await footprint(crm.data, "membership")) == ([], None)
        assert await crm.data.fetch("SELECT name FROM migration WHERE app_name = 'membership'") == []
        kinds = [event.kind for event in await list_events(crm, SYSTEM, kind="plugin")]
        assert kinds == ["plugin.purged", "plugin.purge_ordered", "plugin.disabled", "plugin.enabled"]


async def test_plugin_can_begin_anew_after_its_purge(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    ada, _ = await disabled(opening, plugins, olga)
    async with opening() as crm:
        await purge_plugin(crm, olga, "membership", exported=False, alone=True)
        with pytest.raises(NotFound):
            await plan_purge(crm, olga, "membership")
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        await add_member(crm, ada, module_of(crm))
        assert len(await crm.data.fetch("SELECT id FROM membership_member")) == 1


async def test_running_plugin_and_one_whose_archive_is_wanted_are_not_purged(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
        with pytest.raises(NotPossible, match="enabled from the next start on"):
            await purge_plugin(crm, olga, "membership", exported=False)
    async with opening() as crm:
        with pytest.raises(NotPossible, match="is running here"):
            await purge_plugin(crm, olga, "membership", exported=False)
        with pytest.raises(Forbidden):
            await plan_purge(
                crm, Access(actor=type(olga.actor)(id=olga.actor.id), purpose="x", where="x"), "membership"
            )
        await disable_plugin(crm, olga, "membership")
    async with opening() as crm:
        with pytest.raises(NotPossible, match="no archive was made yet"):
            await purge_plugin(crm, olga, "membership", exported=True)
        await archive_of(crm, olga)
        await purge_plugin(crm, olga, "membership", exported=True)


async def test_what_a_restricted_person_may_need_is_not_purged(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    ada, _ = await disabled(opening, plugins, olga)
    async with opening() as crm:
        await restrict_contact(crm, SYSTEM, ada)
        obstacle = (await plan_purge(crm, olga, "membership")).obstacle
        assert obstacle.endswith("keeps something there from being erased, for this many people: 1")
        with pytest.raises(NotPossible, match="a legal hold or a restriction keeps something"):
            await purge_plugin(crm, olga, "membership", exported=False)
        assert len(await crm.data.fetch("SELECT id FROM membership_member")) == 1


async def test_plugin_empties_its_own_store(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    package = plugins.folder / "confida_membership"
    ada, mats = await disabled(opening, plugins, olga, more=STORE)
    async with opening() as crm:
        await purge_plugin(crm, olga, "membership", exported=False)
    assert sorted((package / "erased.txt").read_text().split()) == sorted([str(ada), str(mats)])


async def test_restored_tables_of_a_purged_plugin_are_removed_again(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    """The database as an older backup has it; the keyring is never older."""
    await disabled(opening, plugins, olga)
    async with opening() as crm:
        before = await crm.data.fetch("SELECT * FROM plugin_footprint")
        migrations = await crm.data.fetch("SELECT * FROM migration WHERE app_name = 'membership'")
        rows = await crm.data.fetch("SELECT * FROM membership_member")
        await purge_plugin(crm, olga, "membership", exported=False, alone=True)
        await enable_plugin(crm, olga, "membership")
        await disable_plugin(crm, olga, "membership")
        # As restoring would: the tables are there, with the rows and the footprint of then.
        marks = ", ".join("?" * len(rows[0]))
        await crm.data.fetch(
            f"INSERT INTO membership_member ({', '.join(rows[0])}) VALUES ({marks})", *rows[0].values()
        )
        await crm.data.fetch("UPDATE plugin_footprint SET made_at = ?", before[0]["made_at"])
        assert len(migrations) == 1
    plugins.uninstall("confida-membership")
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        assert await tables_of(crm) == []


def shell(home: Path, *words: str, typed: str = "", code: int = 0) -> Result:
    result = CliRunner().invoke(
        command_line(BUILT_IN, specifications=SPECIFICATIONS), ["--home", str(home), *words], input=typed
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def listed(home: Path) -> str:
    """The state of the plugin in the list; "" if it is not in there."""
    found = json.loads(shell(home, "plugins", "list", "--json").stdout)
    return next((one["state"] for one in found if one["key"] == "membership"), "")


def member_by(opening: Opening, work: Any) -> Any:
    import asyncio

    async def inside() -> Any:
        async with opening() as crm:
            return await work(crm)

    return asyncio.run(inside())


async def add_ada(crm: Any) -> None:
    await add_member(crm, await add_contact(crm, "Ada"), module_of(crm))


def test_whole_life_on_the_command_line(opening: Opening, plugins: FakePlugins, home: Path, tmp_path: Path) -> None:
    import pyrage

    plugins.install()
    assert listed(home) == "installed"
    assert "can read everything that Confida can read" in shell(home, "plugins", "show", "membership").output
    asked = shell(home, "plugins", "enable", "membership", typed="n\n", code=1)
    assert "membership.read: See members" in asked.output
    shell(home, "plugins", "enable", "membership", typed="y\n")
    member_by(opening, add_ada)
    assert "takes part in answers and erasures" in shell(home, "plugins", "disable", "membership").output
    plugins.uninstall("confida-membership")
    found = json.loads(shell(home, "doctor", "--json", code=5).stdout)
    assert [one["remedy"] for one in found if one["name"] == "Plugins" and one["state"] == "bad"] == [
        "pip install confida-membership==1.0, or remove them: confida plugins purge membership"
    ]
    assert listed(home) == "missing"
    archive, key = tmp_path / "members.age", pyrage.x25519.Identity.generate()
    words = ("plugins", "purge", "membership", "--export", str(archive), "--recipient", str(key.to_public()))
    shell(home, *words, typed="sales\n", code=1)
    assert not archive.exists()
    shell(home, *words, typed="membership\n")
    lines = pyrage.decrypt(archive.read_bytes(), [key]).splitlines()
    assert [json.loads(line).get("table", "") for line in lines] == ["", "membership_member", ""]
    assert member_by(opening, tables_of) == []
    assert listed(home) == ""


def test_plugin_that_was_uninstalled_too_early_can_be_disabled(plugins: FakePlugins, home: Path) -> None:
    plugins.install()
    shell(home, "plugins", "enable", "membership", "--yes")
    plugins.uninstall("confida-membership")
    shell(home, "user", "list", code=1)
    shell(home, "plugins", "disable", "membership")
    shell(home, "user", "list")


async def test_jobs_of_a_plugin_with_a_similar_key_stay(opening: Opening) -> None:
    queued = (
        "INSERT INTO job (id, key, arguments, state, periodic, queued_at, due_at, attempts, max_attempts, error) "
        "VALUES (?, ?, '{}', 'waiting', ?, ?, ?, 0, 1, '')"
    )
    async with opening() as crm:
        for key in ("fan_club.remind", "fanaclub.remind"):
            await crm.data.fetch(queued, uuid4(), key, False, now(), now())
        found = Footprint(
            key="fan_club", distribution="confida-fan-club", version="1.0", keeps=Keeps(name="Fans"), made_at=now()
        )
        await empty_tables(crm, found)
        rows = await crm.data.fetch("SELECT key FROM job WHERE key LIKE 'fan%'")
        assert [row["key"] for row in rows] == ["fanaclub.remind"]
