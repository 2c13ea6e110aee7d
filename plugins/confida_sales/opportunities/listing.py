"""The list of opportunities: of one kind, in one order, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation
from confida_sales.opportunities.narrowing import BY_NEXT, Narrowing, ShownOpportunity, owned_by, shown, with_words
from confida_sales.opportunities.opportunities import DELETED
from confida_sales.opportunities.pipelines import stages_by_id

PAGE = 50
EVERYTHING = Narrowing()
SORTS: Mapping[str, str] = {
    "next": BY_NEXT,
    "close": "coalesce(close_on, '9999-12-31')",
    "value": "value",
    "created": "created_at",
    "closed": "closed_at",
}
SHOWN: Mapping[str, str] = {"open": "Open", "late": "Overdue", "won": "Won", "lost": "Lost", DELETED: "Trash"}
"""What the list can show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuery:
    """showing: a key of `SHOWN`. sort: of `SORTS`, "" for what fits. after, before: the opportunity beside this page."""

    showing: str = "open"
    sort: str = ""
    descending: bool = False
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    narrowing: Narrowing = EVERYTHING
    after: UUID | None = None
    before: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """rows: in order. first, last: where the pages beside this one begin, None where there is none."""

    rows: tuple[ShownOpportunity, ...] = ()
    first: UUID | None = None
    last: UUID | None = None


def order_of(query: ListQuery) -> tuple[str, bool]:
    """The expression to sort by, and whether downwards: what is open by its next step, what is over the latest first."""
    if query.sort in SORTS:
        return SORTS[query.sort], query.descending
    return (BY_NEXT, False) if query.showing in {"open", "late"} else ("closed_at", True)


def condition_of(query: ListQuery, today: date) -> tuple[str, list[Any]]:
    outcome = "open" if query.showing == "late" else query.showing
    parts, parameters = ["outcome = ?"], list[Any]([outcome])
    if query.showing == "late":
        parts, parameters = [*parts, f"{BY_NEXT} < ?"], [*parameters, today]
    for column, value in (("pipeline_id", query.pipeline_id), ("stage_id", query.stage_id)):
        if value is not None:
            parts, parameters = [*parts, f"{column} = ?"], [*parameters, value]
    return " AND ".join(parts), parameters


async def list_opportunities(crm: Installation, access: Access, query: ListQuery, today: date) -> Listed:
    """One page; as many queries whatever the number of rows. Raises Forbidden.

    With words it is a single page of all that has them, in the order of the next step.
    """
    access.actor.require("sales.write" if query.showing == DELETED else "sales.read")
    condition, parameters = condition_of(query, today)
    stages = await stages_by_id(crm)
    if query.narrowing.words:
        found = await with_words(crm, access, query.narrowing, condition, parameters)
        rows = await shown(crm, access, found.rows, stages, today)
        return Listed(rows=tuple(found.fitting(rows, query.narrowing.words)))
    order, down = order_of(query)
    own, owner = owned_by(query.narrowing)
    beside, backward = query.before or query.after, query.before is not None
    direction, beyond = ("DESC", "<") if down != backward else ("ASC", ">")
    place = f" AND ({order}, id) {beyond} (SELECT {order}, id FROM sales_opportunity WHERE id = ?)" if beside else ""
    found_rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE {condition}{own}{place} "
        f"ORDER BY {order} {direction}, id {direction} LIMIT {PAGE + 1}",
        *parameters, *owner, *([beside] if beside else []),
    )  # fmt: skip
    more, page = len(found_rows) > PAGE, found_rows[:PAGE]
    if backward:
        page.reverse()
    return Listed(
        rows=tuple(await shown(crm, access, page, stages, today)),
        first=page[0]["id"] if page and (more if backward else beside) else None,
        last=page[-1]["id"] if page and (more or backward) else None,
    )


async def opportunities_of(
    crm: Installation, access: Access, contact_id: UUID, today: date, *, most: int = 20
) -> list[ShownOpportunity]:
    """Of one contact who has passed the gate: open ones first, then the latest. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch(
        "SELECT * FROM sales_opportunity WHERE contact_id = ? AND outcome <> 'deleted' "
        "ORDER BY CASE outcome WHEN 'open' THEN 0 ELSE 1 END, stage_since DESC, id LIMIT ?",
        contact_id, most,
    )  # fmt: skip
    return await shown(crm, access, rows, await stages_by_id(crm), today)


async def steps_due(
    crm: Installation, access: Access, owner_id: UUID, today: date, *, most: int = 12
) -> list[ShownOpportunity]:
    """Open ones of one colleague, the next step first; those without one last. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE owner_id = ? AND outcome = 'open' ORDER BY {BY_NEXT}, id LIMIT ?",
        owner_id, most,
    )  # fmt: skip
    return await shown(crm, access, rows, await stages_by_id(crm), today)
