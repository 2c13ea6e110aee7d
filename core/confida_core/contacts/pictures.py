"""The picture of a contact: a sealed file of its own, redrawn before it was stored."""

from __future__ import annotations

from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind, changed
from confida_core.contacts.people import UNCHANGED, Unchanged, create_contact, update_contact, visible_contact
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.storage.sealed_files import OpenFile, ReceivedFile, delete_files, keep_files, open_file
from confida_core.vault.access import Access, NotFound


async def create_with_picture(
    crm: Installation,
    access: Access,
    kind: ContactKind,
    content: ContactContent,
    picture: ReceivedFile | None,
    *,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> UUID:
    """As `create_contact`, with a received picture in the same transaction. The caller discards it if this raises."""
    if picture is None:
        return await create_contact(crm, access, kind, content, owner_id=owner_id, team_id=team_id)
    async with crm.data.transaction():
        content = changed(content, picture=picture.id.hex)
        contact_id = await create_contact(crm, access, kind, content, owner_id=owner_id, team_id=team_id)
        await keep_files(crm, [picture], owner_id=contact_id, people=[contact_id], permission="contacts.read")
    return contact_id


async def update_with_picture(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    content: ContactContent,
    *,
    seen: int,
    picture: ReceivedFile | None = None,
    remove: bool = False,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    team_id: UUID | Unchanged | None = UNCHANGED,
) -> int:
    """As `update_contact`; a new picture takes the place of the old one, whose bytes go after the commit."""
    if picture is None and not remove:
        return await update_contact(crm, access, contact_id, content, seen=seen, owner_id=owner_id, team_id=team_id)
    before = (await visible_contact(crm, access, contact_id)).content.picture
    await crm.keyring.ensure([contact_id], CONTACT.retention_class)
    async with crm.data.transaction():
        content = changed(content, picture=picture.id.hex if picture else "")
        version = await update_contact(crm, access, contact_id, content, seen=seen, owner_id=owner_id, team_id=team_id)
        if picture is not None:
            await keep_files(crm, [picture], owner_id=contact_id, people=[contact_id], permission="contacts.read")
        if before:
            await delete_files(crm, [UUID(before)])
    return version


async def contact_picture(crm: Installation, access: Access, contact_id: UUID) -> OpenFile:
    """The picture, open to be read. Raises NotFound, also where there is none."""
    content = (await visible_contact(crm, access, contact_id)).content
    if not content.picture:
        raise NotFound("picture")
    return await open_file(crm, access, UUID(content.picture))
