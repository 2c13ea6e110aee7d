"""Leads for programs: forms on a web site, marketing, other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    LineText,
    LongText,
    Opened,
    ShortText,
    account_names,
    display_names,
)
from confida_sales.content import LeadContent
from confida_sales.leads.inbox import STATES, LeadFilter, Place, list_leads
from confida_sales.leads.leads import LeadDraft, change_lead, create_lead, visible_lead
from confida_web.api import (
    ApiResource,
    Entity,
    Given,
    Instant,
    ListPage,
    ListQuery,
    Parameter,
    open_place,
    seal_place,
)

PLACE = "sales leads api"


class Lead(Entity, frozen=True, kw_only=True):
    """provisional: the contact was made with the lead. opportunity_id: what it became."""

    contact_id: UUID
    state: str
    source: str
    owner_id: UUID | None
    provisional: bool
    organisation: str
    wanted: str
    note: str
    discard_reason: str
    opportunity_id: UUID | None
    created_at: Instant
    closed_at: datetime | None


class NewLead(Given, frozen=True, kw_only=True):
    """Either contact_id, or at least one of name, organisation, email and phone, from which a contact is made."""

    contact_id: UUID | None = None
    name: ShortText = ""
    organisation: ShortText = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=64)] = ""
    wanted: LongText = ""
    note: LongText = ""
    source: LineText = ""
    owner_id: UUID | None = None


class ChangedLead(Given, frozen=True, kw_only=True):
    """What may be corrected; whom it is about is settled by converting it."""

    organisation: ShortText = ""
    wanted: LongText = ""
    note: LongText = ""
    source: LineText = ""
    owner_id: UUID | None = None


def shown(opened: Opened[LeadContent]) -> Lead:
    row, content = opened.row, opened.content
    return Lead(
        id=row["id"], version=row["version"], contact_id=row["contact_id"], state=row["state"], source=row["source"],
        owner_id=row["owner_id"], provisional=row["provisional"], organisation=content.organisation,
        wanted=content.wanted, note=content.note, discard_reason=row["discard_reason"],
        opportunity_id=row["opportunity_id"], created_at=row["created_at"], closed_at=row["closed_at"],
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The newest first. Raises Forbidden, InvalidCursor."""
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return ListPage(items=())
    state, owner = query.given.get("state"), query.given.get("owner")
    narrowed = LeadFilter(states=(state,) if state else (), owner=str(owner) if owner else "", contact_id=contact)
    place = open_place(crm, PLACE, query.cursor, Place) if query.cursor else None
    found = await list_leads(crm, access, narrowed, place=place, limit=query.limit)
    following = seal_place(crm, PLACE, list(found.older)) if found.older else ""
    return ListPage(items=[shown(one) for one in found.leads], next=following)


async def get_item(crm: Installation, access: Access, lead_id: UUID) -> Lead:
    return shown(await visible_lead(crm, access, lead_id))


async def create_item(crm: Installation, access: Access, given: NewLead) -> UUID:
    return await create_lead(
        crm, access,
        LeadDraft(
            name=given.name, organisation=given.organisation, email=given.email, phone=given.phone, wanted=given.wanted,
            note=given.note, source=given.source, owner_id=await known_owner(crm, given.owner_id),
            contact_id=given.contact_id,
        ),
    )  # fmt: skip


async def change_item(crm: Installation, access: Access, lead_id: UUID, given: ChangedLead, seen: int) -> None:
    draft = LeadDraft(
        organisation=given.organisation, wanted=given.wanted, note=given.note, source=given.source,
        owner_id=await known_owner(crm, given.owner_id),
    )  # fmt: skip
    await change_lead(crm, access, lead_id, draft, seen=seen)


async def known_owner(crm: Installation, owner_id: UUID | None) -> UUID | None:
    """Raises InvalidContent for nobody's account."""
    if owner_id is not None and owner_id not in await account_names(crm, [owner_id]):
        raise InvalidContent({"owner_id": "There is no such account."})
    return owner_id


LEADS = ApiResource(
    key="leads",
    label="Leads",
    summary="Who may buy, before anybody has spoken with them. Post what a form on your web site was sent.",
    read="sales.read",
    write="sales.write",
    shape=Lead,
    new_shape=NewLead,
    change_shape=ChangedLead,
    list_items=list_items,
    get_item=get_item,
    create_item=create_item,
    change_item=change_item,
    parameters=(
        Parameter(name="contact", type="uuid", description="Only those about this contact."),
        Parameter(name="state", type="choice", description="Only those in this state.", choices=tuple(STATES)),
        Parameter(name="owner", type="uuid", description="Only those of this account."),
    ),
    example={"name": "Ada Lovelace", "email": "ada@example.org", "wanted": "Two looms", "source": "Website"},
)
