"""The board: each stage of a pipeline as a column of cards, the first of each, with their number and sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    Row,
    now,
    summed_amounts,
)
from confida_sales.opportunities.narrowing import (
    BY_NEXT,
    Narrowing,
    ShownOpportunity,
    owned_by,
    shown,
    with_words,
)
from confida_sales.opportunities.pipelines import ShownPipeline, ShownStage

FIRST = 20
MORE = 50
CLOSED_DAYS = 90
"""What was won or lost longer ago is in the list, and not on the board."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """cards: the first ones. count, sums ((amount, currency)): of all in it that were asked for. last: where to go on, or None."""

    stage: ShownStage
    cards: tuple[ShownOpportunity, ...] = ()
    count: int = 0
    sums: tuple[tuple[int, str], ...] = ()
    last: UUID | None = None


async def board(
    crm: Installation, access: Access, way: ShownPipeline, narrowing: Narrowing, today: date, *, first: int = FIRST
) -> tuple[Column, ...]:
    """All columns, in order. The number of queries does not depend on theirs. Raises Forbidden.

    Open ones stand in the order of their next step, closed ones the latest first.
    """
    access.actor.require("sales.read")
    if narrowing.words:
        return await searched(crm, access, way, narrowing, today)
    rows = await first_rows(crm, way.stages, narrowing, first + 1)
    cards = await shown(crm, access, [row for some in rows.values() for row in some[:first]], by_id(way), today)
    counted = await totals(crm, way.stages, narrowing)
    return tuple(
        column_of(stage, cards, counted.get(stage.id, {}), last=rows[stage.id][first - 1]["id"])
        if len(rows.get(stage.id, ())) > first
        else column_of(stage, cards, counted.get(stage.id, {}))
        for stage in way.stages
    )


async def more_cards(
    crm: Installation, access: Access, stage: ShownStage, narrowing: Narrowing, today: date, *, after: UUID
) -> Column:
    """The next cards of one column, after that opportunity; its number and sums are not counted again. Raises Forbidden."""
    access.actor.require("sales.read")
    own, owner = owned_by(narrowing)
    condition, parameters = in_column(stage)
    order, direction = order_of(stage)
    beyond = "<" if direction == "DESC" else ">"
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE {condition}{own} "
        f"AND ({order}, id) {beyond} (SELECT {order}, id FROM sales_opportunity WHERE id = ?) "
        f"ORDER BY {order} {direction}, id {direction} LIMIT {MORE + 1}",
        *parameters, *owner, after,
    )  # fmt: skip
    cards = await shown(crm, access, rows[:MORE], {stage.id: stage}, today)
    return Column(stage=stage, cards=tuple(cards), last=rows[MORE - 1]["id"] if len(rows) > MORE else None)


async def heads(
    crm: Installation, access: Access, way: ShownPipeline, narrowing: Narrowing, today: date
) -> tuple[Column, ...]:
    """The columns without cards, to say how many there are after a step. Raises Forbidden."""
    access.actor.require("sales.read")
    if narrowing.words:
        return await searched(crm, access, way, narrowing, today)
    counted = await totals(crm, way.stages, narrowing)
    return tuple(column_of(stage, (), counted.get(stage.id, {})) for stage in way.stages)


async def searched(
    crm: Installation, access: Access, way: ShownPipeline, narrowing: Narrowing, today: date
) -> tuple[Column, ...]:
    """Every one that has the words, so that none is overlooked; the words narrow them down to a few."""
    condition = "pipeline_id = ? AND (outcome = 'open' OR (outcome IN ('won', 'lost') AND closed_at >= ?))"
    found = await with_words(crm, access, narrowing, condition, (way.id, since()))
    cards = found.fitting(await shown(crm, access, found.rows, by_id(way), today), narrowing.words)
    amounts = {stage.id: [(one.value, one.currency) for one in cards if one.stage == stage] for stage in way.stages}
    return tuple(
        column_of(stage, cards, {None: (len(amounts[stage.id]), 0)} | of_amounts(amounts[stage.id]))
        for stage in way.stages
    )


Totals = Mapping[Any, tuple[int, int]]
"""Currency -> number and sum; a key that is no currency counts towards the number alone."""


def of_amounts(amounts: Sequence[tuple[int, str]]) -> dict[Any, tuple[int, int]]:
    return {currency: (0, amount) for currency, amount in summed_amounts(amounts).items()}


def column_of(stage: ShownStage, cards: Iterable[ShownOpportunity], totals: Totals, last: UUID | None = None) -> Column:
    return Column(
        stage=stage,
        cards=tuple(card for card in cards if card.stage == stage),
        count=sum(count for count, _ in totals.values()),
        sums=tuple(
            (amount, currency) for currency, (_, amount) in sorted(totals.items(), key=str) if amount and currency
        ),
        last=last,
    )


def by_id(way: ShownPipeline) -> dict[UUID, ShownStage]:
    return {stage.id: stage for stage in way.stages}


def since() -> datetime:
    return now() - timedelta(days=CLOSED_DAYS)


def in_column(stage: ShownStage) -> tuple[str, tuple[Any, ...]]:
    """The condition for standing in this column, with its parameters."""
    if stage.outcome == "open":
        return "stage_id = ? AND outcome = 'open'", (stage.id,)
    return "stage_id = ? AND outcome = ? AND closed_at >= ?", (stage.id, stage.outcome, since())


def order_of(stage: ShownStage) -> tuple[str, str]:
    return (BY_NEXT, "ASC") if stage.outcome == "open" else ("closed_at", "DESC")


async def first_rows(
    crm: Installation, stages: Sequence[ShownStage], narrowing: Narrowing, limit: int
) -> dict[UUID, list[Row]]:
    """The first of every column, in one query."""
    own, owner = owned_by(narrowing)
    parts, parameters = [], list[Any]()
    for stage in stages:
        condition, more = in_column(stage)
        order, direction = order_of(stage)
        parts.append(
            f"SELECT * FROM (SELECT * FROM sales_opportunity WHERE {condition}{own} "
            f"ORDER BY {order} {direction}, id {direction} LIMIT {limit}) AS one"
        )
        parameters += [*more, *owner]
    found: dict[UUID, list[Row]] = {}
    for row in await crm.data.fetch(" UNION ALL ".join(parts), *parameters):
        found.setdefault(row["stage_id"], []).append(row)
    return found


async def totals(
    crm: Installation, stages: Sequence[ShownStage], narrowing: Narrowing
) -> dict[UUID, dict[Any, tuple[int, int]]]:
    """Stage -> currency -> how many, and their sum; one query."""
    own, owner = owned_by(narrowing)
    parts, parameters = [], list[Any]()
    for stage in stages:
        condition, more = in_column(stage)
        parts.append(
            "SELECT stage_id, currency, count(*) AS number, sum(value) AS amount FROM sales_opportunity "
            f"WHERE {condition}{own} GROUP BY stage_id, currency"
        )
        parameters += [*more, *owner]
    found: dict[UUID, dict[Any, tuple[int, int]]] = {}
    for row in await crm.data.fetch(" UNION ALL ".join(parts), *parameters):
        found.setdefault(row["stage_id"], {})[row["currency"]] = (row["number"], int(row["amount"]))
    return found
