"""Donations from a CSV file: all of it or nothing, so that a file can be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, InvalidAmount, InvalidContent, likely_contacts, new_id, read_amount
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
    text = text_of(content)
    head = text.partition("\n")[0]
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=max(";,\t", key=head.count)))
    except csv.Error:
        raise UnreadableDonations([(0, "This is no CSV file.")]) from None
    if not 2 <= len(table) <= MOST_ROWS + 1:
        raise UnreadableDonations([(0, f"Between one and {MOST_ROWS} rows, please, below a row with their names.")])
    heads = [cell.strip().lower() for cell in table[0]]
    places = {ours: heads.index(said) for ours, names in COLUMNS.items() for said in names if said in heads}
    if not {"email", "amount", "on_day"} <= set(places):
        raise UnreadableDonations([(1, "There must be the columns “email”, “amount” and “day”.")])
    found, errors = list[Imported](), list[tuple[int, str]]()
    for row, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            values = {ours: cells[place].strip() if place < len(cells) else "" for ours, place in places.items()}
            try:
                found.append(Imported(row=row, email=values["email"].lower(), draft=draft_of(values, currency, locale)))
            except (ValueError, InvalidAmount) as wrong:
                errors.append((row, str(wrong)))
    if errors or not found:
        raise UnreadableDonations(errors or [(0, "There is nothing in this file.")])
    return found


def text_of(content: bytes) -> str:
    """UTF-8, else what spreadsheets write where they do not say."""
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").replace("\x00", "")


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
