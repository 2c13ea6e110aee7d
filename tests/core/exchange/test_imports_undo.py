"""Taking imports back: what came goes with its keys, what was changed is as before, what was edited since stays."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, changed
from confida_core.contacts.history import changes_of
from confida_core.contacts.people import create_contact, update_contact, visible_contact
from confida_core.contacts.relationships import add_relationship
from confida_core.exchange.imports import NotNow
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.imports_report import kept_contacts, list_problems
from confida_core.exchange.undo import start_undo, undo_import, undone
from tests.core.exchange.importing import access_of, bring_in, counts, find, importer_of, rows_of, take_back, upload
from tests.shared_data import shared

pytestmark = pytest.mark.anyio

HEADER = b"First Name,Last Name,E-mail,Job Title,Phone,Notes\n"
ROWS = b"".join(b"Ada%d,Example,ada%d@example.org,Engineer,,\n" % (n, n) for n in range(450))
EMPTY = {"contact": 0, "contact_change": 0, "import_problem": 0, "sealed_file": 0}


@pytest.fixture
async def olga(crm: Any) -> Any:
    return await importer_of(crm)


async def keys_of(crm: Any, retention_class: str) -> int:
    rows = await crm.keyring.database.fetch("SELECT count(*) AS n FROM dek WHERE retention_class = ?", retention_class)
    return int(rows[0]["n"])


async def test_undo_leaves_no_contact_no_key_and_no_file(crm: Any, olga: Any) -> None:
    before = await keys_of(crm, "relationship")
    run_id = await bring_in(crm, olga, "people.csv", HEADER + ROWS + b",,,,,\n")
    assert await counts(crm, run_id) == ("done", 450, 0, 0, 1, 0)
    assert await keys_of(crm, "relationship") == before + 452  # The organisation's own, the report's, and 450 people's.
    await take_back(crm, olga, run_id)
    assert await rows_of(crm, list(EMPTY)) == EMPTY
    assert await keys_of(crm, "relationship") == before + 1
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []
    assert await crm.data.fetch("SELECT id FROM import_item WHERE contact_id IS NOT NULL") == []
    assert await find(crm, olga, "ada exa") == []
    assert (await counts(crm, run_id))[0] == "undone"


async def test_undo_of_real_address_books_leaves_nothing(crm: Any, olga: Any) -> None:
    paths = sorted(shared("vcard/ez-vcard").glob("*.vcf"))
    runs = [await bring_in(crm, olga, path.name, path.read_bytes(), Duplicates.CREATE) for path in paths]
    assert (await rows_of(crm, ["contact"]))["contact"] == 16
    for run_id in runs:
        await take_back(crm, olga, run_id)
    assert await rows_of(crm, list(EMPTY)) == EMPTY


async def test_contact_edited_since_stays_and_is_listed(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", HEADER + ROWS)
    access = access_of(olga, "relationship")
    rows = await crm.data.fetch("SELECT contact_id FROM import_item WHERE row_number IN (2, 3, 4) ORDER BY row_number")
    edited, related, touched = (row["contact_id"] for row in rows)
    opened = await visible_contact(crm, access, edited)
    await update_contact(crm, access, edited, changed(opened.content, nickname="Countess"), seen=1)
    await add_relationship(crm, access, "partner", related, touched)
    await take_back(crm, olga, run_id)
    assert {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")} == {edited, related, touched}
    assert (await visible_contact(crm, access, edited)).content.nickname == "Countess"
    assert await kept_contacts(crm, access, run_id) == [(2, "Ada0 Example"), (3, "Ada1 Example"), (4, "Ada2 Example")]
    row = (await crm.data.fetch("SELECT undone_count, kept_count FROM import_run"))[0]
    assert (row["undone_count"], row["kept_count"]) == (450, 3)


async def test_updated_contact_gets_its_former_values_back(crm: Any, olga: Any) -> None:
    access = access_of(olga, "relationship")
    former = ContactContent(
        display_name="Ada Example", emails=[EmailAddress(address="ada1@example.org")], tags=["Choir"]
    )
    contact_id = await create_contact(crm, access, ContactKind.PERSON, former)
    before = (await visible_contact(crm, access, contact_id)).content
    data = (
        HEADER
        + b"Ada,Example,ada1@example.org,Engineer,030 1234567,Likes tea\nA.,Example,ada1@example.org,,030 7654321,\n"
    )
    run_id = await bring_in(crm, olga, "more.csv", data, Duplicates.FILL, tags=("Fair",))
    assert await counts(crm, run_id) == ("done", 0, 2, 0, 0, 0)
    filled = (await visible_contact(crm, access, contact_id)).content
    assert ([phone.number for phone in filled.phones], filled.tags) == (
        ["+49301234567", "+49307654321"],
        ["Choir", "Fair"],
    )
    await take_back(crm, olga, run_id)
    opened = await visible_contact(crm, access, contact_id)
    assert (opened.content, opened.row["version"]) == (before, 3)
    assert [entry.kind for entry in await changes_of(crm, access, contact_id)] == ["undone", "imported", "created"]


async def test_updated_and_then_edited_contact_is_left_alone(crm: Any, olga: Any) -> None:
    access = access_of(olga, "relationship")
    contact_id = await create_contact(
        crm, access, ContactKind.PERSON, ContactContent(emails=[EmailAddress(address="ada1@example.org")])
    )
    run_id = await bring_in(crm, olga, "more.csv", HEADER + b"Ada,,ada1@example.org,Engineer,,\n", Duplicates.FILL)
    opened = await visible_contact(crm, access, contact_id)
    await update_contact(crm, access, contact_id, changed(opened.content, job_title="Director"), seen=2)
    await take_back(crm, olga, run_id)
    assert (await visible_contact(crm, access, contact_id)).content.job_title == "Director"
    assert (await crm.data.fetch("SELECT kept_count FROM import_run"))[0]["kept_count"] == 1


async def test_undo_goes_on_where_it_was_interrupted(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", HEADER + ROWS)
    await start_undo(crm, access_of(olga), run_id, queue=False)
    assert not await undo_import(crm, run_id, seconds=0)
    assert await rows_of(crm, ["contact"]) == {"contact": 250}
    assert await undo_import(crm, run_id)
    assert await rows_of(crm, list(EMPTY)) == EMPTY


async def test_undo_that_died_after_the_keys_removes_the_rows(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", HEADER + b"Ada,,ada@example.org,,,\n")
    await start_undo(crm, access_of(olga), run_id, queue=False)
    contact_id = (await crm.data.fetch("SELECT id FROM contact"))[0]["id"]
    await crm.data.fetch("UPDATE contact SET deleted_at = created_at")
    await crm.data.fetch("UPDATE import_item SET action = 'removing'")
    await crm.keyring.destroy(contact_id, ["relationship"])
    assert await undo_import(crm, run_id)
    assert await rows_of(crm, list(EMPTY)) == EMPTY
    assert await keys_of(crm, "relationship") == 1  # The organisation's own.


async def test_only_what_has_run_can_be_taken_back_and_only_once(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", HEADER + ROWS)
    with pytest.raises(NotNow):
        await start_undo(crm, access_of(olga), run_id, queue=False)
    done = await bring_in(crm, olga, "people.csv", HEADER + ROWS)
    await take_back(crm, olga, done)
    with pytest.raises(NotNow):
        await start_undo(crm, access_of(olga), done, queue=False)
    assert await list_problems(crm, access_of(olga), done) == []


def test_changes_are_taken_back_field_by_field() -> None:
    from confida_core.contacts.content import Birthday, StructuredName
    from confida_core.contacts.history import differences

    before = ContactContent(display_name="Ada", name=StructuredName(given="Ada"), custom={"size": "M"}, tags=["Choir"])
    after = ContactContent(
        display_name="Ada", name=StructuredName(given="Ada", family="Example"), custom={"size": "M", "shoe": 38},
        tags=["Choir", "Fair"], birthday=Birthday(month=12, day=10), note="Likes tea",
    )  # fmt: skip
    assert undone(after, differences(before, after)) == before
