"""Equipment from a CSV file: all of it or nothing, so that a file can be mended and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, UnreadableFile, likely_contacts, read_named_columns
from confida_service.equipment.equipment import EquipmentDraft, add_equipment
from confida_service.equipment.recurring import LONGEST_INTERVAL

MOST_ROWS = 1_000
MOST_ERRORS = 50
MOST_ALIKE = 20
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail"),
    "product": ("product", "name", "produkt", "gerät"),
    "serial": ("serial", "serial number", "seriennummer"),
    "place": ("place", "location", "standort"),
    "bought_on": ("bought", "bought on", "gekauft", "kaufdatum"),
    "installed_on": ("installed", "installed on", "installiert"),
    "warranty_until": ("warranty", "warranty until", "garantie", "garantie bis"),
    "next_service_on": ("service", "next service", "wartung", "nächste wartung"),
    "service_months": ("months", "interval", "monate", "intervall"),
    "notes": ("notes", "notizen"),
}
"""Our name of a column -> what its head may say, in any case."""
DAYS = ("bought_on", "installed_on", "warranty_until", "next_service_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedEquipment:
    """row: as the file counts, its head being 1."""

    row: int
    email: str
    draft: EquipmentDraft


class UnreadableEquipment(Exception):
    """errors: (row, sentence), at most fifty; row 0 is the whole file."""

    def __init__(self, errors: Sequence[tuple[int, str]]) -> None:
        super().__init__("the file has rows that cannot be equipment")
        self.errors = tuple(errors[:MOST_ERRORS])


def read_equipment(content: bytes) -> list[ImportedEquipment]:
    """Raises UnreadableEquipment, naming every row that is wrong."""
    try:
        table = read_named_columns(content, COLUMNS, MOST_ROWS)
    except UnreadableFile as wrong:
        raise UnreadableEquipment([(0, str(wrong))]) from None
    if not {"email", "product"} <= table.columns:
        raise UnreadableEquipment([(1, "There must be a column “email” and a column “product”.")])
    found, errors = list[ImportedEquipment](), [(one.row, one.reason) for one in table.errors]
    for row in table.rows:
        try:
            draft = draft_of(row.values)
            found.append(ImportedEquipment(row=row.number, email=row.values["email"].lower(), draft=draft))
        except ValueError as wrong:
            errors.append((row.number, str(wrong)))
    if errors or not found:
        raise UnreadableEquipment(errors or [(0, "There is nothing in this file.")])
    return found


def draft_of(values: Mapping[str, str]) -> EquipmentDraft:
    """Raises ValueError with a sentence that does not repeat what was written."""
    days = {name: day_of(values.get(name, "")) for name in DAYS}
    months = values.get("service_months", "")
    if months and not (months.isascii() and months.isdigit() and int(months) <= LONGEST_INTERVAL):
        raise ValueError("Months must be a whole number.")
    return EquipmentDraft(
        product=values.get("product", ""), serial=values.get("serial", ""), place=values.get("place", ""),
        notes=values.get("notes", ""), service_months=int(months or "0"), bought_on=days["bought_on"],
        installed_on=days["installed_on"], warranty_until=days["warranty_until"], next_service_on=days["next_service_on"],
    )  # fmt: skip


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("Days must be written like 2026-12-24.") from None


async def store_equipment(crm: Installation, access: Access, found: Sequence[ImportedEquipment]) -> int:
    """How many were written down; all or nothing. Raises Forbidden and UnreadableEquipment."""
    access.actor.require("service.write")
    errors = list[tuple[int, str]]()
    owners = {email: await owner_of(crm, access, email) for email in dict.fromkeys(one.email for one in found)}
    for one in found:
        if owners[one.email] is None:
            errors.append((one.row, "No contact has this e-mail address."))
    if errors:
        raise UnreadableEquipment(errors)
    await crm.keyring.ensure([owner for owner in owners.values() if owner], "relationship")
    async with crm.data.transaction():
        for one in found:
            owner = owners[one.email]
            try:
                if owner is not None:
                    await add_equipment(crm, access, owner, one.draft)
            except InvalidContent as wrong:
                errors.append((one.row, " ".join(wrong.errors.values())))
        if errors:
            # Leaving by an exception takes back what was stored.
            raise UnreadableEquipment(errors)
    return len(found)


async def owner_of(crm: Installation, access: Access, email: str) -> UUID | None:
    """The contact that has exactly this address, the oldest if several have."""
    if "@" not in email:
        return None
    alike = await likely_contacts(crm, access, email, limit=MOST_ALIKE)
    same = [one.row["id"] for one in alike if email in {each.address.lower() for each in one.content.emails}]
    # Ids grow with time.
    return min(same) if same else None
