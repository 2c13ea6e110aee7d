"""A conversion that was a slip, taken back as far as that is honest."""

from __future__ import annotations

import contextlib
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Row,
    remove_relationship,
    restore_contact,
    trash_contact,
)
from confida_sales.content import LEAD
from confida_sales.leads.discarding import for_provisional, used_beside
from confida_sales.leads.leads import make_keys, visible_lead
from confida_sales.opportunities.opportunities import visible_opportunity
from confida_sales.opportunities.trash import delete_opportunity


async def take_back_conversion(crm: Installation, access: Access, lead_id: UUID) -> UUID:
    """Undo it as far as that is honest; returns the id of the contact that the lead is about again.

    The opportunity, the relationship and the organisation that were made go, and the provisional contact comes back. What
    was added to somebody who was here already stays, and so does an organisation that is used by now. Raises Forbidden,
    NotFound, VersionConflict, and InvalidContent once somebody has worked on the opportunity: then it is no slip any more.
    """
    access.actor.require("sales.write")
    opened = await visible_lead(crm, access, lead_id)
    lead = opened.row
    if lead["state"] != "converted":
        raise InvalidContent({"": "This lead was not converted."})
    before = await before_moving(crm, lead)
    contact_id: UUID = before["id"] if before else lead["contact_id"]
    await require_untouched(crm, access, lead["opportunity_id"])
    await make_keys(
        crm, contact_id, lead["contact_id"], *([lead["organisation_id"]] if lead["organisation_id"] else [])
    )
    async with crm.data.transaction():
        await crm.records.hold(LEAD, lead_id, lead["version"])
        await delete_opportunity(crm, access, lead["opportunity_id"], seen=1)
        await forget_organisation(crm, access, lead)
        if before and before["deleted_at"] is not None:
            await restore_contact(crm, for_provisional(access), contact_id)
        columns = {"id": lead_id, "contact_id": contact_id, "state": "working", "closed_at": None}
        made = dict.fromkeys(("opportunity_id", "organisation_id", "relationship_id", "moved_from_id"))
        await crm.records.update(LEAD, columns | made, opened.content, seen=lead["version"])
        if contact_id != lead["contact_id"]:
            crm.feed.append(LEAD.name, lead_id, lead["contact_id"], "deleted")
    return contact_id


async def require_untouched(crm: Installation, access: Access, opportunity_id: UUID) -> None:
    """Raises InvalidContent for an opportunity that was changed, or that papers belong to."""
    try:
        row = (await visible_opportunity(crm, access, opportunity_id)).row
    except NotFound:
        raise InvalidContent({"": "The opportunity is gone already, so there is nothing to take back."}) from None
    papers = await crm.data.fetch(
        "SELECT id FROM sales_offer WHERE opportunity_id = ? UNION ALL "
        "SELECT id FROM sales_invoice WHERE opportunity_id = ? LIMIT 1",
        opportunity_id, opportunity_id,
    )  # fmt: skip
    if row["version"] != 1 or papers:
        raise InvalidContent({"": "Somebody has worked on the opportunity since. Close it there instead."})


async def forget_organisation(crm: Installation, access: Access, lead: Row) -> None:
    """The relationship that was made, and the organisation, unless something else is kept of it by now."""
    if lead["relationship_id"]:
        # Somebody may have removed it already.
        with contextlib.suppress(NotFound):
            await remove_relationship(crm, access, lead["relationship_id"])
    made = lead["organisation_id"]
    if made is None or await used_beside(crm, made, lead["id"]):
        return
    # The same for the organisation, which was made with the lead just as its contact was.
    with contextlib.suppress(NotFound):
        await trash_contact(crm, for_provisional(access), made)


async def before_moving(crm: Installation, lead: Row) -> Row | None:
    """The provisional contact in whose place somebody was taken, if there was one and it is not erased by now."""
    if lead["moved_from_id"] is None:
        return None
    rows = await crm.data.fetch("SELECT id, deleted_at FROM contact WHERE id = ?", lead["moved_from_id"])
    return rows[0] if rows else None
