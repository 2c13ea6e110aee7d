"""Exports on both engines: complete, streamed, noted, and read back unchanged."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber, changed
from confida_core.contacts.people import NewContact, create_many, visible_contact
from confida_core.contacts.states import archive_contact
from confida_core.contacts.trash import trash_contact
from confida_core.exchange.exports import ExportOrder, start_export
from confida_core.exchange.imports_records import Duplicates
from confida_core.vault.access import Access, Forbidden
from tests.core.exchange.importing import access_of, bring_in, counts, importer_of, take_back
from tests.shared_data import shared

pytestmark = pytest.mark.anyio


@pytest.fixture
async def olga(crm: Any) -> Any:
    return await importer_of(crm)


async def exported(crm: Any, actor: Any, kind: Any, **more: Any) -> bytes:
    access = access_of(actor, "relationship")
    return b"".join([piece async for piece in await start_export(crm, access, ExportOrder(format=kind, **more))])


async def contents(crm: Any, olga: Any) -> list[ContactContent]:
    """Everything but the pictures' ids, which are new each time."""
    rows = await crm.data.fetch("SELECT id FROM contact")
    opened = [await visible_contact(crm, access_of(olga, "operation"), row["id"]) for row in rows]
    plain = [changed(one.content, picture="x" if one.content.picture else "") for one in opened]
    return sorted(plain, key=lambda content: (content.display_name, content.note, str(content.emails)))


async def make_people(crm: Any, olga: Any, number: int) -> list[Any]:
    people = [
        NewContact(
            kind=ContactKind.PERSON,
            content=ContactContent(
                display_name=f"Ada {place}", emails=[EmailAddress(address=f"ada{place}@example.org", label="work")]
            ),
        )
        for place in range(number)
    ]
    return await create_many(crm, access_of(olga, "relationship"), people)


@pytest.mark.parametrize("kind", ["vcard", "csv"])
async def test_real_address_books_come_back_as_they_went(crm: Any, olga: Any, kind: Any) -> None:
    paths = [*sorted(shared("vcard/ez-vcard").glob("*.vcf")), shared("csv/thunderbird/export.csv")]
    runs = [await bring_in(crm, olga, path.name, path.read_bytes(), Duplicates.CREATE) for path in paths]
    before = await contents(crm, olga)
    assert len(before) == 18
    file = await exported(crm, olga, kind)
    for run_id in runs:
        await take_back(crm, olga, run_id)
    again = await bring_in(crm, olga, f"all.{kind}", file, Duplicates.CREATE)
    assert await counts(crm, again) == ("done", 18, 0, 0, 0, 0)
    if kind == "csv":
        # A table has no pictures.
        before = [changed(content, picture="") for content in before]
    assert await contents(crm, olga) == before


async def test_export_that_returns_to_its_installation_finds_everybody_here(crm: Any, olga: Any) -> None:
    await make_people(crm, olga, 3)
    run_id = await bring_in(crm, olga, "all.csv", await exported(crm, olga, "csv"))
    assert await counts(crm, run_id) == ("done", 0, 0, 3, 0, 0)


async def test_table_of_many_batches_has_one_header_and_runs_nothing(crm: Any, olga: Any) -> None:
    await make_people(crm, olga, 450)
    evil = ContactContent(display_name="=HYPERLINK(1)", phones=[PhoneNumber(number="+4930123456")])
    await create_many(crm, access_of(olga), [NewContact(kind=ContactKind.PERSON, content=evil)])
    text = (await exported(crm, olga, "csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (len(rows), text.count("Confida id")) == (451, 1)
    assert (rows[-1]["Display name"], rows[-1]["Phone 1"]) == ("'=HYPERLINK(1)", "+4930123456")


async def test_archived_trashed_and_restricted_contacts_stay_behind(crm: Any, olga: Any) -> None:
    ada, mats, zoe, _ = await make_people(crm, olga, 4)
    access = access_of(olga, "relationship")
    await archive_contact(crm, access, ada)
    await trash_contact(crm, access, mats)
    await crm.orders.give("restriction", zoe)
    assert (await exported(crm, olga, "vcard")).count(b"BEGIN:VCARD") == 1
    assert (await exported(crm, olga, "vcard", archived=True)).count(b"BEGIN:VCARD") == 2


async def test_selection_is_exported_in_its_order(crm: Any, olga: Any) -> None:
    ada, _, zoe = await make_people(crm, olga, 3)
    file = (await exported(crm, olga, "vcard", ids=[zoe, ada])).decode()
    assert [line for line in file.splitlines() if line.startswith("FN:")] == ["FN:Ada 2", "FN:Ada 0"]


async def test_each_contact_is_logged_as_read_before_its_batch_leaves(crm: Any, olga: Any) -> None:
    ids = await make_people(crm, olga, 201)
    deferred = Access(actor=olga, purpose="relationship", where="POST /export", deferred=True)
    stream = await start_export(crm, deferred, ExportOrder(format="csv", reason="Newsletter"))
    await anext(stream)
    await anext(stream)
    reads = await crm.door.read_log.of(ids[0])
    assert [(read.actor_id, read.purpose, read.place) for read in reads] == [(olga.id, "import_export", "POST /export")]
    assert await crm.door.read_log.of(ids[200]) == []
    await stream.aclose()  # type: ignore[attr-defined]


async def test_export_is_noted_with_its_reason_sealed(crm: Any, olga: Any) -> None:
    from confida_core.exchange.exports import EXPORT
    from confida_core.vault.access import system_access

    await make_people(crm, olga, 2)
    await exported(crm, olga, "vcard", reason="Summer newsletter")
    rows = await crm.data.fetch("SELECT * FROM export_run")
    assert (len(rows), rows[0]["contact_count"], rows[0]["created_by"]) == (1, 2, olga.id)
    assert b"newsletter" not in bytes(rows[0]["sealed"])
    opened = await crm.door.open(system_access("test"), EXPORT, rows)
    assert opened[0].content.reason == "Summer newsletter"
    events = await crm.data.fetch(
        "SELECT actor_id, target_id, serious FROM audit_event WHERE kind = 'contacts.exported'"
    )
    assert [(row["actor_id"], row["target_id"], bool(row["serious"])) for row in events] == [
        (olga.id, rows[0]["id"], True)
    ]


async def test_export_needs_its_permission_and_then_notes_nothing(crm: Any) -> None:
    mats = await importer_of(crm, "staff")
    with pytest.raises(Forbidden):
        await exported(crm, mats, "csv")
    assert await crm.data.fetch("SELECT id FROM export_run") == []
