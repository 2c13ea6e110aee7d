"""Who comes to an event. A seat is given once: whoever gives or takes one holds the event's row until it is done."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    ContactKind,
    Installation,
    NewContact,
    NotFound,
    Opened,
    Row,
    create_many,
    enqueue,
    new_id,
    now,
    system_access,
)
from confida_marketing.sign_up.arriving import known_contact, newcomer
from confida_marketing.sign_up.content import ARRIVAL, REGISTRATION, ArrivalContent, RegistrationContent

INSIDE = system_access("marketing events")
IN, WAITING, CANCELLED = "in", "waiting", "cancelled"
TELL = "marketing.tell_guest"
PURPOSE = "marketing.events"
# The form is open to whoever knows an address: they are told again, and not again and again.
MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """new: they were not there before."""

    id: UUID
    state: str
    new: bool


async def take_registration(crm: Installation, arrival_id: UUID, content: ArrivalContent) -> None:
    """The job's part: whose it is, and a seat or a place on the waiting list."""
    known = await known_contact(crm, content.values.get("email", ""))
    contact_id = known or new_id()
    person = None if known else await newcomer(crm, content)
    said = RegistrationContent(
        name=content.values.get("name", "")[:200], email=content.values.get("email", "")[:200],
        phone=content.values.get("phone", "")[:200], note=content.values.get("message", ""), language=content.language,
    )  # fmt: skip
    await crm.keyring.ensure([contact_id], REGISTRATION.retention_class)
    async with crm.data.transaction():
        if person is not None:
            made = NewContact(kind=ContactKind.PERSON, content=person, id=contact_id)
            await create_many(crm, INSIDE, [made], kind="created")
        if content.event_id is not None:
            await register(crm, content.event_id, contact_id, said, made_contact=known is None)
        await crm.records.delete(ARRIVAL, arrival_id, ())


async def register(
    crm: Installation, event_id: UUID, contact_id: UUID, said: RegistrationContent, *, made_contact: bool = False
) -> Registered | None:
    """A seat, else a place on the waiting list; who has one already keeps it, and is told again. None where there is neither.

    The mail that says so is queued with it. The contact's key must be there (`crm.keyring.ensure`).
    """
    async with crm.data.transaction():
        event = await held(crm, event_id)
        if event is None or event["ends_at"] < now():
            return None
        before = await place_of(crm, event_id, contact_id)
        if before is not None:
            if await told_lately(crm, contact_id) < MOST_TOLD:
                await enqueue(crm, TELL, {"registration_id": before["id"]})
            return Registered(id=before["id"], state=before["state"], new=False)
        state = state_for(event)
        if not state:
            return None
        token = secrets.token_urlsafe(32)
        made = new_id()
        columns = {
            "id": made, "event_id": event_id, "contact_id": contact_id, "state": state, "token_hash": hash_of(token),
            "made_contact": made_contact, "created_at": now(), "changed_at": now(), "checked_in_at": None, "reminded_at": None,
        }  # fmt: skip
        await crm.records.insert(REGISTRATION, columns, msgspec.structs.replace(said, token=token))
        if state == IN:
            await count(crm, event_id, 1)
        await enqueue(crm, TELL, {"registration_id": made})
        return Registered(id=made, state=state, new=True)


async def told_lately(crm: Installation, contact_id: UUID) -> int:
    """How many mails about events they were sent within a day."""
    rows = await crm.data.fetch(
        "SELECT count(*) AS told FROM outbound_message WHERE contact_id = ? AND purpose = ? AND created_at > ?",
        contact_id, PURPOSE, now() - timedelta(days=1),
    )  # fmt: skip
    return int(rows[0]["told"])


async def held(crm: Installation, event_id: UUID) -> Row | None:
    """The event, which nobody else can give seats of until the transaction is over: two at once are one after the other."""
    rows = await crm.data.fetch(
        "UPDATE marketing_event SET taken = taken WHERE id = ? AND deleted_at IS NULL RETURNING *", event_id
    )
    return rows[0] if rows else None


async def place_of(crm: Installation, event_id: UUID, contact_id: UUID) -> Row | None:
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_registration WHERE event_id = ? AND contact_id = ? AND state <> 'cancelled' ORDER BY id LIMIT 1",
        event_id, contact_id,
    )  # fmt: skip
    return rows[0] if rows else None


def state_for(event: Mapping[str, Any]) -> str:
    """What the next one gets; "" for nothing."""
    if not event["capacity"] or event["taken"] < event["capacity"]:
        return IN
    return WAITING if event["waiting_list"] else ""


async def count(crm: Installation, event_id: UUID, change: int) -> None:
    await crm.data.fetch("UPDATE marketing_event SET taken = taken + ? WHERE id = ?", change, event_id)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def place_with(crm: Installation, token: str) -> Opened[RegistrationContent]:
    """Somebody's own place, by its secret. Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM marketing_registration WHERE token_hash = ?", hash_of(token))
    opened: Opened[RegistrationContent] | None = (
        await crm.door.open_one(INSIDE, REGISTRATION, rows[0]) if rows else None
    )
    if opened is None:
        raise NotFound
    return opened


async def cancel(crm: Installation, registration_id: UUID) -> None:
    """Give the place back; whoever waits longest gets the seat, and is told. Twice makes no difference. Passed its gate before."""
    async with crm.data.transaction():
        rows = await crm.data.fetch("SELECT * FROM marketing_registration WHERE id = ?", registration_id)
        if not rows or await held(crm, rows[0]["event_id"]) is None:
            return
        # Read again: whoever held the event before may have moved them up, or taken it back.
        [row] = await crm.data.fetch("SELECT * FROM marketing_registration WHERE id = ?", registration_id)
        if row["state"] == CANCELLED:
            return
        await crm.data.fetch(
            "UPDATE marketing_registration SET state = ?, changed_at = ? WHERE id = ?",
            CANCELLED,
            now(),
            registration_id,
        )
        crm.feed.append(REGISTRATION.name, registration_id, row["contact_id"])
        if row["state"] == IN:
            await count(crm, row["event_id"], -1)
        await move_up(crm, row["event_id"])


async def move_up(crm: Installation, event_id: UUID) -> int:
    """Seats that are free go to those who wait, the longest first; how many. Within the transaction that holds the event."""
    event = await held(crm, event_id)
    if event is None or event["ends_at"] < now():
        return 0
    free = event["capacity"] - event["taken"] if event["capacity"] else 1_000
    if free <= 0:
        return 0
    rows = await crm.data.fetch(
        "SELECT id, contact_id FROM marketing_registration WHERE event_id = ? AND state = 'waiting' ORDER BY id LIMIT ?",
        event_id, free,
    )  # fmt: skip
    for row in rows:
        await crm.data.fetch(
            "UPDATE marketing_registration SET state = 'in', changed_at = ? WHERE id = ?", now(), row["id"]
        )
        crm.feed.append(REGISTRATION.name, row["id"], row["contact_id"])
        await enqueue(crm, TELL, {"registration_id": row["id"]})
    if rows:
        await count(crm, event_id, len(rows))
    return len(rows)


async def fill_up(crm: Installation, event_id: UUID) -> int:
    """After an event got larger."""
    async with crm.data.transaction():
        return await move_up(crm, event_id)


async def guests_of(crm: Installation, access: Access, event_id: UUID) -> list[Opened[RegistrationContent]]:
    """Everybody who has a seat or waits, the first who came first; of an event that passed its gate."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch(
        "SELECT r.* FROM marketing_registration AS r JOIN contact AS c ON c.id = r.contact_id AND c.deleted_at IS NULL "
        "WHERE r.event_id = ? AND r.state <> 'cancelled' ORDER BY r.id",
        event_id,
    )
    return list(await crm.door.open(access, REGISTRATION, rows))


async def check_in(crm: Installation, access: Access, event_id: UUID, registration_id: UUID, *, here: bool) -> None:
    """They came, or not after all. Raises Forbidden and NotFound."""
    access.actor.require("marketing.write")
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            "UPDATE marketing_registration SET checked_in_at = ? WHERE id = ? AND event_id = ? AND state = 'in' "
            "RETURNING contact_id",
            now() if here else None, registration_id, event_id,
        )  # fmt: skip
        if not rows:
            raise NotFound
        crm.feed.append(REGISTRATION.name, registration_id, rows[0]["contact_id"])
