"""What falls due by which rule: found with plain queries on operational columns, nothing is opened.

Kept all the same are people under a hold, and, of the contacts themselves, those whose processing is restricted (they may
have asked for that lest their data go, GDPR Art. 18(1)(b), (c)) and those who wait for an answer to a request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from piccolo.columns import Column, Date

from confida_consent.proof import proof_owed_until
from confida_consent.rights.holds import today_of
from confida_consent.rights.retention import rules, switched_on
from confida_consent.rights.retention_log import count_reads
from confida_consent.rights.retention_rules import RetentionRule
from confida_core.clock import now
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.access import Access

PAGE = 500
SHOWN = 50

# Class -> what it consists of: kind, and the rows whose period began before the day (`:cut`, once for each `?`).
FINDERS: Mapping[str, Mapping[str, str]] = {
    "relationship": {
        "contact": "SELECT c.id AS id, c.id AS contact_id, c.created_at AS begun, c.touched_at AS later FROM contact c "
        "WHERE c.deleted_at IS NULL AND c.created_at < ? AND (c.touched_at IS NULL OR c.touched_at < ?) "
        "AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.subject_id = c.id AND e.recorded_at >= ?) "
        "AND NOT EXISTS (SELECT 1 FROM interaction_participant p WHERE p.contact_id = c.id AND p.state = 'planned') "
        "AND c.id > ? ORDER BY c.id LIMIT ?",
    },
    "evidence": {
        "evidence": "SELECT e.subject_id AS id, e.subject_id AS contact_id, NULL AS begun, NULL AS later "
        "FROM consent_event e WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = e.subject_id) "
        "AND NOT EXISTS (SELECT 1 FROM consent_event n WHERE n.subject_id = e.subject_id AND n.recorded_at >= ?) "
        "AND e.subject_id > ? GROUP BY e.subject_id ORDER BY e.subject_id LIMIT ?",
    },
    "request": {
        "request": "SELECT id, contact_id, closed_at AS begun, NULL AS later FROM rights_request "
        "WHERE closed_at < ? AND id > ? ORDER BY id LIMIT ?",
        "erasure": "SELECT id, contact_id, finished_at AS begun, NULL AS later FROM rights_erasure "
        "WHERE finished_at < ? AND id > ? ORDER BY id LIMIT ?",
        "hold": "SELECT id, contact_id, lifted_at AS begun, NULL AS later FROM rights_hold "
        "WHERE lifted_at < ? AND id > ? ORDER BY id LIMIT ?",
    },
}
FIRST = UUID(int=0)


def finders(crm: Installation, retention_class: str) -> Mapping[str, str]:
    """What a class consists of; of those of plugins, the records that say from when their time counts (`begins`)."""
    if retention_class in FINDERS:
        return FINDERS[retention_class]
    return {
        record.name: f"SELECT id, {record.subject} AS contact_id, {record.begins} AS begun, NULL AS later "
        f"FROM {record.name} WHERE {record.begins} < ? AND id > ? ORDER BY id LIMIT ?"
        for record in crm.registry.records.values()
        if record.retention_class == retention_class and record.begins and record.subject
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that fell due. kind: contact, evidence, request, erasure or hold. kept: why it stays, or "" """

    kind: str
    id: UUID
    contact_id: UUID | None
    until: date | None
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueByRule:
    """What one rule says. count: how much fell due, `kept` of it stays for now. items: the first of it.

    endable: the program can end such data; else only their date is known.
    """

    rule: RetentionRule
    on: bool
    endable: bool
    count: int = 0
    kept: int = 0
    items: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What falls due by a day. country: "" as long as nobody has chosen whose rules hold; then there are no rules."""

    country: str
    name: str
    by: date
    rules: tuple[DueByRule, ...] = ()


async def due_now(crm: Installation, access: Access, *, by: date | None = None, shown: int = SHOWN) -> Preview:
    """What falls due today (or by a later day), by every rule, whether it is switched on or not; changes nothing.

    Opens nothing: whoever shows names opens them through the door. Raises Forbidden without `registers.read`,
    InvalidRetention for an own file with faults.
    """
    access.actor.require("registers.read")
    day = by or today_of(crm)
    country = await rules(crm)
    if country is None:
        return Preview(country="", name="", by=day)
    on = await switched_on(crm)
    found = [await due_by_rule(crm, rule, day, on=rule.key in on, shown=shown) for rule in country.rules]
    return Preview(country=country.country, name=country.name, by=day, rules=tuple(found))


async def due_soon(crm: Installation, access: Access, days: int, *, shown: int = SHOWN) -> Preview:
    """What will have fallen due in so many days, what is due today included. Raises as `due_now`."""
    return await due_now(crm, access, by=today_of(crm) + timedelta(days=days), shown=shown)


async def due_by_rule(crm: Installation, rule: RetentionRule, day: date, *, on: bool, shown: int) -> DueByRule:
    if rule.retention_class == "read_log":
        lines = await count_reads(crm, start_of(crm, rule.due_before(day)))
        return DueByRule(rule=rule, on=on, endable=True, count=lines)
    if not finders(crm, rule.retention_class):
        return DueByRule(rule=rule, on=False, endable=False)
    count, kept, items = 0, 0, list[Due]()
    async for page in pages_due(crm, rule, day):
        count += len(page)
        kept += sum(1 for one in page if one.kept)
        items += page[: max(0, shown - len(items))]
    return DueByRule(rule=rule, on=on, endable=True, count=count, kept=kept, items=tuple(items))


async def pages_due(crm: Installation, rule: RetentionRule, day: date) -> AsyncIterator[list[Due]]:
    """Everything that one rule finds, page by page; may be ended while it is read."""
    before = rule.due_before(day)
    for kind, sql in finders(crm, rule.retention_class).items():
        last, cut = FIRST, before if of_days(crm, kind) else start_of(crm, before)
        times = sql.count("?") - 2
        while rows := await crm.data.fetch(sql, *(cut,) * times, last, PAGE):
            last = rows[-1]["id"]
            found = await proof_not_owed(crm, rows) if kind == "evidence" else rows
            yield await judged(crm, rule, kind, found)


def of_days(crm: Installation, kind: str) -> bool:
    """Whether the time of these is counted from a day, which no zone moves, and not from a moment."""
    record = crm.registry.records.get(kind)
    return bool(record and record.begins and isinstance(column_of(record), Date))


def column_of(record: RecordDeclaration) -> Column:
    return record.table._meta.get_column_by_name(record.begins)


def start_of(crm: Installation, day: date) -> datetime:
    """The instant at which a day begins where the organisation is."""
    return datetime.combine(day, time(), ZoneInfo(crm.settings.time_zone)).astimezone(UTC)


async def proof_not_owed(crm: Installation, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Without those whose country wants the proof for longer (CR-9)."""
    owed, moment = await proof_owed_until(crm, [row["id"] for row in rows]), now()
    return [row for row in rows if row["id"] not in owed or owed[row["id"]] <= moment]


async def judged(crm: Installation, rule: RetentionRule, kind: str, rows: Sequence[Mapping[str, Any]]) -> list[Due]:
    """The rows with what keeps each for now."""
    waiting = await with_open_requests(crm, [row["id"] for row in rows]) if kind == "contact" else set()
    await crm.orders.refresh()
    return [
        Due(
            kind=kind,
            id=row["id"],
            contact_id=row["contact_id"],
            until=last_day(crm, rule, row),
            kept=why_kept(crm, kind, row, waiting),
        )
        for row in rows
    ]


def why_kept(crm: Installation, kind: str, row: Mapping[str, Any], waiting: set[UUID]) -> str:
    contact_id = row["contact_id"]
    if contact_id is None:
        return ""
    if crm.orders.held(contact_id):
        return "hold"
    if kind != "contact":
        return ""
    if crm.orders.restricted(contact_id):
        return "restriction"
    return "request" if contact_id in waiting else ""


def last_day(crm: Installation, rule: RetentionRule, row: Mapping[str, Any]) -> date | None:
    if isinstance(row["begun"], date) and not isinstance(row["begun"], datetime):
        return rule.until(row["begun"])
    moments = [row[name] for name in ("begun", "later") if isinstance(row[name], datetime)]
    if not moments:
        return None
    started = moments[0] if rule.event == "created" else max(moments)
    return rule.until(started.astimezone(ZoneInfo(crm.settings.time_zone)).date())


async def with_open_requests(crm: Installation, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those who wait for an answer."""
    found: set[UUID] = set()
    for batch in batches(contact_ids):
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT contact_id FROM rights_request WHERE closed_at IS NULL AND contact_id IN ({marks})", *batch
        )
        found |= {row["contact_id"] for row in rows}
    return found
