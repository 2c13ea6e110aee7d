"""A lead becomes what it was about: a contact, where they work, and an opportunity. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    ContactContent,
    ContactKind,
    Installation,
    InvalidContent,
    NewContact,
    Opened,
    Row,
    VersionConflict,
    add_relationship,
    create_many,
    new_id,
    now,
    relationships_of,
    trash_contact,
    update_contact,
    validate_content,
    visible_contact,
)
from confida_sales.content import LEAD, LeadContent
from confida_sales.leads.discarding import for_provisional, only_from_lead
from confida_sales.leads.leads import make_keys, require_open, visible_lead
from confida_sales.leads.likeness import mails, phones
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity
from confida_sales.opportunities.pipelines import pipeline

WORKS_AT = "works_at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """What somebody chose. person_id: somebody who is here already, in the provisional contact's place; None keeps that.

    add_new: what the lead knows more (mail addresses, telephone numbers) is added to the one who is here already.
    organisation_id: one that is here already; else organisation_name makes one; neither for no organisation.
    """

    pipeline_id: UUID
    stage_id: UUID
    opportunity: OpportunityDraft
    person_id: UUID | None = None
    add_new: bool = True
    organisation_id: UUID | None = None
    organisation_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Converted:
    """What came of it. left_behind: the provisional contact stays beside, because something else is kept of it."""

    contact_id: UUID
    opportunity_id: UUID
    left_behind: bool = False


async def convert_lead(crm: Installation, access: Access, lead_id: UUID, choice: Conversion, *, seen: int) -> Converted:
    """Contact, organisation, relationship and opportunity in one transaction; asked twice, the second finds the first's.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent with errors by field of the opportunity, or
    `organisation_name`.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id)
    if opened.row["state"] == "converted":
        return result_of(opened.row)
    require_open(opened.row)
    person = await visible_contact(crm, access, choice.person_id or opened.row["contact_id"])
    made = new_organisation(choice, person.row)
    if choice.organisation_id:
        await require_organisation(crm, access, choice.organisation_id)
    organisation_id = choice.organisation_id or (made.id if made else None)
    await make_keys(crm, opened.row["contact_id"], person.row["id"], *([organisation_id] if organisation_id else []))
    try:
        async with crm.data.transaction():
            await crm.records.hold(LEAD, lead_id, seen)
            return await convert_held(crm, access, Held(opened, person, choice, made))
    except VersionConflict:
        return result_of(await converted_meanwhile(crm, access, lead_id))


async def require_organisation(crm: Installation, access: Access, organisation_id: UUID) -> None:
    """Raises NotFound for one that this access may not see, and InvalidContent for a person."""
    if (await visible_contact(crm, access, organisation_id)).row["kind"] != "organisation":
        raise InvalidContent({"organisation": "Please choose an organisation."})


async def converted_meanwhile(crm: Installation, access: Access, lead_id: UUID) -> Row:
    """Somebody, or the same person's second click, was there first. Raises VersionConflict if they did something else."""
    found = (await visible_lead(crm, access, lead_id)).row
    if found["state"] != "converted":
        raise VersionConflict(found["version"])
    return found


def result_of(row: Mapping[str, Any]) -> Converted:
    return Converted(contact_id=row["contact_id"], opportunity_id=row["opportunity_id"])


def new_organisation(choice: Conversion, person: Mapping[str, Any]) -> NewContact | None:
    """The organisation to be made, if one is. Raises InvalidContent."""
    if choice.organisation_id or not choice.organisation_name.strip() or person["kind"] != "person":
        return None
    try:
        content = validate_content(ContactContent(display_name=choice.organisation_name))
    except InvalidContent:
        raise InvalidContent({"organisation_name": "At most 200 characters."}) from None
    return NewContact(kind=ContactKind.ORGANISATION, content=content, id=new_id())


@dataclass(frozen=True, slots=True)
class Held:
    """What a conversion works on. person: the contact that it will be about. made: the organisation to be made, if one is."""

    lead: Opened[LeadContent]
    person: Opened[ContactContent]
    choice: Conversion
    made: NewContact | None


async def convert_held(crm: Installation, access: Access, held: Held) -> Converted:
    """Inside the transaction that holds the lead."""
    lead, contact_id, choice = held.lead.row, held.person.row["id"], held.choice
    moved = contact_id != lead["contact_id"]
    left_behind = moved and await take_existing(crm, access, held)
    if held.made is not None:
        await create_many(crm, access, [held.made], kind="created")
    organisation_id = held.made.id if held.made else choice.organisation_id
    relationship_id = await relate(crm, access, held.person, organisation_id) if organisation_id else None
    stage = (await pipeline(crm, choice.pipeline_id)).stage(choice.stage_id)
    opportunity_id = await create_opportunity(crm, access, contact_id, stage, choice.opportunity)
    columns = {
        "id": lead["id"],
        "contact_id": contact_id,
        "state": "converted",
        "owner_id": lead["owner_id"] or access.actor.id,
        "opportunity_id": opportunity_id,
        "organisation_id": held.made.id if held.made else None,
        "relationship_id": relationship_id,
        "moved_from_id": lead["contact_id"] if moved else None,
        "closed_at": now(),
    }
    await crm.records.update(LEAD, columns, held.lead.content, seen=lead["version"])
    if moved:
        crm.feed.append(LEAD.name, lead["id"], lead["contact_id"], "deleted")
    return Converted(contact_id=contact_id, opportunity_id=opportunity_id, left_behind=left_behind)


async def take_existing(crm: Installation, access: Access, held: Held) -> bool:
    """Put somebody who is here already in the lead's contact's place; returns whether that one has to stay beside."""
    before = await visible_contact(crm, access, held.lead.row["contact_id"])
    known = held.person
    if held.choice.add_new:
        content = with_what_is_new(known.content, before.content)
        await update_contact(crm, access, known.row["id"], content, seen=known.row["version"])
    if not held.lead.row["provisional"]:
        return False
    if not await only_from_lead(crm, held.lead):
        return True
    await trash_contact(crm, for_provisional(access), before.row["id"])
    return False


def with_what_is_new(known: ContactContent, lead: ContactContent) -> ContactContent:
    """Mail addresses and numbers of the lead behind those that are known; whatever else is known stays as it is."""
    emails = [email for email in lead.emails if email.address.casefold() not in mails(known)]
    known_digits = phones(known)
    numbers = [one for one in lead.phones if "".join(filter(str.isdigit, one.number)) not in known_digits]
    return msgspec.structs.replace(
        known,
        emails=[*known.emails, *emails],
        phones=[*known.phones, *numbers],
        organisation=known.organisation or lead.organisation,
    )


async def relate(
    crm: Installation, access: Access, person: Opened[ContactContent], organisation_id: UUID
) -> UUID | None:
    """That the person works there; None where it is known, or where the lead is about an organisation itself."""
    if person.row["kind"] != "person":
        return None
    known = await relationships_of(crm, access, person.row["id"])
    if any(one.kind.key == WORKS_AT and one.other.row["id"] == organisation_id and not one.ended_on for one in known):
        return None
    return await add_relationship(crm, access, WORKS_AT, person.row["id"], organisation_id)
