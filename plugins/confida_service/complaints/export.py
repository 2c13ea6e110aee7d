"""Complaints as a file for spreadsheets: what happened, without whom it happened to."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

from confida_core.api import (
    Access,
    Installation,
    as_decimal,
    guarded_cell,
    record_audit_event,
)
from confida_service.complaints.listing import ComplaintQuery, ShownComplaint, list_complaints

HEADS = (
    "ticket", "step", "cause", "area", "received", "acknowledge by", "acknowledged", "answer by", "answered", "remedy",
    "amount", "currency", "refunded", "satisfied", "closed",
)  # fmt: skip
AT_ONCE = 500
MOST = 20_000


async def complaints_csv(crm: Installation, access: Access, query: ComplaintQuery) -> bytes:
    """Those of the query, with a byte order mark; formulas are guarded. Neither names nor what was written about people.

    Who took them out is kept. Raises Forbidden without `service.read` or `exchange.export`.
    """
    access.actor.require("exchange.export")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    query, written = replace(query, after=""), 0
    while written < MOST:
        listed = await list_complaints(crm, access, query, limit=AT_ONCE)
        writer.writerows([guarded_cell(cell) for cell in cells(one)] for one in listed.rows)
        written += AT_ONCE
        if not listed.following:
            break
        query = replace(query, after=listed.following)
    await record_audit_event(
        crm, "service.complaints_exported", actor_id=access.actor.id, target_kind="complaints", serious=True
    )
    return out.getvalue().encode("utf-8-sig")


def cells(one: ShownComplaint) -> list[str]:
    return [
        str(one.number), one.step_label, one.cause, one.area, day(one.received_on), day(one.acknowledge_by),
        day(one.acknowledged_on), day(one.answer_by), day(one.answered_on), one.remedy_label,
        "" if one.amount is None else str(as_decimal(one.amount, one.currency)), one.currency, day(one.refunded_on),
        one.satisfied_label, day(one.closed_on),
    ]  # fmt: skip


def day(value: date | None) -> str:
    return value.isoformat() if value else ""
