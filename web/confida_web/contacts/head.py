"""The gate of every page about one contact, and what stands on top of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request

from confida_consent.rights.restriction import may_look
from confida_core.accounts.staff import account_names
from confida_core.contacts.content import ContactContent
from confida_core.contacts.people import visible_contact
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened
from confida_web.contacts.pages import ContactHead, NextStep
from confida_web.display import PersonRef
from confida_web.registers.reason import ReasonNeeded
from confida_web.security.access import access_for


async def open_contact(
    request: Request[Any, Any, Any], contact_id: UUID, *, trashed: bool = False
) -> tuple[Access, Opened[ContactContent]]:
    """The contact, and the access that opened it. Raises NotFound, Forbidden.

    Whoever may restrict also sees a restricted contact, for the rights of that person and not for daily work, once they
    have said on which ground. Raises ReasonNeeded before.
    """
    crm, access = request.state.crm, access_for(request, "relationship")
    try:
        return access, await visible_contact(crm, access, contact_id, trashed=trashed)
    except NotFound:
        if not request.state.actor.may("contacts.restrict"):
            raise
    access = access_for(request, "data_subject_rights")
    if crm.orders.restricted(contact_id) and not await may_look(crm, access, contact_id):
        raise ReasonNeeded(contact_id)
    return access, await visible_contact(crm, access, contact_id, trashed=trashed)


def head_of(
    crm: Installation,
    contact: Opened[ContactContent],
    *,
    organisation: PersonRef | None = None,
    owner: str = "",
    team: str = "",
    next_step: NextStep | None = None,
) -> ContactHead:
    content, row = contact.content, contact.row
    return ContactHead(
        id=str(row["id"]),
        name=content.display_name,
        kind=row["kind"],
        version=row["version"],
        email=content.emails[0].address if content.emails else "",
        nickname=content.nickname,
        organisation=organisation or (PersonRef(name=content.organisation) if content.organisation else None),
        job_title=content.job_title,
        picture_url=f"/contacts/{row['id']}/picture?v={content.picture[-8:]}" if content.picture else "",
        tags=tuple(content.tags),
        owner=owner,
        team=team,
        next_step=next_step,
        restricted=crm.orders.restricted(row["id"]),
        held=crm.orders.held(row["id"]),
        archived=row["archived_at"] is not None,
        deleted_at=row["deleted_at"],
    )


async def owner_and_team(
    crm: Installation, contact: Opened[ContactContent], accounts: Mapping[UUID, str]
) -> tuple[str, str]:
    """In whose care the contact is, by name; "" for nobody's. accounts: names that are at hand already."""
    owner_id, team_id = contact.row["owner_id"], contact.row["team_id"]
    names = await account_names(crm, [owner_id]) if owner_id and owner_id not in accounts else accounts
    teams = await crm.data.fetch("SELECT name FROM team WHERE id = ?", team_id) if team_id else []
    return names.get(owner_id, ""), teams[0]["name"] if teams else ""
