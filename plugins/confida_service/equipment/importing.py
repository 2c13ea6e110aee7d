"""Equipment from a CSV file: all of it or nothing, so that a file can be mended and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, likely_contacts
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
    text = text_of(content)
    head = text.partition("\n")[0]
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=max(";,\t", key=head.count)))
    except csv.Error:
        raise UnreadableEquipment([(0, "This is no CSV file.")]) from None
    if not 2 <= len(table) <= MOST_ROWS + 1:
        raise UnreadableEquipment([(0, f"Between one and {MOST_ROWS} rows, please, below a row with their names.")])
    heads = [cell.strip().lower() for cell in table[0]]
    places = {ours: heads.index(said) for ours, names in COLUMNS.items() for said in names if said in heads}
    if not {"email", "product"} <= set(places):
        raise UnreadableEquipment([(1, "There must be a column “email” and a column “product”.")])
    found, errors = list[ImportedEquipment](), list[tuple[int, str]]()
    for row, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            values = {ours: cells[place].strip() if place < len(cells) else "" for ours, place in places.items()}
            try:
                found.append(ImportedEquipment(row=row, email=values["email"].lower(), draft=draft_of(values)))
            except ValueError as wrong:
                errors.append((row, str(wrong)))
    if errors or not found:
        raise UnreadableEquipment(errors or [(0, "There is nothing in this file.")])
    return found


def text_of(content: bytes) -> str:
    """UTF-8, else what spreadsheets write where they do not say."""
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").replace("\x00", "")


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
