"""Somebody is erased while somebody else is writing about them: no new key is made, and nobody sees more than "not found"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from confida_core.contacts.bulk import archive_contacts, tag_contacts
from confida_core.contacts.people import update_contact
from confida_core.contacts.relationships import add_relationship
from confida_core.contacts.states import archive_contact, restrict_contact
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction, update_interaction
from confida_core.vault.access import NotFound
from confida_core.vault.keyring import Keyring
from tests.core.contacts.cast import ada as ada_content
from tests.core.interactions.cast import access_of, log, make

pytestmark = pytest.mark.anyio


async def keys_of(crm: Any, person: UUID) -> int:
    rows = await crm.keyring.database.fetch("SELECT count(*) AS keys FROM dek WHERE subject_id = ?", person)
    return int(rows[0]["keys"])


@pytest.fixture
def erased_before_writing(crm: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[UUID], None]:
    """Erases the person, as another process would, when keys are asked for next: after reading, before writing."""

    def arrange(person: UUID) -> None:
        ensure, waiting = Keyring.ensure, [person]

        async def late(keyring: Keyring, *args: Any) -> None:
            if waiting:
                await purge_contact(crm, waiting.pop())
            await ensure(keyring, *args)

        monkeypatch.setattr(Keyring, "ensure", late)

    return arrange


async def edit(crm: Any, ada: UUID, mats: UUID) -> None:
    await update_contact(crm, access_of(), ada, ada_content(nickname="Countess"), seen=1)


async def trash(crm: Any, ada: UUID, mats: UUID) -> None:
    await trash_contact(crm, access_of(), ada)


async def archive(crm: Any, ada: UUID, mats: UUID) -> None:
    await archive_contact(crm, access_of(), ada)


async def restrict(crm: Any, ada: UUID, mats: UUID) -> None:
    await restrict_contact(crm, access_of(), ada)


async def relate(crm: Any, ada: UUID, mats: UUID) -> None:
    await add_relationship(crm, access_of(), "partner", mats, ada)


async def write_down(crm: Any, ada: UUID, mats: UUID) -> None:
    draft = InteractionDraft(kind="note", subject="Lunch", people=(mats, ada))
    await log_interaction(crm, access_of(), draft)


@pytest.mark.parametrize("write", [edit, trash, archive, restrict, relate, write_down])
async def test_writer_hears_not_found_and_no_key_is_made(
    crm: Any, erased_before_writing: Callable[[UUID], None], write: Callable[..., Awaitable[None]]
) -> None:
    ada, mats = await make(crm, "Ada"), await make(crm, "Mats")
    erased_before_writing(ada)
    with pytest.raises(NotFound):
        await write(crm, ada, mats)
    assert await keys_of(crm, ada) == 0
    assert await crm.data.fetch("SELECT id FROM contact WHERE id = ?", ada) == []


async def test_interaction_edited_while_a_participant_is_erased(
    crm: Any, erased_before_writing: Callable[[UUID], None]
) -> None:
    ada, mats = await make(crm, "Ada"), await make(crm, "Mats")
    meeting = await log(crm, ada, mats)
    erased_before_writing(ada)
    draft = InteractionDraft(kind="note", subject="Lunch", people=(mats, ada))
    with pytest.raises(NotFound):
        await update_interaction(crm, access_of(), meeting, draft, seen=1)
    assert await keys_of(crm, ada) == 0
    again = InteractionDraft(kind="note", subject="Lunch", people=(mats,))
    # Erasing Ada has sealed it anew for Mats alone, which counts as a change.
    assert await update_interaction(crm, access_of(), meeting, again, seen=2) == 3


@pytest.mark.parametrize("many", ["tag", "archive"])
async def test_the_others_of_a_bulk_operation_are_done(
    crm: Any, erased_before_writing: Callable[[UUID], None], many: str
) -> None:
    people = [await make(crm, name) for name in ("Ada", "Mats", "Zoe")]
    erased_before_writing(people[0])
    if many == "tag":
        await tag_contacts(crm, access_of(), people, add=["guest"])
    else:
        await archive_contacts(crm, access_of(), people)
    kind = {"tag": "tagged", "archive": "archived"}[many]
    done = await crm.data.fetch("SELECT subject_id FROM contact_change WHERE kind = ?", kind)
    assert {row["subject_id"] for row in done} == set(people[1:])
    assert await keys_of(crm, people[0]) == 0


async def test_two_erasures_at_once_leave_no_key(crm: Any) -> None:
    ada = new_id()
    await crm.keyring.current(ada, "relationship")
    await crm.keyring.destroy(ada, ["relationship"])
    await crm.keyring.destroy(ada, ["relationship", "evidence"])
    assert await crm.keyring.destroyed([ada], "evidence") == {ada}
    assert await keys_of(crm, ada) == 0
