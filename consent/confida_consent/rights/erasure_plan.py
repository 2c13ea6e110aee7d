"""What an erasure would do, before anybody confirms it: what goes now, what stays, on which ground and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_consent.durations import after
from confida_consent.erasing import evidence_kept_for
from confida_consent.proof import proof_owed_until
from confida_consent.records import EVENT
from confida_consent.rights.content import HoldNote
from confida_consent.rights.declared import CLASS, HOLD
from confida_consent.rights.erasure_facts import BlockingHold, ErasurePlan, Going, Recipient, SharedPart, Staying
from confida_consent.rights.retention import KeptUntil, retention_country
from confida_consent.rights.retention import kept_until as by_rule
from confida_core.clock import now
from confida_core.contacts.erasing import erased_classes, erased_records
from confida_core.contacts.shared_erasing import shared_declarations, shared_with_others
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.outbound.content import DISCLOSURE
from confida_core.vault.access import Access, NotFound, system_access

INSIDE = system_access("erasure", "data_subject_rights")
PROVISIONS = {"evidence": "GDPR Art. 17(3)(e)", "bookkeeping": "GDPR Art. 17(3)(b)", CLASS: "GDPR Art. 17(3)(e)"}


async def plan_erasure(crm: Installation, access: Access, contact_id: UUID, *, evidence: bool = False) -> ErasurePlan:
    """What erasing this contact would do, now. Changes nothing. Also for people who are restricted or in the trash.

    evidence: plan to erase the proof of consents as well. Raises Forbidden without `requests.decide`, NotFound.
    Opens the names of recipients; for staff that counts as a read of the contact.
    """
    access.actor.require("requests.decide")
    if not await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id):
        raise NotFound
    access.seen.add(contact_id)
    if access.actor.kind != "system" and not access.deferred:
        await crm.door.read_log.settle(access)
    classes = tuple(erased_classes(crm.registry.records.values()))
    due = evidence or await evidence_lapsed(crm, contact_id)
    return ErasurePlan(
        contact_id=contact_id,
        classes=classes,
        goes=tuple(await going(crm, contact_id, classes, evidence=due)),
        stays=tuple(await staying(crm, contact_id, evidence=due)),
        shared=tuple(await shared_parts(crm, contact_id, classes)),
        recipients=tuple(await recipients_of(crm, contact_id)),
        blocked_by=tuple(await blocking_holds(crm, contact_id)),
        evidence_due=due,
    )


async def count(crm: Installation, table: str, condition: str, contact_id: UUID) -> int:
    args = (contact_id,) * condition.count("?")
    return int((await crm.data.fetch(f"SELECT count(*) AS n FROM {table} WHERE {condition}", *args))[0]["n"])


async def going(crm: Installation, contact_id: UUID, classes: Sequence[str], *, evidence: bool = False) -> list[Going]:
    """What goes, by table and store, without what there is none of."""
    found = [
        Going(
            key=record.name,
            label=record.label,
            count=await count(crm, record.name, f"{record.subject} = ?", contact_id),
        )
        for record in erased_records(crm)
    ]
    found += [
        Going(
            key=record.name,
            label=f"{record.label} (content)",
            count=await count(crm, record.name, f"{record.subject} = ?", contact_id),
        )
        for record in crm.registry.records.values()
        if record.subject is not None and record.erasure == "redact"
    ]
    alone = (
        "id IN (SELECT m.record_id FROM shared_key m WHERE m.subject_id = ? AND NOT EXISTS "
        "(SELECT 1 FROM shared_key o WHERE o.record_id = m.record_id AND o.subject_id <> m.subject_id))"
    )
    found += [
        Going(key=record.name, label=record.label, count=await count(crm, record.name, alone, contact_id))
        for record in shared_declarations(crm.registry, classes)
    ]
    links = await count(crm, "relationship", "from_id = ? OR to_id = ?", contact_id)
    found.append(Going(key="relationship", label=crm.registry.records["relationship"].label, count=links))
    for table in crm.registry.all("tables"):
        if table.subject:
            name = table.table._meta.tablename
            rows = await count(crm, name, f"{table.subject} = ?", contact_id)
            found.append(Going(key=name, label=f"Links and states ({name.replace('_', ' ')})", count=rows))
    if evidence:
        rows = await count(crm, EVENT.name, "subject_id = ?", contact_id)
        found.append(Going(key=EVENT.name, label=EVENT.label, count=rows))
    for store in crm.registry.stores.values():
        # What a store describes in a table of its own has been counted there.
        if not store.records:
            kept = len(await store.collect(crm, INSIDE, contact_id))
            found.append(Going(key=store.key, label=store.label, count=kept))
    return [each for each in found if each.count]


async def staying(crm: Installation, contact_id: UUID, *, evidence: bool = False) -> list[Staying]:
    """What outlasts the erasure, by table, without what there is none of."""
    found = []
    for record in crm.registry.records.values():
        if record.erasure != "keep" or (evidence and record.name == EVENT.name):
            continue
        rows = await kept_rows(crm, record, contact_id)
        if rows:
            kept = await kept_until(crm, record, contact_id)
            found.append(
                Staying(
                    key=record.name,
                    label=record.label,
                    count=rows,
                    retention_class=record.retention_class,
                    ground=record.keeps,
                    provision="" if "Art. 17(3)" in record.keeps else PROVISIONS.get(record.retention_class, ""),
                    until=kept.until,
                    citation=kept.citation,
                )
            )
    return found


async def kept_rows(crm: Installation, record: RecordDeclaration, contact_id: UUID) -> int:
    if record.answer.reached:
        return await count(crm, record.name, record.answer.reached, contact_id)
    if record.subject is not None:
        return await count(crm, record.name, f"{record.subject} = ?", contact_id)
    return await count(crm, record.name, "id IN (SELECT record_id FROM shared_key WHERE subject_id = ?)", contact_id)


async def kept_until(crm: Installation, record: RecordDeclaration, contact_id: UUID) -> KeptUntil:
    """The last day by the rule of retention for this table; of proof, while nobody has chosen rules, by when claims lapse."""
    kept = await by_rule(crm, record, contact_id)
    if record.name != EVENT.name or await retention_country(crm):
        return kept
    newest = await newest_event(crm, contact_id)
    ends = [after(newest, await evidence_kept_for(crm)).date()] if newest else []
    ends += [end.date() for end in (await proof_owed_until(crm, [contact_id])).values()]
    return replace(kept, until=max(ends, default=None))


async def newest_event(crm: Installation, contact_id: UUID) -> datetime | None:
    rows = await crm.data.fetch(
        "SELECT recorded_at FROM consent_event WHERE subject_id = ? ORDER BY recorded_at DESC LIMIT 1", contact_id
    )
    return rows[0]["recorded_at"] if rows else None


async def evidence_lapsed(crm: Installation, contact_id: UUID) -> bool:
    """Whether there is proof of consents whose time is over."""
    if await newest_event(crm, contact_id) is None:
        return False
    until = (await kept_until(crm, EVENT, contact_id)).until
    return until is not None and until < now().date()


async def shared_parts(crm: Installation, contact_id: UUID, classes: Sequence[str]) -> list[SharedPart]:
    """What others keep their part of: how many records and people, and never who."""
    found = []
    for record in shared_declarations(crm.registry, classes):
        source = shared_with_others(record)
        rows = await crm.data.fetch(
            "SELECT count(DISTINCT k.record_id) AS records, count(DISTINCT k.subject_id) AS people FROM shared_key k "
            f"WHERE k.subject_id <> ? AND k.record_id IN (SELECT r.id {source})",
            contact_id, contact_id, contact_id,
        )  # fmt: skip
        if rows[0]["records"]:
            part = SharedPart(key=record.name, label=record.label, records=rows[0]["records"], people=rows[0]["people"])
            found.append(part)
    return found


async def recipients_of(crm: Installation, contact_id: UUID) -> list[Recipient]:
    """Everybody who got data of this person, by name; nobody once the key of the register is destroyed."""
    rows = await crm.data.fetch("SELECT * FROM disclosure WHERE contact_id = ? ORDER BY at, id", contact_id)
    by_name: dict[str, list[Any]] = {}
    for opened in await crm.door.open(INSIDE, DISCLOSURE, rows):
        by_name.setdefault(opened.content.recipient or "?", []).append(opened.row)
    return [
        Recipient(
            name=name,
            times=len(own),
            last=own[-1]["at"],
            purposes=tuple(Counter(row["purpose"] for row in own)),
            references=tuple(row["id"] for row in reversed(own)),
        )
        for name, own in sorted(by_name.items())
    ]


async def blocking_holds(crm: Installation, contact_id: UUID) -> list[BlockingHold]:
    """The standing orders that count, each with what was written down about it."""
    await crm.orders.refresh()
    orders = [order for order in crm.orders.of(contact_id) if order.kind == "hold"]
    if not orders:
        return []
    rows = await crm.data.fetch("SELECT * FROM rights_hold WHERE contact_id = ?", contact_id)
    notes = {item.row["order_id"]: item for item in await crm.door.open(INSIDE, HOLD, rows)}
    found = []
    for order in orders:
        item = notes.get(order.id)
        note: HoldNote = item.content if item else HoldNote()
        review_on = item.row["review_on"] if item else None
        found.append(
            BlockingHold(
                order_id=order.id, given_at=order.given_at, name=note.name, owner=note.owner, review_on=review_on
            )
        )
    return found


__all__ = ["BlockingHold", "ErasurePlan", "Going", "Recipient", "SharedPart", "Staying", "plan_erasure"]
