"""Putting the invented marketing in, and taking exactly it out again."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from confida_consent.api import CONSENT_FIELD, may_many, state_value
from confida_core.api import (
    Access,
    AllOf,
    DemoData,
    FieldTest,
    Installation,
    active_accounts,
    condition_tree,
    now,
)
from confida_marketing.campaigns.campaigns import CampaignDraft, columns_of
from confida_marketing.campaigns.content import CAMPAIGN, CampaignContent
from confida_marketing.content.email_content import EMAIL, EmailContent
from confida_marketing.demo.past import Past, happened
from confida_marketing.demo.words import INVITATION, SPRING
from confida_marketing.segments.content import SEGMENT, SegmentContent

SEED = 1962
PURPOSE, CHANNEL = "newsletter", "email"
BEGUN = timedelta(days=24)
COMING = timedelta(days=12)
OURS = {
    "marketing_campaign": ("spring", "fair"),
    "marketing_email": ("spring email", "fair email"),
    "marketing_segment": ("readers",),
}
READERS = AllOf((FieldTest(CONSENT_FIELD, "has", state_value(PURPOSE, CHANNEL, "given")),))


def id_of(people: Sequence[UUID], what: str) -> UUID:
    """The same at loading and at removal, and another one for those who come after a removal."""
    return uuid5(people[0], f"demo marketing {what}")


async def load(crm: Installation, access: Access, people: Sequence[UUID]) -> None:
    """A segment, two e-mails, a campaign that is over with all that came of it, and one that is still written."""
    chance, moment = random.Random(SEED), now()  # noqa: S311 -- Invented data; nothing secret depends on it.
    owner = next((one.id for one in await active_accounts(crm)), None)
    made = {"created_at": moment - BEGUN, "created_by": owner, "deleted_at": None}
    readers = id_of(people, "readers")
    columns = {"id": readers, "living": True, "purpose": PURPOSE, "channel": CHANNEL, "changed_at": moment - BEGUN}
    words = SegmentContent(name="Readers of the newsletter", condition=condition_text())
    await crm.records.insert(SEGMENT, made | columns, words)
    for what, content in (("spring email", SPRING), ("fair email", INVITATION)):
        await add_email(crm, id_of(people, what), content, made)
    spring = id_of(people, "spring")
    await add_campaign(crm, spring, made, over(owner, id_of(people, "spring email"), readers), moment - BEGUN)
    await add_campaign(crm, id_of(people, "fair"), made, coming(owner, id_of(people, "fair email"), readers), None)
    answers = await may_many(crm, list(people), PURPOSE, CHANNEL)
    allowed = [one for one in people if answers[one].allowed]
    await happened(crm, access, Past(campaign_id=spring, at=moment - BEGUN, people=allowed, chance=chance))


def condition_text() -> str:
    return json.dumps(condition_tree(READERS))


async def add_email(crm: Installation, email_id: UUID, content: EmailContent, made: dict[str, Any]) -> None:
    columns = {"id": email_id, "template": False, "shown_since": None, "changed_at": made["created_at"]}
    await crm.records.insert(EMAIL, made | columns, content)


def over(owner: UUID | None, email_id: UUID, readers: UUID) -> CampaignDraft:
    return CampaignDraft(
        content=CampaignContent(
            name="Spring newsletter", goal="Friends write back, and some give.", include=(readers,)
        ),
        purpose=PURPOSE,
        email_id=email_id,
        owner_id=owner,
        goal_kind="donations",
        goal_figure=600_00,
        goal_on=(now() - timedelta(days=5)).date(),
        budget=80_00,
        spent=62_50,
        hold_out=30,
        test_share=100,
        decide_by="hand",
    )


def coming(owner: UUID | None, email_id: UUID, readers: UUID) -> CampaignDraft:
    """A draft with a day: nothing that is invented may ever leave by itself."""
    return CampaignDraft(
        content=CampaignContent(name="Summer fair", goal="The square is full.", include=(readers,)),
        purpose=PURPOSE,
        email_id=email_id,
        owner_id=owner,
        goal_kind="attendance",
        goal_figure=120,
        goal_on=(now() + 3 * COMING).date(),
        starts_at=now() + COMING,
        local_minute=9 * 60,
    )


async def add_campaign(
    crm: Installation, campaign_id: UUID, made: dict[str, Any], draft: CampaignDraft, begun: datetime | None
) -> None:
    """begun: when it was sent; None for one that was not."""
    state = {
        "id": campaign_id,
        "state": "done" if begun else "draft",
        "winner": "",
        "audience_at": begun,
        "started_at": begun,
        "ended_at": begun + timedelta(hours=1) if begun else None,
    }
    await crm.records.insert(CAMPAIGN, {**made, **columns_of(draft), **state}, draft.content)


async def remove(crm: Installation, _: Access, people: Sequence[UUID]) -> None:
    """What is about a person went with them; this is the rest. Can be repeated."""
    if not people:
        return
    spring = id_of(people, "spring")
    async with crm.data.transaction():
        for table in ("marketing_link", "marketing_total", "marketing_delivery"):
            await crm.data.fetch(f"DELETE FROM {table} WHERE source_id = ?", spring)
        readers = id_of(people, "readers")
        for table in ("marketing_segment_member", "marketing_segment_size"):
            await crm.data.fetch(f"DELETE FROM {table} WHERE segment_id = ?", readers)
        for record in (CAMPAIGN, EMAIL, SEGMENT):
            for what in OURS[record.name]:
                await crm.records.delete(record, id_of(people, what), ())


DEMO = DemoData(key="marketing", load=load, remove=remove)
