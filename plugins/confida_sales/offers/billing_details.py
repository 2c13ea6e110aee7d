"""To whom a contact's papers go, as they said themselves or a colleague noted; new papers begin with it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    InvalidContent,
    Opened,
    UniqueViolation,
    VersionConflict,
    now,
)
from confida_sales.content import BILLING_DETAILS, BillingContent, PaperContent
from confida_sales.papers_form import addressed_to

TEXTS = {"name": 500, "email": 500, "tax_number": 200, "reference": 200}
ADDRESS_TEXTS = {
    "street": 500,
    "post_office_box": 200,
    "postal_code": 200,
    "locality": 200,
    "region": 200,
    "country": 2,
}


async def paper_for(crm: Installation, access: Access, contact: Opened[ContactContent]) -> PaperContent:
    """A new paper for a contact: their billing details, and where they said none, their name and first addresses."""
    details, _ = await billing_details(crm, access, contact.row["id"])
    paper = addressed_to(contact.content)
    given = {name: value for name in (*TEXTS, "address") if (value := getattr(details, name))}
    return msgspec.structs.replace(paper, **given)


async def billing_details(crm: Installation, access: Access, contact_id: UUID) -> tuple[BillingContent, int]:
    """What they said, or an empty one, with its version (0 if there is none). The caller has passed the contact's gate."""
    rows = await crm.data.fetch("SELECT * FROM sales_billing_details WHERE id = ?", contact_id)
    opened = await crm.door.open_one(access, BILLING_DETAILS, rows[0]) if rows else None
    return (opened.content, opened.row["version"]) if opened else (BillingContent(), 0)


async def save_billing_details(
    crm: Installation, access: Access, contact_id: UUID, content: BillingContent, *, seen: int
) -> None:
    """seen: the version that was shown, 0 for none. Raises VersionConflict, and InvalidContent by the fields of the form."""
    errors = {
        name: f"At most {most} characters, please."
        for name, most in TEXTS.items()
        if len(getattr(content, name)) > most
    }
    if content.address:
        errors |= {
            name: f"At most {most} characters, please."
            for name, most in ADDRESS_TEXTS.items()
            if len(getattr(content.address, name)) > most
        }
    if content.email and not ("@" in content.email and " " not in content.email):
        errors["email"] = "This is no e-mail address."
    if errors:
        raise InvalidContent(errors)
    columns = {"id": contact_id, "contact_id": contact_id, "updated_at": now()}
    if seen:
        await crm.records.update(BILLING_DETAILS, columns, content, seen=seen)
        return
    try:
        await crm.records.insert(BILLING_DETAILS, columns, content)
    except UniqueViolation:
        raise VersionConflict(await crm.records.version(BILLING_DETAILS, contact_id)) from None
