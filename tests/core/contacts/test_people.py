"""A contact: made, seen through the gate, changed by two people at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber, changed
from confida_core.contacts.history import changes_of, text_of, what_changed
from confida_core.contacts.people import (
    NewContact,
    create_contact,
    create_many,
    display_names,
    touch,
    update_contact,
    visible_contact,
)
from confida_core.contacts.states import (
    archive_contact,
    assign_contact,
    restrict_contact,
    unarchive_contact,
    unrestrict_contact,
)
from confida_core.contacts.trash import trash_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.storage.database import VersionConflict
from confida_core.vault.access import Forbidden, NotFound
from tests.core.contacts.cast import MATS, OLGA, ZOE, access_of, ada, make, make_ada

pytestmark = pytest.mark.anyio


async def test_contact_opens_as_created(crm: Any) -> None:
    contact_id = await make_ada(crm)
    opened = await visible_contact(crm, access_of(), contact_id)
    assert opened.content == ada()
    assert (opened.row["kind"], opened.row["version"], opened.row["created_by"]) == ("person", 1, OLGA.id)


async def test_nothing_of_the_content_is_plain_in_the_row_or_its_history(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await update_contact(crm, access_of(), contact_id, ada(note="Owns an engine"), seen=1)
    for table in ("contact", "contact_change"):
        for row in await crm.data.fetch(f"SELECT * FROM {table}"):
            stored = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
            assert [word for word in (b"Ada", b"Lovelace", b"example.org", b"engine") if word in stored] == []


@pytest.mark.parametrize("hidden", ["missing", "restricted", "trashed"])
async def test_gate_answers_alike_for_every_reason(crm: Any, hidden: str) -> None:
    contact_id = await make_ada(crm)
    if hidden == "missing":
        contact_id = new_id()
    if hidden == "restricted":
        await restrict_contact(crm, access_of(), contact_id)
    if hidden == "trashed":
        await trash_contact(crm, access_of(), contact_id)
    with pytest.raises(NotFound) as refused:
        await visible_contact(crm, access_of(MATS), contact_id)
    assert refused.value.args == ()


async def test_outsider_is_refused_before_anything_is_opened(crm: Any) -> None:
    contact_id = await make_ada(crm)
    with pytest.raises(Forbidden):
        await visible_contact(crm, access_of(ZOE), contact_id)
    with pytest.raises(Forbidden):
        await create_contact(crm, access_of(ZOE), ContactKind.PERSON, ada())
    assert [read.actor_id for read in await crm.door.read_log.of(contact_id)] == []


async def test_restricted_contact_opens_for_the_rights_of_the_person_and_returns(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await restrict_contact(crm, access_of(), contact_id)
    rights = access_of(purpose="data_subject_rights")
    assert (await visible_contact(crm, rights, contact_id)).content.display_name == "Ada Lovelace"
    await unrestrict_contact(crm, rights, contact_id)
    assert (await visible_contact(crm, access_of(), contact_id)).content.display_name == "Ada Lovelace"
    kinds = [entry.kind for entry in await changes_of(crm, access_of(), contact_id)]
    assert kinds == ["unrestricted", "restricted", "created"]


async def test_restricting_needs_its_permission(crm: Any) -> None:
    contact_id = await make_ada(crm)
    with pytest.raises(Forbidden):
        await restrict_contact(crm, access_of(MATS), contact_id)
    assert crm.orders.restricted(contact_id) is False


async def test_change_is_remembered_with_both_values(crm: Any) -> None:
    contact_id = await make_ada(crm)
    version = await update_contact(
        crm, access_of(MATS), contact_id, ada(emails=[EmailAddress(address="al@example.org")]), seen=1
    )
    assert version == 2
    entry, created = await changes_of(crm, access_of(), contact_id)
    assert (entry.kind, entry.actor_id, entry.version, created.kind) == ("changed", MATS.id, 2, "created")
    assert [(change.field, text_of(change.before), text_of(change.after)) for change in entry.changes] == [
        ("emails", "ada@example.org, work", "al@example.org")
    ]


async def test_saving_without_a_change_writes_nothing(crm: Any) -> None:
    contact_id = await make_ada(crm)
    assert await update_contact(crm, access_of(), contact_id, ada(), seen=1) == 1
    assert len(await changes_of(crm, access_of(), contact_id)) == 1


async def test_second_of_two_savers_learns_what_the_first_did(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await update_contact(crm, access_of(MATS), contact_id, ada(nickname="Countess"), seen=1)
    with pytest.raises(VersionConflict) as conflict:
        await update_contact(crm, access_of(), contact_id, ada(nickname="Enchantress"), seen=1)
    assert conflict.value.current == 2
    found = await what_changed(crm, access_of(), contact_id, 1)
    assert [(one.actor_id, [(c.field, c.before, c.after) for c in one.changes]) for one in found] == [
        (MATS.id, [("nickname", None, "Countess")])
    ]


async def test_invalid_content_names_the_fields_and_stores_nothing(crm: Any) -> None:
    with pytest.raises(InvalidContent) as refused:
        await create_contact(
            crm, access_of(), ContactKind.PERSON, ada(emails=[EmailAddress(address="no address")], nickname="\x00")
        )
    assert sorted(refused.value.errors) == ["emails[0].address", "nickname"]
    assert await crm.data.fetch("SELECT id FROM contact") == []


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (ContactContent(display_name="عائشة بنت محمد"), "عائشة بنت محمد"),
        (ContactContent(emails=[EmailAddress(address="only@example.org")]), "only@example.org"),
        (ContactContent(phones=[PhoneNumber(number="+442079460018")]), "+442079460018"),
        (ContactContent(display_name="x" * 200), "x" * 200),
        (ContactContent(display_name="Zoe\u0308 "), "Zoë"),
    ],
)
async def test_messy_names_are_kept_readable(crm: Any, content: ContactContent, shown: str) -> None:
    contact_id = await create_contact(crm, access_of(), ContactKind.PERSON, content)
    assert await display_names(crm, access_of(), [contact_id]) == {contact_id: shown}


async def test_display_names_leave_out_what_may_not_be_seen(crm: Any) -> None:
    first, second, third = [await make(crm, name) for name in ("One", "Two", "Three")]
    await restrict_contact(crm, access_of(), second)
    await trash_contact(crm, access_of(), third)
    assert await display_names(crm, access_of(), [first, second, third, new_id()]) == {first: "One"}


async def test_archiving_is_undone_and_remembered_once(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await archive_contact(crm, access_of(), contact_id)
    await archive_contact(crm, access_of(), contact_id)
    assert (await visible_contact(crm, access_of(), contact_id)).row["archived_at"] is not None
    await unarchive_contact(crm, access_of(), contact_id)
    assert (await visible_contact(crm, access_of(), contact_id)).row["archived_at"] is None
    kinds = [entry.kind for entry in await changes_of(crm, access_of(), contact_id)]
    assert kinds == ["unarchived", "archived", "created"]


async def test_care_is_handed_over(crm: Any) -> None:
    contact_id, team = await make_ada(crm), new_id()
    await assign_contact(crm, access_of(), contact_id, owner_id=MATS.id, team_id=team)
    row = (await visible_contact(crm, access_of(), contact_id)).row
    assert (row["owner_id"], row["team_id"]) == (MATS.id, team)


async def test_many_are_made_in_order_with_their_history(crm: Any) -> None:
    operation = new_id()
    news = [NewContact(kind=ContactKind.PERSON, content=changed(ada(), display_name=f"No {n}")) for n in range(450)]
    ids = await create_many(crm, access_of(), news, operation_id=operation)
    names = await display_names(crm, access_of(), ids)
    assert [names[one] for one in ids] == [f"No {n}" for n in range(450)]
    entries = [entry for one in (ids[0], ids[449]) for entry in await changes_of(crm, access_of(), one)]
    assert [(entry.kind, entry.operation_id) for entry in entries] == [("imported", operation)] * 2


async def test_touch_keeps_the_latest_instant(crm: Any) -> None:
    contact_id, moment = await make_ada(crm), now()
    for at in (moment, moment - timedelta(days=1)):
        async with crm.data.transaction():
            await touch(crm, [contact_id], at)
    assert (await visible_contact(crm, access_of(), contact_id)).row["touched_at"] == moment
