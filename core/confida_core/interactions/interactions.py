"""Interactions: written down, changed, thrown away and taken back; the gate to one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.history import write_change
from confida_core.contacts.history_erasing import forget_texts
from confida_core.contacts.people import display_names
from confida_core.contacts.records import FieldChange
from confida_core.contacts.validation import InvalidContent
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.interactions.content import (
    Attachment,
    InteractionContent,
    InteractionDraft,
    checked,
    columns_of,
)
from confida_core.interactions.participants import (
    add_participants,
    set_participants,
    trash_participants,
    untouch,
)
from confida_core.interactions.tables import Interaction
from confida_core.storage.database import VersionConflict
from confida_core.storage.sealed_files import ReceivedFile, delete_files, discard_files, keep_files, set_people
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

WRITTEN = frozenset({"email", "letter", "chat"})


def provided_of_interaction(row: Mapping[str, Any], content: InteractionContent) -> dict[str, Any]:
    """What somebody wrote to us in their own words; what we noted of a call or a meeting is ours (GDPR Art. 20)."""
    if row["direction"] != "in" or row["kind"] not in WRITTEN:
        return {}
    return {"kind": row["kind"], "at": row["at"].isoformat(), "subject": content.subject, "body": content.body}


INTERACTION = RecordDeclaration(
    table=Interaction,
    content=InteractionContent,
    subject=None,
    retention_class="relationship",
    purpose="relationship",
    label="Interactions and tasks",
    clear={
        "kind": "One of the declared kinds.",
        "state": "Planned, done or cancelled.",
        "direction": "To us, from us, or neither.",
    },
    answer=InAnswer(
        category="What happened between you and us",
        source="Written down by somebody who works for us, or taken from what you sent us.",
        provided=provided_of_interaction,
    ),
)
FILES_PERMISSION = "interactions.read"


async def visible_interaction(
    crm: Installation, access: Access, interaction_id: UUID, *, trashed: bool = False
) -> Opened[InteractionContent]:
    """The gate to one interaction: opened through the door, or NotFound, whatever the reason.

    trashed: also one in the trash, for those who may write. Raises Forbidden without `interactions.read`.
    """
    access.actor.require("interactions.read")
    rows = await crm.data.fetch("SELECT * FROM interaction WHERE id = ?", interaction_id)
    if not rows or (rows[0]["deleted_at"] and not (trashed and access.actor.may("interactions.write"))):
        raise NotFound
    opened = await crm.door.open_one(access, INTERACTION, rows[0])
    if opened is None or not await is_about_somebody_visible(crm, access, opened.people):
        raise NotFound
    return opened


async def is_about_somebody_visible(crm: Installation, access: Access, people: Sequence[UUID]) -> bool:
    """Whether this access may see one of them; what is about nobody is everybody's.

    One who may not be opened and one who is in the trash do not make one together, so each is asked for both.
    """
    return not people or bool(await display_names(crm, access, people))


async def require_people(crm: Installation, access: Access, people: Sequence[UUID]) -> tuple[UUID, ...]:
    """These contacts, each once, in order; raises NotFound if this access may not see one of them."""
    wanted = tuple(dict.fromkeys(people))
    seen = await display_names(crm, access, wanted) if wanted else {}
    if len(seen) != len(wanted):
        raise NotFound
    return wanted


async def log_interaction(
    crm: Installation, access: Access, draft: InteractionDraft, files: Sequence[ReceivedFile] = ()
) -> UUID:
    """Write down what happened, or what is planned; returns its id. The contacts' `touched_at` follows.

    files: received before; they belong to the interaction afterwards, or are discarded if this raises.
    Raises InvalidContent, NotFound for a contact that may not be seen, Forbidden without `interactions.write`.
    """
    try:
        access.actor.require("interactions.write")
        people = await require_people(crm, access, draft.people)
        content = checked(draft, [attachment(file) for file in files])
        require_somebody(people, allowed=draft.planned)
        row = {"id": new_id(), "created_by": access.actor.id, "created_at": now(), **columns_of(draft)}
        await crm.keyring.ensure(people or (crm.keyring.installation_id,), INTERACTION.retention_class)
        async with crm.data.transaction():
            await crm.records.insert(INTERACTION, row, content, people=people)
            await add_participants(crm, [(row, people)])
            await keep_files(crm, files, owner_id=row["id"], people=people, permission=FILES_PERMISSION)
    except BaseException:
        await discard_files(crm, files)
        raise
    interaction_id: UUID = row["id"]
    return interaction_id


def require_somebody(people: Sequence[UUID], *, allowed: bool) -> None:
    """What is about nobody is sealed for the organisation and outlives every person; only tasks of our own may be."""
    if not people and not allowed:
        raise InvalidContent({"participants": "choose at least one person"})


def attachment(file: ReceivedFile) -> Attachment:
    content = file.content
    return Attachment(id=file.id, name=content.name, media_type=content.media_type, size=content.size)


async def update_interaction(
    crm: Installation,
    access: Access,
    interaction_id: UUID,
    draft: InteractionDraft,
    *,
    seen: int,
    files: Sequence[ReceivedFile] = (),
    remove_files: Sequence[UUID] = (),
) -> int:
    """Replace what was read at version `seen`; returns the new version. Each contact's history says who changed what.

    A done or cancelled interaction stays so. Raises VersionConflict, InvalidContent, NotFound, Forbidden; then the
    received files are discarded.
    """
    try:
        access.actor.require("interactions.write")
        opened = await visible_interaction(crm, access, interaction_id)
        if opened.row["version"] != seen:
            raise VersionConflict(opened.row["version"])
        people = await kept_people(crm, access, draft.people, opened.people)
        kept = [item for item in opened.content.attachments if item.id not in set(remove_files)]
        content = checked(draft, [*kept, *map(attachment, files)])
        require_somebody(people, allowed=not opened.people)
        row = {**opened.row, **columns_of(draft), **unchangeable(opened, draft), "edited": True}
        removed = [item.id for item in opened.content.attachments if item not in kept]
        await crm.keyring.ensure({*people, *opened.people}, INTERACTION.retention_class)
        async with crm.data.transaction():
            stored = {name: value for name, value in row.items() if name not in {"version", "sealed"}}
            version = await crm.records.update(INTERACTION, stored, content, seen=seen, people=people)
            await set_participants(crm, row, people, before=opened.people)
            await delete_files(crm, removed)
            if set(people) != set(opened.people):
                await set_people(crm, interaction_id, people)
            await keep_files(crm, files, owner_id=interaction_id, people=people, permission=FILES_PERMISSION)
            kind, before, after = "interaction changed", set(opened.people), set(people)
            await note_change(crm, access, before & after, opened, kind=kind, after=content)
            # Who came or went learns that it changed, not what was or will be written about the others.
            await note_change(crm, access, before ^ after, opened, kind=kind)
    except BaseException:
        await discard_files(crm, files)
        raise
    return version


async def kept_people(
    crm: Installation, access: Access, wanted: Sequence[UUID], before: Sequence[UUID]
) -> tuple[UUID, ...]:
    """Whom it is about from now on. People the writer may not see stay, because no form could have offered them."""
    visible = await display_names(crm, access, [*before, *wanted])
    if any(person not in visible for person in wanted):
        raise NotFound
    hidden = [person for person in before if person not in visible]
    return tuple(dict.fromkeys([*wanted, *hidden]))


def unchangeable(opened: Opened[InteractionContent], draft: InteractionDraft) -> dict[str, Any]:
    """What a form does not decide: who wrote it, and whether a task is done (that has its own button)."""
    row = opened.row
    kept = {"created_by": row["created_by"], "created_at": row["created_at"], "done_at": row["done_at"]}
    if row["done_at"] is not None and draft.planned:
        kept |= {"state": row["state"], "at": row["at"]}
    if not draft.planned and draft.at is None and row["state"] != "planned":
        kept["at"] = row["at"]
    return kept


async def note_change(
    crm: Installation,
    access: Access,
    people: set[UUID],
    opened: Opened[InteractionContent],
    *,
    kind: str,
    after: InteractionContent | None = None,
) -> None:
    """One entry in each contact's history; inside the transaction that makes the change. Version 0: the contact's stays.

    after: the content from now on, told to those whose it was and stays; None to say only that something happened.
    """
    old, new = plain(opened.content), plain(after or opened.content)
    changes = [FieldChange(field=name, before=old[name], after=new[name]) for name in old if old[name] != new[name]]
    for person in sorted(people):
        await write_change(crm, access, person, kind, 0, changes=changes, detail=opened.row["id"].hex)


def plain(content: InteractionContent) -> dict[str, Any]:
    """The fields as plain values; of attachments the names."""
    values: dict[str, Any] = msgspec.structs.asdict(content)
    return values | {"attachments": [item.name for item in content.attachments]}


async def delete_interaction(crm: Installation, access: Access, interaction_id: UUID) -> None:
    """Into the trash, from which `restore_interaction` takes it back for 30 days. Raises NotFound, Forbidden."""
    access.actor.require("interactions.write")
    opened = await visible_interaction(crm, access, interaction_id)
    async with crm.data.transaction():
        done = await crm.data.fetch(
            "UPDATE interaction SET deleted_at = ?, version = version + 1 WHERE id = ? AND deleted_at IS NULL RETURNING id",
            now(), interaction_id,
        )  # fmt: skip
        if done:
            await trash_participants(crm, interaction_id, opened.people)
            await note_change(crm, access, set(opened.people), opened, kind="interaction deleted")


async def restore_interaction(crm: Installation, access: Access, interaction_id: UUID) -> None:
    """Out of the trash, as it was. Does nothing to one that is not there. Raises NotFound, Forbidden."""
    access.actor.require("interactions.write")
    opened = await visible_interaction(crm, access, interaction_id, trashed=True)
    async with crm.data.transaction():
        done = await crm.data.fetch(
            "UPDATE interaction SET deleted_at = NULL, version = version + 1 "
            "WHERE id = ? AND deleted_at IS NOT NULL RETURNING id",
            interaction_id,
        )
        if done:
            await set_participants(crm, opened.row, opened.people, before=opened.people)
            await note_change(crm, access, set(opened.people), opened, kind="interaction restored")


async def destroy_interactions(crm: Installation, ids: Sequence[UUID]) -> None:
    """For good: rows, keys, links and files, each interaction in a transaction of its own."""
    for interaction_id in ids:
        async with crm.data.transaction():
            people = await crm.data.fetch(
                "DELETE FROM interaction_participant WHERE interaction_id = ? RETURNING contact_id", interaction_id
            )
            files = await crm.data.fetch("SELECT id FROM sealed_file WHERE owner_id = ?", interaction_id)
            await delete_files(crm, [row["id"] for row in files])
            contacts = [row["contact_id"] for row in people]
            await crm.records.delete(INTERACTION, interaction_id, contacts)
            await untouch(crm, contacts)
            # What was changed in it stands in the history of whoever took part.
            await forget_texts(crm, {interaction_id: contacts})
