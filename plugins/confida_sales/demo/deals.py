"""What the invented organisation may sell: leads, opportunities on their way, quotes, and what is to be won."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.api import Access, Installation, now, plugin_settings, visible_contact
from confida_sales.demo.cast import Cast
from confida_sales.demo.goods import CURRENCY
from confida_sales.demo.papers import paper_of
from confida_sales.leads.leads import LeadDraft, create_lead
from confida_sales.offers.offers import OfferTerms, create_order, create_quote
from confida_sales.offers.quotes import accept_quote, decline_quote, send_quote
from confida_sales.opportunities.opportunities import (
    LOST_REASONS,
    OpportunityDraft,
    create_opportunity,
    move_opportunity,
)
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, ShownStage, pipeline, save_pipeline
from confida_sales.settings import SalesSettings

PIPELINE = "Gardens (demonstration)"
AMOUNT, QUOTES = 48, 9
WISHES = (
    "Raised beds for the courtyard", "A garden for the day nursery", "Course for volunteers", "Tools for the allotments",
    "Planning of the new site", "Care of the garden for a year", "School garden", "Roof terrace with herbs",
    "Seed boxes for members", "Accessible beds for the residents",
)  # fmt: skip
STEPS = (
    "Call about the number of beds", "Send pictures of the last garden", "Visit the site", "Ask who decides",
    "Write the quote", "Ask whether the quote arrived",
)  # fmt: skip
ASKED = (
    "Do you give courses for groups of ten?", "We have 40 square metres behind the house.",
    "Could somebody look at our old apple trees?", "What does a raised bed cost, delivered?",
)  # fmt: skip
COMPETITORS = ("Example Gardens", "Green Example", "Do it ourselves")


async def deal(crm: Installation, access: Access, cast: Cast) -> None:
    """A pipeline with opportunities in every stage; the older ones are over."""
    way = await pipeline(crm, await save_pipeline(crm, access, PIPELINE, USUAL))
    sources, chance = (await plugin_settings(crm, SalesSettings)).sources, cast.chance
    for number in range(AMOUNT):
        begun = now() - timedelta(days=chance.randint(2, 330), minutes=chance.randint(0, 500))
        path = way_of(chance, way, begun)
        draft = draft_of(chance, number, path[-1], cast.owners, chance.choice([*sources, ""]))
        made = await create_opportunity(crm, access, chance.choice(cast.people), path[0], draft)
        for version, stage in enumerate(path[1:], 1):
            await move_opportunity(
                crm, access, made, stage.id, seen=version, lost_reason=chance.choice(list(LOST_REASONS))
            )
        await put_back(crm, chance, made, begun, path[-1])


def way_of(chance: random.Random, way: ShownPipeline, begun: datetime) -> list[ShownStage]:
    """The stages one goes through, the last one where it stands; what began long ago is over."""
    still = [stage for stage in way.stages if stage.outcome == "open"]
    path = still[: chance.choices(range(1, len(still) + 1), weights=(3, 3, 2, 1))[0]]
    if begun > now() - timedelta(days=70) and chance.random() < 0.85:
        return path
    won = chance.random() < 0.2 + 0.15 * len(path)
    return [*path, next(stage for stage in way.stages if stage.outcome == ("won" if won else "lost"))]


def draft_of(
    chance: random.Random, number: int, last: ShownStage, owners: Sequence[UUID | None], source: str
) -> OpportunityDraft:
    today = now().date()
    still = last.outcome == "open"
    return OpportunityDraft(
        title=WISHES[number % len(WISHES)],
        value=chance.randrange(180_00, 6_400_00, 5_00),
        currency=CURRENCY,
        close_on=today + timedelta(days=chance.randint(5, 150))
        if still
        else today - timedelta(days=chance.randint(1, 90)),
        source=source,
        owner_id=chance.choice(owners),
        next_step=chance.choice(STEPS) if still else "",
        next_on=today + timedelta(days=chance.randint(-4, 14)) if still and chance.random() < 0.85 else None,
        competitors=(chance.choice(COMPETITORS),) if chance.random() < 0.3 else (),
    )


async def put_back(
    crm: Installation, chance: random.Random, opportunity_id: UUID, begun: datetime, last: ShownStage
) -> None:
    """As if it had begun then, and gone from stage to stage in the weeks after."""
    rows = await crm.data.fetch(
        "SELECT id FROM sales_stage_change WHERE opportunity_id = ? ORDER BY at, id", opportunity_id
    )
    ends = min(begun + timedelta(days=chance.randint(4, 75)), now() - timedelta(hours=chance.randint(1, 60)))
    part = (ends - begun) / max(len(rows) - 1, 1)
    moments = [begun + part * place for place in range(len(rows))]
    await crm.data.execute_many(
        "UPDATE sales_stage_change SET at = ? WHERE id = ?",
        [(moment, row["id"]) for moment, row in zip(moments, rows, strict=True)],
    )
    await crm.data.fetch(
        "UPDATE sales_opportunity SET created_at = ?, stage_since = ?, closed_at = ? WHERE id = ?",
        begun, moments[-1], None if last.outcome == "open" else moments[-1], opportunity_id,
    )  # fmt: skip


async def ask(crm: Installation, access: Access, cast: Cast) -> None:
    """Leads of people who are known already: others would outlive the invented ones."""
    sources = (await plugin_settings(crm, SalesSettings)).sources
    for wanted in (*ASKED, *ASKED[:2]):
        draft = LeadDraft(
            contact_id=cast.chance.choice(cast.people),
            wanted=wanted,
            source=cast.chance.choice(sources) if sources else "",
            owner_id=cast.chance.choice([*cast.owners, None]),
        )
        await create_lead(crm, access, draft)


async def offer(crm: Installation, access: Access, cast: Cast) -> None:
    """Quotes as drafts, sent, accepted and declined, and orders."""
    for number, person in enumerate(cast.chance.sample(list(cast.people), QUOTES)):
        contact = await visible_contact(crm, access, person)
        terms = OfferTerms(currency=CURRENCY, expires_on=now().date() + timedelta(days=21))
        paper = paper_of(contact.content, cast, ("BED", "SOIL", "COURSE", "PLAN"))
        if number >= QUOTES - 2:
            await create_order(crm, access, person, paper, terms)
            continue
        quote = await create_quote(crm, access, person, paper, terms)
        if number % 4:
            await send_quote(crm, access, quote, seen=1)
        if number % 4 == 2:
            await accept_quote(crm, access, quote, contact.content.display_name)
        if number % 4 == 3:
            await decline_quote(crm, access, quote, "We have no room for it this year.")
