"""What is heard of calls, from whichever side, and how it is kept: each call once, however often and by whom it is told."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Installation,
    UniqueViolation,
    contacts_with_number,
    enqueue,
    new_id,
    normal_phone,
    now,
    system_access,
)
from confida_service.mail.cutting import line
from confida_service.telephone.content import CALL, CallContent
from confida_service.telephone.phones import known_extensions, owner_of

INSIDE = system_access("service telephone")
STATES = ("ringing", "answered", "ended")
LONGEST_ID, LONGEST_NAME, LONGEST_EXTENSIONS = 200, 200, 200
# Clocks of exchanges are wrong more often than a call is told so late.
BELIEVED = timedelta(hours=6)
NOBODY = re.compile(r"<?(anonymous|unknown|private|restricted|unavailable|withheld|asterisk|s|p)?>?", re.IGNORECASE)
NUMBER = re.compile(r"\+?[0-9*#]{2,30}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One piece of news of a call. source: who tells it. call_id: its name there. direction: in or out, seen from us.

    number: of the other side, as it was told; suppressed ones are "" or a word for it. name: as the exchange shows it.
    extensions: of ours, on which it rings, or who has taken it. state: one of STATES. at: None for now.
    """

    source: str
    call_id: str
    direction: str
    state: str
    number: str = ""
    name: str = ""
    extensions: tuple[str, ...] = ()
    at: datetime | None = None


def plain_number(text: str, region: str) -> str:
    """With country code where that can be told, else its figures; "" for one that was suppressed or is none.

    region: the country of numbers without a country code (ISO 3166-1 alpha-2), "" leaves them as they are.
    """
    given = re.sub(r"[\s()/.-]", "", text.strip().removeprefix("tel:").removeprefix("sip:").partition("@")[0])[:60]
    if NOBODY.fullmatch(given) or not NUMBER.fullmatch(given):
        return ""
    return normal_phone(f"+{given[2:]}" if given.startswith("00") else given, region)


def hashed(crm: Installation, what: str, text: str) -> bytes:
    """Keyed, so that nobody who has the table alone can try numbers."""
    key = crm.keyring.hashing_key(f"service call {what}")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


async def hear(crm: Installation, heard: Heard) -> UUID:
    """Keep one piece of news; returns the call's id. What was known already changes nothing. Not inside a transaction."""
    call_hash = hashed(crm, "id", f"{heard.source}\x00{heard.call_id[:LONGEST_ID]}")
    known = await known_extensions(crm)
    rows = await crm.data.fetch("SELECT id FROM service_call WHERE call_hash = ?", call_hash)
    if not rows:
        try:
            return await begin(crm, heard, call_hash, known)
        except UniqueViolation:
            # Another process heard the same meanwhile.
            rows = await crm.data.fetch("SELECT id FROM service_call WHERE call_hash = ?", call_hash)
    call_id: UUID = rows[0]["id"]
    async with crm.data.transaction():
        await go_on(crm, heard, call_id, known)
    return call_id


async def begin(crm: Installation, heard: Heard, call_hash: bytes, known: Mapping[str, tuple[UUID, ...]]) -> UUID:
    """Store a new call, of the one contact that has the number, if just one has."""
    number = plain_number(heard.number, crm.settings.region)
    matches = await contacts_with_number(crm, number) if number else []
    contact_id = matches[0] if len(matches) == 1 else None
    moment = believed(heard.at)
    row: dict[str, Any] = {
        "id": new_id(), "call_hash": call_hash, "number_hash": hashed(crm, "number", number) if number else None,
        "contact_id": contact_id, "agent_id": None, "direction": heard.direction, "state": "ringing", "outcome": "",
        "extensions": joined((), heard.extensions), "started_at": moment, "answered_at": None, "ended_at": None,
    }  # fmt: skip
    row |= moved(row, heard, moment, known)
    people = [contact_id] if contact_id else []
    await crm.keyring.ensure(people or [crm.keyring.installation_id], CALL.retention_class)
    async with crm.data.transaction():
        content = CallContent(number=number, name=line(heard.name, LONGEST_NAME))
        await crm.records.insert(CALL, row, content, people=people)
        await follow(crm, row)
    call_id: UUID = row["id"]
    return call_id


async def go_on(crm: Installation, heard: Heard, call_id: UUID, known: Mapping[str, tuple[UUID, ...]]) -> None:
    """Within a transaction: what is new about a call that is known. It is held, so that two who hear the same agree."""
    held = await crm.data.fetch("UPDATE service_call SET version = version WHERE id = ? RETURNING *", call_id)
    if not held:
        return
    row = held[0]
    columns = moved(row, heard, believed(heard.at), known)
    extensions = joined(row["extensions"].split(), heard.extensions)
    if extensions != row["extensions"]:
        columns["extensions"] = extensions
    if columns:
        await crm.records.set_columns(CALL, call_id, row["contact_id"], **columns)
        if "outcome" in columns:
            await follow(crm, {**row, **columns})


def moved(
    row: Mapping[str, Any], heard: Heard, moment: datetime, known: Mapping[str, tuple[UUID, ...]]
) -> dict[str, Any]:
    """The columns that the news change: a call never goes back, and what was told late is not lost."""
    columns: dict[str, Any] = {}
    if STATES.index(heard.state) > STATES.index(row["state"]):
        columns["state"] = heard.state
    if heard.state == "answered" and row["answered_at"] is None:
        columns["answered_at"] = moment
        owners = [owner for one in heard.extensions if (owner := owner_of(known, one))]
        columns["agent_id"] = owners[0] if len(owners) == 1 else row["agent_id"]
        if row["outcome"]:
            columns["outcome"] = "answered"
    if heard.state == "ended" and row["ended_at"] is None:
        columns["ended_at"] = moment
        columns["outcome"] = "answered" if row["answered_at"] else "missed"
    if row["direction"] == "out" and row["agent_id"] is None and heard.extensions:
        columns["agent_id"] = owner_of(known, heard.extensions[0])
    return {name: value for name, value in columns.items() if value != row[name]}


def joined(before: Any, more: tuple[str, ...]) -> str:
    text = " ".join(dict.fromkeys((*before, *more)))
    return text if len(text) <= LONGEST_EXTENSIONS else " ".join(before)


def believed(at: datetime | None) -> datetime:
    moment = now()
    return at if at is not None and abs(at - moment) < BELIEVED else moment


async def follow(crm: Installation, row: Mapping[str, Any]) -> None:
    """Within the transaction that ends a call: one that nobody took is seen to afterwards."""
    if row["direction"] == "in" and row["outcome"] == "missed":
        await enqueue(crm, "service.missed_call", {"call_id": row["id"]})
