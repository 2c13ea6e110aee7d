"""What a restriction asks for beside hiding: a ground for every look, and a word to the person before it ends (Art. 18).

Grounds and ways are words of a list, so that the audit trail says them without naming anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.people import display_names
from confida_core.contacts.states import unrestrict_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

# GDPR Art. 18(2), and the person's own rights, which a restriction does not take away.
GROUNDS: Mapping[str, str] = {
    "own_request": "To answer or carry out what this very person asked for",
    "consent": "With the person's consent",
    "legal_claims": "For legal claims",
    "rights_of_others": "To protect the rights of somebody else",
    "public_interest": "For an important public interest",
}
TOLD_BY: Mapping[str, str] = {
    "email": "By e-mail",
    "post": "By letter",
    "phone": "By telephone",
    "in_person": "In person",
}
OPENED, TOLD = "restricted.opened_for_", "restriction.lifting_told_by_"
OPEN_MINUTES = 30
# Whoever restricted somebody by a slip of the hand takes it back at once, before the person can have been told anything.
SLIP_MINUTES = 10


class NotTold(InvalidContent):
    """The restriction cannot be lifted yet: the person was not told (GDPR Art. 18(3))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """since: of the oldest order; renewed_at: of the newest. told_at: when it was noted, since the newest, that the person was
    told that it will be lifted.
    """

    contact_id: UUID
    since: datetime
    renewed_at: datetime
    told_at: datetime | None


async def restriction_of(crm: Installation, contact_id: UUID) -> Restriction | None:
    """None for somebody who is not restricted. Asks for no permission and opens nothing."""
    await crm.orders.refresh()
    given = [order.given_at for order in crm.orders.of(contact_id) if order.kind == "restriction"]
    if not given:
        return None
    rows = await crm.data.fetch(
        "SELECT at FROM audit_event WHERE target_id = ? AND kind LIKE ? AND at >= ? ORDER BY id DESC LIMIT 1",
        contact_id, f"{TOLD}%", max(given),
    )  # fmt: skip
    told_at = rows[0]["at"] if rows else None
    return Restriction(contact_id=contact_id, since=min(given), renewed_at=max(given), told_at=told_at)


async def open_restricted(crm: Installation, access: Access, contact_id: UUID, ground: str) -> None:
    """Say on which ground one looks at a restricted contact; holds for half an hour and stands in the audit trail.

    Raises Forbidden without `contacts.restrict`, NotFound if there is no such contact, InvalidContent without a ground.
    """
    access.actor.require("contacts.restrict")
    if ground not in GROUNDS:
        raise InvalidContent({"ground": "Say on which ground you look at these data."})
    if not await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id):
        raise NotFound
    await record_event(
        crm,
        OPENED + ground,
        actor_id=access.actor.id,
        target_id=contact_id,
        target_kind="contact",
        serious=True,
    )


async def may_look(crm: Installation, access: Access, contact_id: UUID) -> bool:
    """Whether this actor has lately said on which ground, or was the one who has just restricted it."""
    if not access.actor.may("contacts.restrict"):
        return False
    rows = await crm.data.fetch(
        "SELECT id FROM audit_event WHERE target_id = ? AND actor_id = ? AND kind LIKE ? AND at >= ? LIMIT 1",
        contact_id, access.actor.id, f"{OPENED}%", now() - timedelta(minutes=OPEN_MINUTES),
    )  # fmt: skip
    return bool(rows) or await by_a_slip(crm, access, contact_id)


async def names_shown(crm: Installation, access: Access, contact_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names for a list of many: without the restricted, whom nobody looks at before saying on which ground."""
    await crm.orders.refresh()
    return await display_names(crm, access, [one for one in contact_ids if not crm.orders.restricted(one)])


async def tell_before_lifting(crm: Installation, access: Access, contact_id: UUID, told_by: str) -> None:
    """Note that the person was told that the restriction will be lifted, and how.

    Raises Forbidden without `contacts.restrict`, NotFound if nothing is restricted, InvalidContent.
    """
    access.actor.require("contacts.restrict")
    if told_by not in TOLD_BY:
        raise InvalidContent({"told_by": "Say how the person was told."})
    if await restriction_of(crm, contact_id) is None:
        raise NotFound
    await record_event(
        crm,
        TOLD + told_by,
        actor_id=access.actor.id,
        target_id=contact_id,
        target_kind="contact",
        serious=True,
    )


async def lift_restriction(crm: Installation, access: Access, contact_id: UUID) -> None:
    """Lift it, once the person was told, or within ten minutes by whoever gave it. access: for data_subject_rights.

    Lifting what is not there changes nothing. Raises Forbidden, NotFound, NotTold.
    """
    access.actor.require("contacts.restrict")
    restriction = await restriction_of(crm, contact_id)
    if restriction and restriction.told_at is None and not await by_a_slip(crm, access, contact_id):
        raise NotTold({"": "First tell the person; the law says so (GDPR Art. 18(3))."})
    await unrestrict_contact(crm, access, contact_id)


async def by_a_slip(crm: Installation, access: Access, contact_id: UUID) -> bool:
    """Whether this very actor gave the restriction minutes ago."""
    rows = await crm.data.fetch(
        "SELECT id FROM contact_change WHERE subject_id = ? AND actor_id = ? AND kind = 'restricted' AND at >= ? LIMIT 1",
        contact_id, access.actor.id, now() - timedelta(minutes=SLIP_MINUTES),
    )  # fmt: skip
    return bool(rows)
