"""Whose rules of retention hold here, which of them are carried out, and until when something is kept.

Nothing is ended by itself at first: a country is chosen, then each rule is switched on by somebody who answers for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.erasing import BY_RULES
from confida_consent.proof import proof_owed_until
from confida_consent.rights.retention_rules import (
    CountryRetention,
    InvalidRetention,
    RetentionRule,
    countries,
    retention_of,
)
from confida_core.accounts.audit import record_event
from confida_core.accounts.stored_settings import read_stored, store
from confida_core.contacts.validation import InvalidContent
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

COUNTRY = BY_RULES
ON = "retention.on."
# What an event is called in the columns of rows that are not ours to know, in the order in which they are looked for.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "closed": ("closed_at", "finished_at", "lifted_at", "done_at"),
    "last_event": ("recorded_at", "indicated_at", "at"),
    "last_contact": ("touched_at", "at", "created_at"),
    "created": ("created_at", "recorded_at", "received_at", "at"),
}
CLOSED: Mapping[str, tuple[str, str]] = {
    "rights_erasure": ("rights_erasure", "finished_at"),
    "rights_hold": ("rights_hold", "lifted_at"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUntil:
    """Why something is kept, and until when. until: the last day; None while its time has not begun, or without a rule."""

    ground: str
    until: date | None = None
    citation: str = ""


async def retention_country(crm: Installation) -> str:
    """Whose rules were chosen (ISO 3166-1 alpha-2); "" as long as somebody has to choose: there is no default (RT-1)."""
    return await read_stored(crm, COUNTRY) or ""


async def rules(crm: Installation) -> CountryRetention | None:
    """The rules in force, None as long as no country is chosen. Raises InvalidRetention for an own file with faults."""
    country = await retention_country(crm)
    try:
        return retention_of(crm.settings, country) if country else None
    except KeyError:
        # The file of an own country was taken away.
        return None


async def choose_country(crm: Installation, access: Access, country: str) -> None:
    """Go by this country's rules. Rules that were switched on of another one are off.

    Raises Forbidden without `retention.manage`, InvalidContent for a country without rules, InvalidRetention.
    """
    access.actor.require("retention.manage")
    if country not in countries(crm.settings):
        raise InvalidContent({"country": "Choose whose rules you go by."})
    async with crm.data.transaction():
        await store(crm, COUNTRY, country)
        await record_event(
            crm, "retention.country_chosen", actor_id=access.actor.id, target_kind="setting", serious=True
        )


async def switched_on(crm: Installation) -> frozenset[str]:
    """Keys of the rules that are carried out, of the country chosen."""
    country = await retention_country(crm)
    rows = await crm.data.fetch("SELECT key, value FROM setting WHERE key LIKE ?", f"{ON}%")
    return frozenset(str(row["key"]).removeprefix(ON) for row in rows if country and row["value"] == country)


async def switch_rule(crm: Installation, access: Access, key: str, *, on: bool) -> None:
    """Have a rule carried out from its next daily run on, or only show what falls due by it (as at first).

    Raises Forbidden without `retention.manage`, NotFound for a rule that there is not or that only asks for a review.
    """
    access.actor.require("retention.manage")
    found = await rules(crm)
    rule = next((one for one in found.rules if one.key == key), None) if found else None
    if found is None or rule is None or rule.action == "review":
        raise NotFound
    async with crm.data.transaction():
        await store(crm, ON + key, found.country if on else None)
        await record_event(
            crm,
            "retention.rule_switched_on" if on else "retention.rule_switched_off",
            actor_id=access.actor.id,
            target_kind="setting",
            serious=True,
        )


async def kept_until(
    crm: Installation, declaration: RecordDeclaration, row_or_contact: Mapping[str, Any] | UUID
) -> KeptUntil:
    """Until when a record is kept, by the rule of its class: one row, or the last of those about a contact.

    Asks for no permission and opens nothing. An own file with faults is as if there were no rule.
    """
    try:
        country = await rules(crm)
    except InvalidRetention:
        country = None
    rule = country.of_class(declaration.retention_class) if country else None
    ground = declaration.keeps or (rule.label if rule else "")
    if rule is None:
        return KeptUntil(ground=ground)
    if isinstance(row_or_contact, UUID):
        started = await latest_start(crm, declaration, rule, row_or_contact)
    else:
        started = start_in(declaration, rule, row_or_contact)
    if started is None:
        return KeptUntil(ground=ground, citation=rule.citation)
    until = rule.until(local_day(crm, started) if isinstance(started, datetime) else started)
    if rule.retention_class == "evidence":
        until = max(until, await proof_owed(crm, declaration, row_or_contact) or until)
    return KeptUntil(ground=ground, until=until, citation=rule.citation)


async def proof_owed(
    crm: Installation, declaration: RecordDeclaration, row_or_contact: Mapping[str, Any] | UUID
) -> date | None:
    """The day until which a country's law wants the proof of a consent, if it does."""
    if not isinstance(row_or_contact, UUID):
        row_or_contact = row_or_contact[declaration.subject] if declaration.subject else UUID(int=0)
    owed = await proof_owed_until(crm, [row_or_contact])
    return local_day(crm, owed[row_or_contact]) if row_or_contact in owed else None


def start_in(declaration: RecordDeclaration, rule: RetentionRule, row: Mapping[str, Any]) -> datetime | date | None:
    """When the period of one row began; None if it has not."""
    if declaration.begins:
        return row[declaration.begins]  # type: ignore[no-any-return]  # The registry saw that it is a column of days.
    for column in COLUMNS[rule.event]:
        if column in row:
            value = row[column]
            if isinstance(value, datetime):
                return value
            if rule.event == "closed":
                return None
    return None


async def latest_start(
    crm: Installation, declaration: RecordDeclaration, rule: RetentionRule, contact_id: UUID
) -> datetime | date | None:
    """When the period began of what is the last to go; None if that of something has not begun."""
    if declaration.retention_class == "relationship":
        return await last_contact(crm, contact_id, rule.event)
    if declaration.retention_class == "request":
        return await last_closed(crm, declaration, contact_id)
    known = {column._meta.name for column in declaration.table._meta.columns}
    column = declaration.begins or next((name for name in COLUMNS[rule.event] if name in known), None)
    condition = declaration.answer.reached or (f"{declaration.subject} = ?" if declaration.subject else "")
    if column is None or not condition:
        return None
    # Not max(): an aggregate has lost its column's type on one of the engines.
    rows = await crm.data.fetch(
        f"SELECT {column} AS at FROM {declaration.name} WHERE {condition} ORDER BY {column} IS NULL DESC, {column} DESC LIMIT 1",
        *(contact_id,) * condition.count("?"),
    )
    return rows[0]["at"] if rows else None


async def last_contact(crm: Installation, contact_id: UUID, event: str) -> datetime | None:
    """When anything last happened between us and a contact: an interaction, a word about consent, its being entered."""
    rows = await crm.data.fetch("SELECT created_at, touched_at FROM contact WHERE id = ?", contact_id)
    if not rows or event == "created":
        return rows[0]["created_at"] if rows else None
    said = await crm.data.fetch(
        "SELECT recorded_at FROM consent_event WHERE subject_id = ? ORDER BY recorded_at DESC LIMIT 1", contact_id
    )
    moments = [rows[0]["created_at"], rows[0]["touched_at"], *(row["recorded_at"] for row in said)]
    latest: datetime = max(moment for moment in moments if moment is not None)
    return latest


async def last_closed(crm: Installation, declaration: RecordDeclaration, contact_id: UUID) -> datetime | None:
    """When the last of a person's requests, erasures or holds was closed; None while one is open."""
    table, column = CLOSED.get(declaration.name, ("rights_request", "closed_at"))
    rows = await crm.data.fetch(
        f"SELECT {column} AS at FROM {table} WHERE contact_id = ? ORDER BY {column} IS NULL DESC, {column} DESC LIMIT 1",
        contact_id,
    )
    return rows[0]["at"] if rows else None


def local_day(crm: Installation, moment: datetime) -> date:
    """The day it was where the organisation is."""
    return moment.astimezone(ZoneInfo(crm.settings.time_zone)).date()
