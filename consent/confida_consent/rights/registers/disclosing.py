"""The register of disclosures, across people: to whom what was handed, for what, and when (GDPR Art. 15(1)(c), 19, 30(1)(d))."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_consent.rights.restriction import names_shown
from confida_core.exchange.formula_guard import guarded
from confida_core.installation import Installation
from confida_core.outbound.content import DISCLOSURE
from confida_core.storage.database import Row
from confida_core.vault.access import Access

COLUMNS = ("Time", "Contact", "Contact id", "Recipient", "Purpose", "Lawful basis", "Channel", "Way out", "Data")
PAGE = 200
# So many rows are opened to find one page of a recipient, whose name is sealed in each.
LOOKED_THROUGH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureQuery:
    """since, until: from the first up to, but not with, the second instant. recipient: part of the name, in any case."""

    recipient: str = ""
    purpose: str = ""
    contact_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedTo:
    """One hand-over. name: of the contact, "" where this access may not see it."""

    id: UUID
    contact_id: UUID
    name: str
    at: datetime
    recipient: str
    purpose: str
    basis: str
    channel: str
    path: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePage:
    """next_before: where the next page begins. cut: so much was looked through that older ones may be left out."""

    rows: tuple[DisclosedTo, ...]
    next_before: UUID | None = None
    cut: bool = False


async def disclosure_register(crm: Installation, access: Access, query: DisclosureQuery) -> DisclosurePage:
    """One page, the newest first; recipients and names are opened through the door.

    Raises Forbidden without `registers.read`.
    """
    access.actor.require("registers.read")
    found: list[tuple[Row, Any]] = []
    before, looked = query.before, 0
    while len(found) <= query.limit and looked < LOOKED_THROUGH:
        size = PAGE if query.recipient else query.limit + 1
        rows = await rows_of(crm, query, before, size)
        looked += len(rows)
        opened = await crm.door.open(access, DISCLOSURE, rows)
        found += [
            (one.row, one.content) for one in opened if query.recipient.casefold() in one.content.recipient.casefold()
        ]
        if len(rows) < size:
            break
        before = rows[-1]["id"]
    more, shown = len(found) > query.limit, found[: query.limit]
    names = await names_shown(crm, access, [row["contact_id"] for row, _ in shown])
    cut = looked >= LOOKED_THROUGH and not more
    next_before = shown[-1][0]["id"] if more else before if cut else None
    return DisclosurePage(
        rows=tuple(told(row, content, names) for row, content in shown), next_before=next_before, cut=cut
    )


async def rows_of(crm: Installation, query: DisclosureQuery, before: UUID | None, size: int) -> list[Row]:
    conditions: Mapping[str, object] = {
        "purpose = ?": query.purpose or None,
        "contact_id = ?": query.contact_id,
        "at >= ?": query.since,
        "at < ?": query.until,
        "id < ?": before,
    }
    asked = {condition: value for condition, value in conditions.items() if value is not None}
    where = " AND ".join(asked) or "1 = 1"
    return await crm.data.fetch(
        f"SELECT * FROM disclosure WHERE {where} ORDER BY id DESC LIMIT ?", *asked.values(), size
    )


def told(row: Row, content: Any, names: Mapping[UUID, str]) -> DisclosedTo:
    return DisclosedTo(
        id=row["id"],
        contact_id=row["contact_id"],
        name=names.get(row["contact_id"], ""),
        at=row["at"],
        recipient=content.recipient,
        purpose=row["purpose"],
        basis=row["basis"],
        channel=row["channel"],
        path=row["path"],
        fields=tuple(content.fields),
    )


async def disclosure_purposes(crm: Installation) -> list[str]:
    """Keys of the purposes that anything was handed over for; asks for no permission."""
    return [row["purpose"] for row in await crm.data.fetch("SELECT DISTINCT purpose FROM disclosure ORDER BY purpose")]


async def disclosures_csv(crm: Installation, access: Access, query: DisclosureQuery) -> AsyncIterator[bytes]:
    """Everything the query finds, as a spreadsheet's table in pieces; UTF-8 with a byte-order mark. Raises Forbidden."""
    access.actor.require("registers.read")
    yield b"\xef\xbb\xbf" + line(COLUMNS)
    before = query.before
    while True:
        rows = await rows_of(crm, query, before, PAGE)
        opened = await crm.door.open(access, DISCLOSURE, rows)
        names = await names_shown(crm, access, [one.row["contact_id"] for one in opened])
        wanted = [told(one.row, one.content, names) for one in opened]
        kept = [one for one in wanted if query.recipient.casefold() in one.recipient.casefold()]
        yield b"".join(line_of(one) for one in kept)
        if len(rows) < PAGE:
            return
        before = rows[-1]["id"]


def line_of(one: DisclosedTo) -> bytes:
    return line(
        (
            one.at.isoformat(),
            one.name,
            str(one.contact_id),
            one.recipient,
            one.purpose,
            one.basis,
            one.channel,
            one.path,
            "; ".join(one.fields),
        )
    )


def line(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode()
