"""Opportunities elsewhere: on a contact's page and timeline, on "My day", in the search and in the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import (
    Access,
    IndexField,
    Installation,
    Opened,
    Place,
    TimelineItem,
    TimelineSource,
    as_decimal,
    display_names,
    now,
    system_access,
)
from confida_sales.content import OPPORTUNITY, OpportunityContent
from confida_sales.opportunities.listing import opportunities_of, steps_due
from confida_sales.opportunities.narrowing import TITLES, Narrowing, with_words
from confida_sales.opportunities.pipelines import stages_by_id
from confida_web.api import Found, matches_words

OPEN = "sales.open_opportunities"
MOST_READ = 50
KIND = "opportunity"


def today_of(crm: Installation) -> date:
    """The installation's day, because a panel does not know who reads it."""
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page."""
    return {
        "found": await opportunities_of(crm, access, contact_id, today_of(crm)),
        "new_href": f"/x/sales/opportunities/new?contact={contact_id}",
        "may_write": access.actor.may("sales.write"),
    }


async def widget_data(crm: Installation, access: Access) -> Mapping[str, Any]:
    """For "My day": what comes next in one's own opportunities."""
    return {
        "found": await steps_due(crm, access, access.actor.id, today_of(crm)),
        "owner_id": access.actor.id,
    }


async def find(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """For the search: by title or contact, what is open first."""
    narrowing = Narrowing(text=" ".join(words))
    found = await with_words(crm, access, narrowing, "outcome <> 'deleted'", ())
    rows = sorted(found.rows, key=lambda row: str(row["outcome"]) != "open")[:MOST_READ]
    stages = await stages_by_id(crm)
    opened = await crm.door.open(access, OPPORTUNITY, rows)
    names = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    hits = [one for one in opened if means(one, names, words)]
    return [
        Found(
            label=one.content.title,
            href=f"/x/sales/opportunities/{one.row['id']}",
            detail=f"{names[one.row['contact_id']]}, {stages[one.row['stage_id']].name}",
            icon="deal",
        )
        for one in hits[:limit]
    ]


def means(one: Opened[OpportunityContent], names: Mapping[UUID, str], words: tuple[str, ...]) -> bool:
    """Whether the words may mean it: the title has one of them at least, so that a name alone does not list all of theirs."""
    name = names.get(one.row["contact_id"])
    title = one.content.title
    return (
        name is not None
        and matches_words(f"{title} {name}", words)
        and any(matches_words(title, (word,)) for word in words)
    )


async def timeline(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """Steps of a contact's opportunities, the latest first."""
    if (kinds and KIND not in kinds) or not access.actor.may("sales.read"):
        return []
    older = " AND (c.at, c.id) < (?, ?)" if before else ""
    steps = await crm.data.fetch(
        "SELECT c.* FROM sales_stage_change AS c JOIN sales_opportunity AS o ON o.id = c.opportunity_id "
        f"WHERE c.contact_id = ? AND o.outcome <> 'deleted'{older} ORDER BY c.at DESC, c.id DESC LIMIT ?",
        contact_id, *(before or ()), limit,
    )  # fmt: skip
    rows = await crm.records.rows(OPPORTUNITY, list(dict.fromkeys(step["opportunity_id"] for step in steps)))
    opened = {one.row["id"]: one for one in await crm.door.open(access, OPPORTUNITY, rows)}
    stages = await stages_by_id(crm)
    return [item_of(step, opened[step["opportunity_id"]], stages) for step in steps if step["opportunity_id"] in opened]


def item_of(step: Mapping[str, Any], one: Opened[OpportunityContent], stages: Mapping[UUID, Any]) -> TimelineItem:
    stage = stages.get(step["to_stage_id"])
    first = step["from_stage_id"] is None
    name = stage.name if stage else ""
    return TimelineItem(
        id=step["id"],
        at=step["at"],
        kind=KIND,
        kind_label="Opportunity",
        icon={"won": "won", "lost": "lost"}.get(stage.outcome if stage else "", "deal"),
        subject=one.content.title,
        body=f"Written down in “{name}”." if first else f"Moved to “{name}”.",
        people=(step["contact_id"],),
        created_by=step["by_id"],
    )


async def titles(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """For the index: titles of all opportunities of each contact, so that words find them."""
    found: dict[UUID, set[str]] = {}
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE contact_id IN ({marks}) AND outcome <> 'deleted'", *ids
    )
    for one in await crm.door.open(system_access("index"), OPPORTUNITY, rows):
        found.setdefault(one.row["contact_id"], set()).add(one.content.title)
    return {contact_id: frozenset(texts) for contact_id, texts in found.items()}


async def counted(crm: Installation, ids: Sequence[UUID], outcome: str) -> dict[UUID, Any]:
    """How many with this outcome each contact has."""
    return {row["contact_id"]: row["number"] for row in await grouped(crm, ids, "count(*) AS number", outcome)}


async def grouped(crm: Installation, ids: Sequence[UUID], what: str, outcome: str) -> list[Any]:
    marks = ", ".join("?" * len(ids))
    return await crm.data.fetch(
        f"SELECT contact_id, {what} FROM sales_opportunity WHERE contact_id IN ({marks}) AND outcome = ? "
        "GROUP BY contact_id",
        *ids, outcome,
    )  # fmt: skip


async def open_count(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await counted(crm, ids, "open")


async def won_count(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await counted(crm, ids, "won")


async def last_won(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    found = await grouped(crm, ids, "max(closed_at) AS at", "won")
    return {row["contact_id"]: day_in(row["at"]) for row in found}


def day_in(moment: Any) -> date:
    """SQLite gives what `max` finds as text."""
    return date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment.date()


async def open_value(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The sum of what is open, in major units; the most valuable currency where there are several."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, currency, sum(value) AS amount FROM sales_opportunity WHERE contact_id IN ({marks}) "
        "AND outcome = 'open' GROUP BY contact_id, currency",
        *ids,
    )
    found: dict[UUID, float] = {}
    for row in rows:
        amount = float(as_decimal(int(row["amount"]), row["currency"]))
        found[row["contact_id"]] = max(amount, found.get(row["contact_id"], 0.0))
    return found


async def open_stages(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Names of the stages in which each contact has something open."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        "SELECT DISTINCT o.contact_id, s.name FROM sales_opportunity AS o JOIN sales_stage AS s ON s.id = o.stage_id "
        f"WHERE o.contact_id IN ({marks}) AND o.outcome = 'open'",
        *ids,
    )
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], set()).add(row["name"])
    return {contact_id: frozenset(names) for contact_id, names in found.items()}


async def next_step_on(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    found = await grouped(crm, ids, "min(next_on) AS day", "open")
    return {row["contact_id"]: as_day(row["day"]) for row in found if row["day"]}


def as_day(day: Any) -> date:
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day


FOLLOWS = (OPPORTUNITY.name,)
INDEX_FIELDS = (
    IndexField(key=TITLES, type="text", label="Title of an opportunity", gather=titles, follows=FOLLOWS),
    IndexField(key=OPEN, type="number", label="Open opportunities", gather=open_count, follows=FOLLOWS),
    IndexField(
        key="sales.open_value", type="number", label="Value of open opportunities", gather=open_value, follows=FOLLOWS
    ),
    IndexField(
        key="sales.stage", type="set", label="Stage of an open opportunity", gather=open_stages, follows=FOLLOWS
    ),
    IndexField(
        key="sales.next_step_on", type="date", label="Next step of an opportunity", gather=next_step_on, follows=FOLLOWS
    ),
    IndexField(key="sales.won", type="number", label="Opportunities won", gather=won_count, follows=FOLLOWS),
    IndexField(key="sales.last_won", type="date", label="Last opportunity won", gather=last_won, follows=FOLLOWS),
)
TIMELINE_SOURCES = (TimelineSource(key="sales.opportunities", label="Opportunities", entries=timeline),)
