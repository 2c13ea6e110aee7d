"""What became of messages, counted in the ledger, at core's door and in what people said afterwards. Nothing is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from confida_core.api import Installation, Row, plugin_settings
from confida_marketing.results.kept_totals import kept_of
from confida_marketing.settings import MarketingSettings

By = Literal["source_id", "part", "variant"]
Place = Any
# Numbers below this are not told where they are of what few people did.
FEWEST = 5
SPAN = {
    "sqlite": "(julianday({later}) - julianday({earlier}))",
    "postgres": "(EXTRACT(EPOCH FROM ({later} - {earlier})) / 86400)",
}
BOUNCED = "coalesce(m.returned, '') IN ('address', 'message')"
SENT = f"(d.state IN ('printed', 'called') OR (d.state = 'queued' AND (m.state = 'sent' OR {BOUNCED})))"
TOUCHED = "d.state IN ('queued', 'called', 'printed')"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """People, but for clicks. addressed: on the list, without those held out. sent: to whom it left.

    bounced: of them, to whom it could not be delivered. complained: who reported it as unwanted. refused: whom the gate kept
    from it. replied: who wrote or called within the days of effect. ended: who withdrew or objected within them.
    clicks: on links, of all together, however often one person clicks.
    """

    addressed: int = 0
    held_out: int = 0
    sent: int = 0
    bounced: int = 0
    complained: int = 0
    refused: int = 0
    replied: int = 0
    ended: int = 0
    clicks: int = 0

    @property
    def delivered(self) -> int:
        return self.sent - self.bounced


async def counted(crm: Installation, ids: Sequence[UUID], by: By = "source_id") -> dict[Place, Counts]:
    """Of these campaigns and journeys, divided by one column. Five queries, whatever their number.

    As a whole, those whose days of effect are over are told as they were written down.
    """
    if not ids:
        return {}
    if by != "source_id":
        return await counted_now(crm, ids, by)
    kept = await kept_of(crm, ids)
    found = await counted_now(crm, [one for one in ids if one not in kept], by)
    found |= {one: Counts(**figures) for one, figures in kept.items()}
    return with_numbers(found, {"clicks": await clicked(crm, ids, by)})


async def counted_now(crm: Installation, ids: Sequence[UUID], by: By) -> dict[Place, Counts]:
    if not ids:
        return {}
    days = (await plugin_settings(crm, MarketingSettings)).effect_days
    found = {row["place"]: reach_of(row) for row in await reach(crm, ids, by)}
    parts = {
        "replied": await replied(crm, ids, by, days),
        "ended": await ended(crm, ids, by, days),
        "clicks": await clicked(crm, ids, by) if by != "source_id" else [],
    }
    return with_numbers(found, parts)


def with_numbers(found: dict[Place, Counts], parts: Mapping[str, list[Row]]) -> dict[Place, Counts]:
    for name, rows in parts.items():
        for row in rows:
            if row["place"] in found:
                found[row["place"]] = replace(found[row["place"]], **{name: int(row["number"])})
    return found


def marks_of(ids: Sequence[Any]) -> str:
    return ", ".join("?" * len(ids))


def reach_of(row: Row) -> Counts:
    names = ("addressed", "held_out", "sent", "bounced", "complained", "refused")
    return Counts(**{name: int(row[name]) for name in names})


async def reach(crm: Installation, ids: Sequence[UUID], by: By) -> list[Row]:
    sums = {
        "addressed": "d.state <> 'held_out'",
        "held_out": "d.state = 'held_out'",
        "sent": SENT,
        "bounced": f"d.state = 'queued' AND {BOUNCED}",
        "complained": "coalesce(m.returned, '') = 'complaint'",
        "refused": "d.state = 'refused' OR (d.state = 'queued' AND m.state = 'refused')",
    }
    columns = ", ".join(f"sum(CASE WHEN {what} THEN 1 ELSE 0 END) AS {name}" for name, what in sums.items())
    return await crm.data.fetch(
        f"SELECT d.{by} AS place, {columns} FROM marketing_delivery d LEFT JOIN outbound_message m ON m.id = d.message_id "
        f"WHERE d.source_id IN ({marks_of(ids)}) GROUP BY d.{by}",
        *ids,
    )


def span(crm: Installation, later: str) -> str:
    return SPAN[crm.data.engine].format(later=later, earlier="d.at")


def the_last_before(moment: str) -> str:
    """What follows counts for the last message somebody had before it, and for no other."""
    return (
        "NOT EXISTS (SELECT 1 FROM marketing_delivery l WHERE l.contact_id = d.contact_id AND l.at > d.at "
        f"AND l.at < {moment} AND l.source <> 'test' AND l.state IN ('queued', 'called', 'printed'))"
    )


async def replied(crm: Installation, ids: Sequence[UUID], by: By, days: int) -> list[Row]:
    """Who wrote or called, by whatever brought it here: an interaction that came in, also about something else."""
    return await crm.data.fetch(
        f"SELECT d.{by} AS place, count(DISTINCT d.contact_id) AS number FROM marketing_delivery d "
        "JOIN interaction_participant p ON p.contact_id = d.contact_id AND p.at > d.at AND p.state = 'done' "
        "JOIN interaction i ON i.id = p.interaction_id AND i.direction = 'in' "
        f"WHERE d.source_id IN ({marks_of(ids)}) AND {TOUCHED} AND {span(crm, 'p.at')} <= ? AND {the_last_before('p.at')} "
        f"GROUP BY d.{by}",
        *ids, days,
    )  # fmt: skip


async def ended(crm: Installation, ids: Sequence[UUID], by: By, days: int) -> list[Row]:
    """Who said no to the purpose of the message, on its channel. What a complaint of theirs ended is told as a complaint."""
    return await crm.data.fetch(
        f"SELECT d.{by} AS place, count(DISTINCT d.contact_id) AS number FROM marketing_delivery d "
        "JOIN outbound_message m ON m.id = d.message_id "
        "JOIN consent_event e ON e.subject_id = d.contact_id AND e.purpose = m.purpose AND e.channel = m.channel "
        "AND e.kind IN ('withdrawn', 'objected') AND e.method <> 'system' AND e.indicated_at > d.at "
        f"WHERE d.source_id IN ({marks_of(ids)}) AND {TOUCHED} AND {span(crm, 'e.indicated_at')} <= ? "
        f"AND {the_last_before('e.indicated_at')} GROUP BY d.{by}",
        *ids, days,
    )  # fmt: skip


async def clicked(crm: Installation, ids: Sequence[UUID], by: By) -> list[Row]:
    return await crm.data.fetch(
        f"SELECT {by} AS place, sum(clicks) AS number FROM marketing_link WHERE source_id IN ({marks_of(ids)}) GROUP BY {by}",
        *ids,
    )  # fmt: skip


async def links_opened(crm: Installation, source_id: UUID) -> list[tuple[str, int]]:
    """Each address with its clicks, the most opened first; one query."""
    rows = await crm.data.fetch(
        "SELECT url, sum(clicks) AS number FROM marketing_link WHERE source_id = ? GROUP BY url "
        "ORDER BY number DESC, url LIMIT 100",
        source_id,
    )  # fmt: skip
    return [(row["url"], int(row["number"])) for row in rows]


async def senders(crm: Installation, start: datetime, end: datetime) -> list[tuple[str, UUID]]:
    """Campaigns that began, and journeys that wrote to somebody, from start until before end; the latest first, at most 200."""
    rows = await crm.data.fetch(
        "SELECT 'campaign' AS source, id, started_at AS at FROM marketing_campaign WHERE deleted_at IS NULL "
        "AND started_at >= ? AND started_at < ? UNION ALL "
        "SELECT source, source_id AS id, max(at) AS at FROM marketing_delivery WHERE source = 'journey' "
        "AND at >= ? AND at < ? GROUP BY source, source_id ORDER BY at DESC, id DESC LIMIT 200",
        start, end, start, end,
    )  # fmt: skip
    return [(row["source"], row["id"]) for row in rows]
