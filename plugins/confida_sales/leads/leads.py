"""Leads: written down, given to somebody, worked on, and laid aside. Each is bound to a contact from its first minute.

Where nobody says whom a lead is about, a contact is made with it. That contact is provisional: rights requests, restriction
and erasure reach it like any other, and it is known from nothing else until somebody takes it over (`conversion`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    InvalidContent,
    NewContact,
    NotFound,
    Opened,
    PhoneNumber,
    clean_line,
    clean_text,
    create_many,
    new_id,
    normal_phone,
    now,
    plugin_settings,
    validate_content,
    visible_contact,
)
from confida_sales.content import LEAD, LeadContent
from confida_sales.settings import SalesSettings

OPEN_STATES = ("new", "working")
MOST_CHOSEN = 200
LONGEST_LINE, LONGEST_TEXT = 200, 20_000
CLASSES = ("relationship", "sales")
# Where core's check of a contact names a field, and what the form of a lead calls it.
FORM_NAMES = {"display_name": "name", "emails[0].address": "email", "phones[0].number": "phone"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadDraft:
    """What is known. contact_id: whom it is about; without one a provisional contact is made from the first four fields.

    wanted: in their words. note: in ours. source: one of those that the organisation offers, or "".
    """

    name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    wanted: str = ""
    note: str = ""
    source: str = ""
    owner_id: UUID | None = None
    contact_id: UUID | None = None


async def visible_lead(
    crm: Installation, access: Access, lead_id: UUID, *, trashed: bool = False
) -> Opened[LeadContent]:
    """The gate to one lead: opened through the door, or NotFound, whatever the reason. Raises Forbidden.

    trashed: also one whose contact is in the trash.
    """
    access.actor.require("sales.read")
    rows = await crm.data.fetch(
        "SELECT sales_lead.*, contact.deleted_at AS contact_deleted_at FROM sales_lead "
        "JOIN contact ON contact.id = sales_lead.contact_id WHERE sales_lead.id = ?",
        lead_id,
    )
    shown = bool(rows) and (trashed or rows[0]["contact_deleted_at"] is None)
    opened = await crm.door.open_one(access, LEAD, rows[0]) if shown else None
    if opened is None:
        raise NotFound
    return opened


async def create_lead(crm: Installation, access: Access, draft: LeadDraft) -> UUID:
    """Write down a new lead, and a provisional contact where it is about nobody known; returns the lead's id.

    For forms, for programs and for other parts alike. Raises Forbidden, NotFound for a contact that this access may not
    see, and InvalidContent with errors by the draft's fields.
    """
    access.actor.require("sales.write")
    content = await checked(crm, draft)
    person = None if draft.contact_id else provisional_contact(crm, draft)
    if draft.contact_id:
        await visible_contact(crm, access, draft.contact_id)
    contact_id, lead_id = draft.contact_id or new_id(), new_id()
    columns = {
        "id": lead_id,
        "contact_id": contact_id,
        "state": "new",
        "source": draft.source,
        "owner_id": draft.owner_id,
        "provisional": person is not None,
        "discard_reason": "",
        "created_at": now(),
    }
    await make_keys(crm, contact_id)
    async with crm.data.transaction():
        if person is not None:
            made = NewContact(kind=person[0], content=person[1], id=contact_id, owner_id=draft.owner_id)
            await create_many(crm, access, [made], kind="created")
        await crm.records.insert(LEAD, columns, content)
    return lead_id


async def make_keys(crm: Installation, *contact_ids: UUID) -> None:
    """Before a transaction: making a key is a commit of its own."""
    for retention_class in CLASSES:
        await crm.keyring.ensure(contact_ids, retention_class)


async def checked(
    crm: Installation, draft: LeadDraft, kept: LeadContent | None = None, source: str = ""
) -> LeadContent:
    """What is sealed of it. kept, source: of the lead as it is. Raises InvalidContent, UnstorableText."""
    offered = (await plugin_settings(crm, SalesSettings)).sources
    found = LeadContent(
        organisation=clean_line(draft.organisation), wanted=clean_text(draft.wanted), note=clean_text(draft.note)
    )
    errors: dict[str, str] = {}
    if len(found.organisation) > LONGEST_LINE:
        errors["organisation"] = f"At most {LONGEST_LINE} characters."
    for name in ("wanted", "note"):
        if len(getattr(found, name)) > LONGEST_TEXT:
            errors[name] = f"At most {LONGEST_TEXT} characters."
    if draft.source not in ("", source, *offered):
        errors["source"] = "Please choose one of the sources."
    if errors:
        raise InvalidContent(errors)
    return msgspec.structs.replace(found, discard_note=kept.discard_note if kept else "")


def provisional_contact(crm: Installation, draft: LeadDraft) -> tuple[ContactKind, ContactContent]:
    """The contact that is made with a lead: a person, or the organisation where no person is named. Raises InvalidContent."""
    name, organisation = clean_line(draft.name), clean_line(draft.organisation)
    email, phone = clean_line(draft.email), clean_line(draft.phone)
    if not (name or organisation or email or phone):
        raise InvalidContent(
            {"name": "Please say who it is: a name, a company, an e-mail address or a telephone number."}
        )
    only_organisation = bool(organisation and not name and not email)
    content = ContactContent(
        display_name=organisation if only_organisation else name,
        organisation="" if only_organisation else organisation,
        emails=[EmailAddress(address=email)] if email else [],
        phones=[PhoneNumber(number=normal_phone(phone, crm.settings.region))] if phone else [],
    )
    try:
        valid = validate_content(content)
    except InvalidContent as wrong:
        raise InvalidContent({FORM_NAMES.get(path, path): said(text) for path, text in wrong.errors.items()}) from None
    return ContactKind.ORGANISATION if only_organisation else ContactKind.PERSON, valid


def said(message: str) -> str:
    """Core names a rule after its field; beside the field it is a sentence."""
    return message if message[:1].isupper() else f"This {message.rstrip('.')}."


async def change_lead(crm: Installation, access: Access, lead_id: UUID, draft: LeadDraft, *, seen: int) -> int:
    """Replace what they want, our note, the company's name, the source and the owner; returns the new version.

    Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id)
    content = await checked(crm, draft, opened.content, opened.row["source"])
    return await store(crm, opened, content, seen, source=draft.source, owner_id=draft.owner_id)


async def work_on_lead(crm: Installation, access: Access, lead_id: UUID, *, seen: int) -> int:
    """Say that somebody is at it; whoever says so becomes the owner where there is none. Returns the new version.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent for one that is closed.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id)
    require_open(opened.row)
    owner_id = opened.row["owner_id"] or access.actor.id
    return await store(crm, opened, opened.content, seen, state="working", owner_id=owner_id)


def require_open(row: Mapping[str, Any]) -> None:
    """Raises InvalidContent."""
    if row["state"] not in OPEN_STATES:
        raise InvalidContent({"": "This lead is closed. Open it again first."})


async def store(crm: Installation, opened: Opened[LeadContent], content: LeadContent, seen: int, **columns: Any) -> int:
    """Raises VersionConflict."""
    own = {"id": opened.row["id"], "contact_id": opened.row["contact_id"]}
    return await crm.records.update(LEAD, own | columns, content, seen=seen)


async def assign_leads(
    crm: Installation, access: Access, lead_ids: Sequence[UUID], owner_id: UUID | None
) -> dict[UUID, UUID | None]:
    """Give these leads to somebody, or to nobody; returns those that changed, each with who had it before.

    Leads that this access may not see stay as they are. A fixed number of statements. Raises Forbidden.
    """
    access.actor.require("sales.write")
    rows = await crm.records.rows(LEAD, list(dict.fromkeys(lead_ids))[:MOST_CHOSEN])
    opened = await crm.door.open(access, LEAD, [row for row in rows if row["owner_id"] != owner_id])
    before = {one.row["id"]: one.row["owner_id"] for one in opened}
    if not before:
        return {}
    marks = ", ".join("?" * len(before))
    async with crm.data.transaction():
        await crm.data.fetch(f"UPDATE sales_lead SET owner_id = ? WHERE id IN ({marks})", owner_id, *before)
        for one in opened:
            crm.feed.append(LEAD.name, one.row["id"], one.row["contact_id"])
    return before
