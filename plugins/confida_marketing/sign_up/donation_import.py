"""Donations from a CSV file: all of it or nothing, so that a file can be mended and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    UnreadableFile,
    likely_contacts,
    new_id,
    read_amount,
    read_named_columns,
)
from confida_marketing.sign_up.content import DONATION
from confida_marketing.sign_up.donations import DonationDraft, checked, columns_of

MOST_ROWS, MOST_ERRORS, MOST_ALIKE = 2_000, 50, 20
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail"),
    "amount": ("amount", "betrag"),
    "currency": ("currency", "währung"),
    "on_day": ("day", "date", "tag", "datum"),
    "source": ("source", "weg", "art"),
    "recurring": ("recurring", "regelmäßig"),
    "note": ("note", "notiz", "zweck"),
}
"""Our name of a column -> what its head may say, in any case."""
YES = frozenset({"yes", "ja", "1", "true", "x"})
NOBODY = UUID(int=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """row: as the file counts, its head being 1. draft: about nobody yet."""

    row: int
    email: str
    draft: DonationDraft


class UnreadableDonations(Exception):
    """errors: (row, sentence), at most fifty; row 0 is the whole file."""

    def __init__(self, errors: Sequence[tuple[int, str]]) -> None:
        super().__init__("the file has rows that cannot be donations")
        self.errors = tuple(errors[:MOST_ERRORS])


def read_donations(content: bytes, currency: str, locale: str) -> list[Imported]:
    """currency: where the file says none. locale: how its amounts are written. Raises UnreadableDonations, naming each row."""
    try:
        table = read_named_columns(content, COLUMNS, MOST_ROWS)
    except UnreadableFile as wrong:
        raise UnreadableDonations([(0, str(wrong))]) from None
    if not {"email", "amount", "on_day"} <= table.columns:
        raise UnreadableDonations([(1, "There must be the columns “email”, “amount” and “day”.")])
    found, errors = list[Imported](), [(one.row, one.reason) for one in table.errors]
    for row in table.rows:
        try:
            draft = draft_of(row.values, currency, locale)
            found.append(Imported(row=row.number, email=row.values["email"].lower(), draft=draft))
        except (ValueError, InvalidAmount) as wrong:
            errors.append((row.number, str(wrong)))
    if errors or not found:
        raise UnreadableDonations(errors or [(0, "There is nothing in this file.")])
    return found


def draft_of(values: Mapping[str, str], currency: str, locale: str) -> DonationDraft:
    """Raises ValueError with a sentence that does not repeat what was written, and InvalidAmount."""
    try:
        day = date.fromisoformat(values["on_day"])
    except ValueError:
        raise ValueError("Days must be written like 2026-12-24.") from None
    own = values.get("currency", "").upper() or currency
    return DonationDraft(
        contact_id=NOBODY, amount=read_amount(values["amount"], own, locale), currency=own, on_day=day,
        recurring=values.get("recurring", "").lower() in YES, source=values.get("source", ""), note=values.get("note", ""),
    )  # fmt: skip


async def store_donations(
    crm: Installation, access: Access, found: Sequence[Imported], campaign_id: UUID | None = None
) -> int:
    """How many were written down; all or nothing. Raises Forbidden and UnreadableDonations."""
    access.actor.require("marketing.write")
    errors = list[tuple[int, str]]()
    owners = {email: await owner_of(crm, access, email) for email in dict.fromkeys(one.email for one in found)}
    rows = []
    for one in found:
        owner = owners[one.email]
        if owner is None:
            errors.append((one.row, "No contact has this e-mail address."))
            continue
        draft = replace(one.draft, contact_id=owner, campaign_id=campaign_id)
        try:
            rows.append(({"id": new_id(), **columns_of(draft, access)}, checked(crm, draft)))
        except InvalidContent as wrong:
            errors.append((one.row, " ".join(wrong.errors.values())))
    if errors:
        raise UnreadableDonations(errors)
    await crm.keyring.ensure([owner for owner in owners.values() if owner], DONATION.retention_class)
    async with crm.data.transaction():
        await crm.records.insert_many(DONATION, rows)
    return len(rows)


async def owner_of(crm: Installation, access: Access, email: str) -> UUID | None:
    """The contact that has exactly this address, the oldest if several have."""
    if "@" not in email:
        return None
    alike = await likely_contacts(crm, access, email, limit=MOST_ALIKE)
    same = [one.row["id"] for one in alike if email in {each.address.lower() for each in one.content.emails}]
    return min(same, key=lambda one: one.int) if same else None
