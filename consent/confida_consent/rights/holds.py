"""Legal holds: they stop erasure, the emptying of the trash and retention, visibly, until somebody lifts them (RT-4).

What counts is the standing order beside the keys, which survives any restore; the row only says in words why it is there.
So the order comes first when a hold is given, and goes last when it is lifted: a crash in between keeps too much, never
too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.rights.content import HoldNote
from confida_consent.rights.declared import HOLD
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line, clean_text
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_core.vault.orders import StandingOrder

KIND: Final = "hold"
LONGEST_NAME = 200
LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold. id: of its row; of an order that nothing was written down about (an older backup was restored), the order's.

    in_force: its order stands beside the keys. review_on: None where nobody knows.
    """

    id: UUID
    order_id: UUID
    contact_id: UUID
    note: HoldNote
    review_on: date | None
    given_at: datetime
    given_by: UUID | None
    in_force: bool
    lifted_at: datetime | None = None
    lifted_by: UUID | None = None

    def review_due(self, today: date) -> bool:
        return self.in_force and (self.review_on is None or self.review_on <= today)


async def held(crm: Installation, contact_id: UUID) -> bool:
    """Whether a hold keeps this person's data for now, as of this moment. Asks for no permission and opens nothing."""
    await crm.orders.refresh()
    return crm.orders.held(contact_id)


async def held_among(crm: Installation, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them under a hold."""
    await crm.orders.refresh()
    return {one for one in contact_ids if crm.orders.held(one)}


async def give_hold(crm: Installation, access: Access, contact_id: UUID, note: HoldNote, review_on: date) -> UUID:
    """Keep everything about a contact until the hold is lifted; returns the hold's id. Durable when it returns.

    Also for people who are restricted or in the trash. review_on: after today. Raises Forbidden without
    `retention.manage`, NotFound, InvalidContent naming every field that is wrong.
    """
    access.actor.require("retention.manage")
    note = checked_note(crm, note, review_on)
    if not await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id):
        raise NotFound
    order_id, hold_id = await crm.orders.give(KIND, contact_id), new_id()
    columns = {
        "id": hold_id,
        "contact_id": contact_id,
        "order_id": order_id,
        "review_on": review_on,
        "given_at": now(),
        "given_by": access.actor.id,
        "lifted_at": None,
        "lifted_by": None,
    }
    await crm.keyring.ensure([crm.keyring.installation_id], HOLD.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(HOLD, columns, note)
        await note_in_audit(crm, access, "hold.given", contact_id)
    return hold_id


async def review_hold(crm: Installation, access: Access, hold_id: UUID, review_on: date) -> None:
    """It is still needed; look at it again on that day, after today. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("retention.manage")
    check_review_day(crm, review_on)
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            "UPDATE rights_hold SET review_on = ? WHERE id = ? AND lifted_at IS NULL RETURNING contact_id",
            review_on, hold_id,
        )  # fmt: skip
        if not rows:
            raise NotFound
        await note_in_audit(crm, access, "hold.reviewed", rows[0]["contact_id"])


async def lift_hold(crm: Installation, access: Access, hold_id: UUID) -> None:
    """End a hold, named by its own id or by its order's; lifting twice changes nothing. Raises Forbidden, NotFound."""
    access.actor.require("retention.manage")
    await crm.orders.refresh()
    rows = await crm.data.fetch("SELECT * FROM rights_hold WHERE id = ?", hold_id)
    order_id = rows[0]["order_id"] if rows else hold_id
    order = next((one for one in standing(crm) if one.id == order_id), None)
    if order is None and not rows:
        raise NotFound
    contact_id = rows[0]["contact_id"] if rows else order.subject_id if order else None
    async with crm.data.transaction():
        changed = await crm.data.fetch(
            "UPDATE rights_hold SET lifted_at = ?, lifted_by = ? WHERE id = ? AND lifted_at IS NULL RETURNING id",
            now(), access.actor.id, hold_id,
        )  # fmt: skip
        if (changed or not rows) and contact_id is not None:
            await note_in_audit(crm, access, "hold.lifted", contact_id)
    await crm.orders.lift_many([order_id])


async def list_holds(
    crm: Installation, access: Access, *, contact_id: UUID | None = None, lifted: bool = False
) -> list[Hold]:
    """Holds in force, the next review first, or (lifted) those that were lifted, the latest first. Opens their notes.

    contact_id: only this person's. Raises Forbidden without `registers.read`.
    """
    access.actor.require("registers.read")
    await crm.orders.refresh()
    orders = {one.id: one for one in standing(crm) if contact_id in (None, one.subject_id)}
    rows = await lifted_rows(crm, contact_id, set(orders)) if lifted else await rows_of_orders(crm, list(orders))
    opened = await crm.door.open(access, HOLD, rows)
    found = [
        Hold(
            note=one.content,
            in_force=one.row["order_id"] in orders,
            **{name: one.row[name] for name in CLEAR},
        )
        for one in opened
    ]
    if lifted:
        return found
    known = {one.order_id for one in found}
    found += [unexplained(order) for key, order in orders.items() if key not in known]
    return sorted(found, key=lambda one: (one.review_on or date.min, one.given_at))


CLEAR = ("id", "order_id", "contact_id", "review_on", "given_at", "given_by", "lifted_at", "lifted_by")


async def reviews_due(crm: Installation) -> int:
    """How many holds should be looked at again by today; asks for no permission."""
    await crm.orders.refresh()
    ids = [one.id for one in standing(crm)]
    rows = await rows_of_orders(crm, ids)
    today = today_of(crm)
    return len(set(ids) - {row["order_id"] for row in rows if row["review_on"] > today})


def standing(crm: Installation) -> list[StandingOrder]:
    """Every hold in force, as of the last refresh."""
    return [
        order
        for subject in sorted(crm.orders.held_subjects())
        for order in crm.orders.of(subject)
        if order.kind == KIND
    ]


def unexplained(order: StandingOrder) -> Hold:
    """An order whose words were lost: whoever may, writes a new hold and lifts this one, or lifts it."""
    return Hold(
        id=order.id,
        order_id=order.id,
        contact_id=order.subject_id or UUID(int=0),
        note=HoldNote(),
        review_on=None,
        given_at=order.given_at,
        given_by=None,
        in_force=True,
    )


async def rows_of_orders(crm: Installation, order_ids: Sequence[UUID]) -> list[Row]:
    found: list[Row] = []
    for batch in batches(order_ids):
        marks = ", ".join("?" * len(batch))
        found += await crm.data.fetch(f"SELECT * FROM rights_hold WHERE order_id IN ({marks})", *batch)
    return found


async def lifted_rows(crm: Installation, contact_id: UUID | None, standing_ids: set[UUID]) -> list[Row]:
    condition, values = ("contact_id = ?", [contact_id]) if contact_id else ("1 = 1", [])
    rows = await crm.data.fetch(
        f"SELECT * FROM rights_hold WHERE {condition} ORDER BY given_at DESC, id DESC LIMIT 500", *values
    )
    return [row for row in rows if row["order_id"] not in standing_ids]


def today_of(crm: Installation) -> date:
    """The day it is where the organisation is."""
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


def check_review_day(crm: Installation, review_on: date) -> None:
    if review_on <= today_of(crm):
        raise InvalidContent({"review_on": "Choose a day after today."})


def checked_note(crm: Installation, note: HoldNote, review_on: date) -> HoldNote:
    """As it is stored. Raises InvalidContent naming every field that is wrong."""
    errors: dict[str, str] = {}
    try:
        clean = HoldNote(name=clean_line(note.name), reason=clean_text(note.reason), owner=clean_line(note.owner))
    except UnstorableText:
        raise InvalidContent({"reason": "This holds a character that cannot be stored."}) from None
    for field, limit, complaint in (
        ("name", LONGEST_NAME, "Give it a name, such as the case it is about."),
        ("reason", LONGEST_REASON, "Say why the data must be kept."),
        ("owner", LONGEST_NAME, "Say who answers for it."),
    ):
        if not getattr(clean, field):
            errors[field] = complaint
        elif len(getattr(clean, field)) > limit:
            errors[field] = f"This has more than {limit} characters."
    if review_on <= today_of(crm):
        errors["review_on"] = "Choose a day after today."
    if errors:
        raise InvalidContent(errors)
    return clean


async def note_in_audit(crm: Installation, access: Access, kind: str, contact_id: UUID) -> None:
    await record_event(
        crm,
        kind,
        actor_id=access.actor.id,
        target_id=contact_id,
        target_kind="contact",
        serious=kind != "hold.reviewed",
    )
