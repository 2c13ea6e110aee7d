"""Equipment: what a contact bought or had installed, with its warranty, its interval of service and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    ReceivedFile,
    clean_line,
    clean_text,
    delete_files,
    discard_files,
    keep_files,
    new_id,
    now,
    visible_contact,
)
from confida_service.equipment.content import EQUIPMENT, EquipmentContent, EquipmentFile
from confida_service.equipment.recurring import LONGEST_INTERVAL, next_day

Piece: TypeAlias = Opened[EquipmentContent]
FILES_PERMISSION = "service.read"
LONGEST = {"product": 300, "serial": 120, "place": 300, "notes": 20_000}
MOST_FILES = 30
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
NO_DAY = "This day cannot be right."


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentDraft:
    """What is known of a piece of equipment. service_months: 0 where it has no interval.

    next_service_on: None with an interval counts from when it was installed, or bought. retired: out of use.
    """

    product: str
    serial: str = ""
    place: str = ""
    notes: str = ""
    bought_on: date | None = None
    installed_on: date | None = None
    warranty_until: date | None = None
    next_service_on: date | None = None
    service_months: int = 0
    retired: bool = False


def today_of(crm: Installation) -> date:
    """The day in the installation's time zone."""
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


async def visible_equipment(crm: Installation, access: Access, equipment_id: UUID, *, trashed: bool = False) -> Piece:
    """The gate to one piece: opened through the door, or NotFound, whatever the reason. trashed: also in the trash. Raises Forbidden."""
    access.actor.require("service.read")
    rows = await crm.data.fetch("SELECT * FROM service_equipment WHERE id = ?", equipment_id)
    gone = rows and rows[0]["deleted_at"] is not None and not (trashed and access.actor.may("service.write"))
    opened: Piece | None = await crm.door.open_one(access, EQUIPMENT, rows[0]) if rows and not gone else None
    if opened is None:
        raise NotFound
    await visible_contact(crm, access, opened.row["contact_id"])
    return opened


async def add_equipment(
    crm: Installation, access: Access, contact_id: UUID, draft: EquipmentDraft, files: Sequence[ReceivedFile] = ()
) -> UUID:
    """Write down what a contact has; returns its id. Raises Forbidden, NotFound and InvalidContent; then no file stays."""
    try:
        access.actor.require("service.write")
        await visible_contact(crm, access, contact_id)
        equipment_id = new_id()
        content = checked_content(draft, files_of(files))
        columns = dated_columns(draft, {}, today_of(crm)) | {
            "id": equipment_id, "contact_id": contact_id, "created_at": now(),
        }  # fmt: skip
        await crm.keyring.ensure([contact_id], EQUIPMENT.retention_class)
        async with crm.data.transaction():
            await crm.records.insert(EQUIPMENT, columns, content)
            await kept(crm, files, equipment_id, contact_id)
    except BaseException:
        await discard_files(crm, files)
        raise
    return equipment_id


async def change_equipment(
    crm: Installation,
    access: Access,
    equipment_id: UUID,
    draft: EquipmentDraft,
    *,
    seen: int,
    files: Sequence[ReceivedFile] = (),
    remove_files: Sequence[UUID] = (),
) -> int:
    """Replace what was read at version `seen`; returns the new one. Raises as `add_equipment`, and VersionConflict."""
    try:
        access.actor.require("service.write")
        opened = await visible_equipment(crm, access, equipment_id)
        contact_id = opened.row["contact_id"]
        staying = tuple(file for file in opened.content.files if file.id not in set(remove_files))
        content = checked_content(draft, (*staying, *files_of(files)))
        columns = dated_columns(draft, opened.row, today_of(crm)) | {"id": equipment_id, "contact_id": contact_id}
        await crm.keyring.ensure([contact_id], EQUIPMENT.retention_class)
        async with crm.data.transaction():
            version: int = await crm.records.update(EQUIPMENT, columns, content, seen=seen)
            await delete_files(crm, [file.id for file in opened.content.files if file not in staying])
            await kept(crm, files, equipment_id, contact_id)
    except BaseException:
        await discard_files(crm, files)
        raise
    return version


def files_of(files: Sequence[ReceivedFile]) -> tuple[EquipmentFile, ...]:
    return tuple(
        EquipmentFile(id=one.id, name=one.content.name, media_type=one.content.media_type, size=one.content.size)
        for one in files
    )


async def kept(crm: Installation, files: Sequence[ReceivedFile], equipment_id: UUID, contact_id: UUID) -> None:
    await keep_files(crm, files, owner_id=equipment_id, people=(contact_id,), permission=FILES_PERMISSION)


def checked_content(draft: EquipmentDraft, files: tuple[EquipmentFile, ...]) -> EquipmentContent:
    """Raises InvalidContent by field, also for days and intervals that cannot be."""
    texts = {name: clean_line(getattr(draft, name)) for name in ("product", "serial", "place")}
    texts["notes"] = clean_text(draft.notes)
    errors = {
        name: f"At most {LONGEST[name]} characters, please."
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    }
    if not texts["product"]:
        errors["product"] = "Please say what it is."
    for name in ("bought_on", "installed_on", "warranty_until", "next_service_on"):
        day = getattr(draft, name)
        if day is not None and not EARLIEST <= day < LATEST:
            errors[name] = NO_DAY
    if draft.warranty_until and draft.bought_on and draft.warranty_until < draft.bought_on:
        errors["warranty_until"] = "A warranty cannot end before it was bought."
    if not 0 <= draft.service_months <= LONGEST_INTERVAL:
        errors["service_months"] = f"Between 1 and {LONGEST_INTERVAL} months, or nothing."
    if len(files) > MOST_FILES:
        errors["files"] = f"At most {MOST_FILES} files."
    if errors:
        raise InvalidContent(errors)
    return EquipmentContent(**texts, files=files)


def dated_columns(draft: EquipmentDraft, row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """row: as it was, {} for a new one. A day of service that somebody chose is where the interval is counted from."""
    due, anchor = draft.next_service_on, row.get("anchor_on")
    begun = draft.installed_on or draft.bought_on
    if due is None and draft.service_months and begun:
        due, anchor = next_day(begun, draft.service_months, max(begun, today)), begun
    elif due is None or anchor is None or due != row.get("next_service_on"):
        anchor = due
    return {
        "bought_on": draft.bought_on,
        "installed_on": draft.installed_on,
        "warranty_until": draft.warranty_until,
        "next_service_on": due,
        "anchor_on": anchor,
        "service_months": draft.service_months,
        "retired": draft.retired,
    }
