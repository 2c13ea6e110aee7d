"""What colleagues do with calls: say whose they are, write a note, see to a missed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from confida_core.api import (
    Access,
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    Opened,
    PhoneNumber,
    clean_text,
    create_contact,
    log_interaction,
    now,
    plugin_settings,
    system_access,
    visible_contact,
)
from confida_service.settings import ServiceSettings
from confida_service.telephone.content import CALL, CallContent
from confida_service.telephone.showing import visible_call
from confida_service.tickets.tickets import TicketDraft, open_ticket

INSIDE = system_access("service telephone")
LONGEST_NOTE = 10_000
MOST_ALIKE = 200
AT_ONCE = 500
MISSED = "A call that nobody took"
LONGEST_RINGING, LONGEST_CALL = timedelta(minutes=15), timedelta(hours=12)


async def opened_call(crm: Installation, access: Access, call_id: UUID) -> Opened[CallContent]:
    """Behind the gate, for changing. Raises Forbidden and NotFound."""
    await visible_call(crm, access, call_id)
    found = await crm.door.open(access, CALL, await crm.records.rows(CALL, [call_id]))
    if not found:
        raise NotFound
    return found[0]


async def write_note(crm: Installation, access: Access, call_id: UUID, text: str, *, seen: int) -> None:
    """Raises Forbidden, NotFound, InvalidContent and VersionConflict."""
    access.actor.require("service.write")
    one = await opened_call(crm, access, call_id)
    if len(text.strip()) > LONGEST_NOTE:
        raise InvalidContent({"note": f"At most {LONGEST_NOTE} characters."})
    contact_id = one.row["contact_id"]
    content = structs.replace(one.content, note=clean_text(text).strip())
    people = [contact_id] if contact_id else []
    await crm.records.update(CALL, {"id": call_id}, content, seen=seen, people=people)


async def say_whose(crm: Installation, access: Access, call_id: UUID, contact_id: UUID) -> int:
    """This call is a contact's, and so are all others from the same number that are nobody's yet; how many they are.

    From then on they are sealed for that person, and go with them. Raises Forbidden and NotFound.
    """
    access.actor.require("service.write")
    one = await opened_call(crm, access, call_id)
    await visible_contact(crm, access, contact_id)
    rows = [one.row]
    if one.row["contact_id"] is None and one.row["number_hash"]:
        rows = await crm.data.fetch(
            "SELECT * FROM service_call WHERE number_hash = ? AND contact_id IS NULL ORDER BY id DESC LIMIT ?",
            one.row["number_hash"], MOST_ALIKE,
        )  # fmt: skip
    opened = await crm.door.open(INSIDE, CALL, rows)
    await crm.keyring.ensure([contact_id], CALL.retention_class)
    async with crm.data.transaction():
        for each in opened:
            columns = {"id": each.row["id"], "contact_id": contact_id}
            await crm.records.update(CALL, columns, each.content, seen=each.row["version"], people=[contact_id])
    return len(opened)


async def add_caller(crm: Installation, access: Access, call_id: UUID, values: Mapping[str, str]) -> UUID:
    """Make a contact of whoever called, with the number; the call becomes theirs. Raises as the contact's own form does."""
    access.actor.require("service.write")
    one = await opened_call(crm, access, call_id)
    emails = [EmailAddress(address=values["email"].strip())] if values["email"].strip() else []
    phones = [PhoneNumber(number=one.content.number)] if one.content.number else []
    name = values["name"].strip()
    if not name:
        raise InvalidContent({"name": "Please say who called."})
    kind = ContactKind.ORGANISATION if values.get("kind") == "organisation" else ContactKind.PERSON
    try:
        contact_id = await create_contact(
            crm, access, kind, ContactContent(display_name=name, emails=emails, phones=phones), owner_id=access.actor.id
        )
    except InvalidContent as wrong:
        raise InvalidContent(
            {"email" if "email" in field else "name": sentence for field, sentence in wrong.errors.items()}
        ) from None
    await say_whose(crm, access, call_id, contact_id)
    return contact_id


async def see_to(crm: Installation, access: Access, call_id: UUID, *, done: bool) -> None:
    """A missed call has been seen to, or not after all. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    one = await opened_call(crm, access, call_id)
    await crm.records.set_columns(CALL, call_id, one.row["contact_id"], handled_at=now() if done else None)


async def follow_missed(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: what the organisation wants of a call that nobody took. Run twice, it does the same once."""
    wanted = (await plugin_settings(crm, ServiceSettings)).missed_calls
    rows = await crm.data.fetch("SELECT * FROM service_call WHERE id = ?", arguments["call_id"])
    if wanted == "list" or not rows or rows[0]["outcome"] != "missed" or rows[0]["handled_at"]:
        return
    row = rows[0]
    async with crm.data.transaction():
        marked = await crm.data.fetch(
            "UPDATE service_call SET handled_at = ? WHERE id = ? AND handled_at IS NULL RETURNING id", now(), row["id"]
        )
        if not marked:
            return
        if wanted == "ticket" and row["contact_id"]:
            await ticket_of_missed(crm, row["contact_id"])
        else:
            await task_of_missed(crm, row)


async def ticket_of_missed(crm: Installation, contact_id: UUID) -> None:
    try:
        await open_ticket(crm, INSIDE, contact_id, TicketDraft(subject=MISSED, channel="phone"))
    except NotFound:
        # Somebody restricted, or in the trash by now: nobody works with them.
        return


async def task_of_missed(crm: Installation, row: Mapping[str, Any]) -> None:
    """For everybody, or for the one whose own telephone rang alone; it names the call and no number."""
    moment = now()
    people = (row["contact_id"],) if row["contact_id"] else ()
    draft = InteractionDraft(
        kind="task", people=people, subject="Call back", body=f"/x/service/calls/{row['id']}", planned=True,
        due_at=moment + timedelta(hours=4), due_on=moment.astimezone(ZoneInfo(crm.settings.time_zone)).date(),
    )  # fmt: skip
    try:
        async with crm.data.transaction():
            await log_interaction(crm, INSIDE, draft)
    except (NotFound, InvalidContent):
        return


async def forget_unknown(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: calls of nobody who is known go after the days that the organisation keeps them."""
    before = now() - timedelta(days=(await plugin_settings(crm, ServiceSettings)).unknown_days)
    while rows := await crm.data.fetch(
        "SELECT id FROM service_call WHERE contact_id IS NULL AND started_at < ? LIMIT ?", before, AT_ONCE
    ):
        await remove(crm, rows)


async def end_lost(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: calls of which the end was never heard, because the exchange or we were away, are over some time."""
    moment = now()
    rows = await crm.data.fetch(
        "SELECT id, contact_id, started_at, answered_at FROM service_call "
        "WHERE (state = 'ringing' AND started_at < ?) OR (state = 'answered' AND started_at < ?) LIMIT ?",
        moment - LONGEST_RINGING, moment - LONGEST_CALL, AT_ONCE,
    )  # fmt: skip
    for row in rows:
        outcome = "answered" if row["answered_at"] else "missed"
        over = {"state": "ended", "outcome": outcome, "ended_at": row["answered_at"] or row["started_at"]}
        await crm.records.set_columns(CALL, row["id"], row["contact_id"], **over)


async def remove(crm: Installation, rows: Sequence[Mapping[str, Any]]) -> None:
    async with crm.data.transaction():
        for row in rows:
            await crm.records.delete(CALL, row["id"], ())
