"""Campaigns: written, changed, thrown away and taken back. What starts and stops them is in `states`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    Row,
    active_accounts,
    clean_line,
    clean_text,
    new_id,
    now,
)
from confida_marketing.campaigns.content import CAMPAIGN, CampaignContent
from confida_web.api import mark

CHANNELS: Mapping[str, str] = {"email": "E-mail", "post": "Letters", "phone": "Telephone", "sms": "Text message"}
GOALS: Mapping[str, str] = {
    "replies": "Replies",
    "sign_ups": "Sign-ups",
    "revenue": "Revenue",
    "donations": "Donations",
    "attendance": "People who come",
    "own": "Something else",
}
IN_MONEY = frozenset({"revenue", "donations"})
DECISIONS: Mapping[str, str] = {"replies": "Most replies", "clicks": "Most clicks", "hand": "I decide myself"}
STATES: Mapping[str, str] = {
    "draft": "Draft",
    "planned": "Planned",
    "running": "Running",
    "paused": "Paused",
    "stopped": "Stopped",
    "done": "Done",
}
OPEN = ("draft", "planned")
MOST_SEGMENTS = 20
TRASH_DAYS = 30
TOO_MANY = mark("Choose at most 20 segments.")


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignDraft:
    """A campaign as somebody writes it; its columns are those of the table."""

    content: CampaignContent
    channel: str = "email"
    purpose: str = ""
    email_id: UUID | None = None
    owner_id: UUID | None = None
    goal_kind: str = "replies"
    goal_figure: int = 0
    goal_on: date | None = None
    budget: int = 0
    spent: int = 0
    currency: str = "EUR"
    starts_at: datetime | None = None
    local_minute: int | None = None
    per_hour: int = 0
    hold_out: int = 0
    test_share: int = 0
    test_hours: int = 24
    decide_by: str = "replies"


# What may be changed while it runs: nothing that decides who gets what, and when.
ALWAYS = ("owner_id", "goal_kind", "goal_figure", "goal_on", "budget", "spent", "currency", "per_hour")
WORDS_ALWAYS = ("name", "goal", "note")


async def create_campaign(crm: Installation, access: Access, draft: CampaignDraft) -> UUID:
    """A new draft; returns its id. Raises Forbidden without `marketing.write`, and InvalidContent."""
    access.actor.require("marketing.write")
    checked = await checked_draft(crm, draft)
    columns = {
        "id": new_id(),
        "state": "draft",
        **columns_of(checked),
        "winner": "",
        "created_at": now(),
        "created_by": access.actor.id,
    }
    await crm.records.insert(CAMPAIGN, columns, checked.content)
    return UUID(str(columns["id"]))


def columns_of(draft: CampaignDraft) -> dict[str, Any]:
    return {name: value for name, value in asdict(draft).items() if name != "content"}


async def change_campaign(
    crm: Installation, access: Access, campaign_id: UUID, draft: CampaignDraft, *, seen: int
) -> None:
    """Write it anew. Once it has begun only words, owner, goal, money and speed change; the rest stays as it was.

    Raises Forbidden without `marketing.write`, NotFound, InvalidContent, VersionConflict.
    """
    access.actor.require("marketing.write")
    before = await visible_campaign(crm, access, campaign_id)
    checked = await checked_draft(crm, draft)
    columns, content = columns_of(checked), checked.content
    if before.row["state"] not in OPEN:
        columns = {name: columns[name] for name in ALWAYS}
        content = structs.replace(before.content, **{name: getattr(content, name) for name in WORDS_ALWAYS})
    await crm.records.update(CAMPAIGN, {"id": campaign_id, **columns}, content, seen=seen)


async def checked_draft(crm: Installation, draft: CampaignDraft) -> CampaignDraft:
    """The draft as it may be stored. Raises InvalidContent with the name of each field of the form."""
    content = structs.replace(
        draft.content,
        name=clean_line(draft.content.name),
        goal=clean_line(draft.content.goal),
        note=clean_text(draft.content.note),
        message=clean_text(draft.content.message),
        print_shop=clean_line(draft.content.print_shop),
    )
    errors = dict(wrong_words(content)) | wrong_choices(draft)
    if draft.owner_id is not None and draft.owner_id not in {one.id for one in await active_accounts(crm)}:
        errors["owner"] = mark("Please choose one of the colleagues.")
    if errors:
        raise InvalidContent(errors)
    return CampaignDraft(content=content, **columns_of(draft))


def wrong_words(content: CampaignContent) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not content.name:
        errors["name"] = mark("A campaign needs a name.")
    for field, longest in (("name", 200), ("goal", 500), ("note", 20_000), ("message", 20_000), ("print_shop", 200)):
        if len(getattr(content, field)) > longest:
            errors[field] = mark("This is too long.")
    if max(len(content.include), len(content.exclude)) > MOST_SEGMENTS:
        errors["include"] = TOO_MANY
    return errors


def wrong_choices(draft: CampaignDraft) -> dict[str, str]:
    known = {
        "channel": (draft.channel, CHANNELS),
        "goal_kind": (draft.goal_kind, GOALS),
        "decide_by": (draft.decide_by, DECISIONS),
    }
    errors = {name: mark("Please choose one of these.") for name, (value, words) in known.items() if value not in words}
    ranges = {
        "hold_out": (draft.hold_out, 0, 50),
        "test_share": (draft.test_share, 0, 100),
        "test_hours": (draft.test_hours, 1, 336),
        "per_hour": (draft.per_hour, 0, 1_000_000),
        "goal_figure": (draft.goal_figure, 0, 2**53),
        "budget": (draft.budget, 0, 2**53),
        "spent": (draft.spent, 0, 2**53),
        "local_minute": (draft.local_minute or 0, 0, 1439),
    }
    errors |= {
        name: mark("This number is out of range.")
        for name, (value, low, high) in ranges.items()
        if not low <= value <= high
    }
    if len(draft.currency) != 3 or not draft.currency.isupper():
        errors["currency"] = mark("Three letters, such as EUR.")
    return errors


async def visible_campaign(
    crm: Installation, access: Access, campaign_id: UUID, *, trashed: bool = False
) -> Opened[CampaignContent]:
    """The gate to one campaign: NotFound for none, and for one in the trash unless asked for. Raises Forbidden."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch("SELECT * FROM marketing_campaign WHERE id = ?", campaign_id)
    if not rows or (rows[0]["deleted_at"] is not None and not trashed):
        raise NotFound
    opened = await crm.door.open_one(access, CAMPAIGN, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def list_campaigns(crm: Installation, access: Access, *, trashed: bool = False) -> list[Opened[CampaignContent]]:
    """All of them, the newest first, at most a thousand. Raises Forbidden without `marketing.read`."""
    access.actor.require("marketing.read")
    lost = "IS NOT NULL" if trashed else "IS NULL"
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_campaign WHERE deleted_at {lost} ORDER BY created_at DESC, id DESC LIMIT 1000"
    )
    return list(await crm.door.open(access, CAMPAIGN, rows))


async def campaign_names(crm: Installation, access: Access, ids: list[UUID]) -> dict[UUID, str]:
    """Names of these campaigns, those in the trash among them; one query."""
    rows = await crm.records.rows(CAMPAIGN, list(dict.fromkeys(ids)))
    return {one.row["id"]: one.content.name for one in await crm.door.open(access, CAMPAIGN, rows)}


async def trash_campaign(crm: Installation, access: Access, campaign_id: UUID) -> None:
    """Throw it away, to be taken back for thirty days; who got what stays in the ledger as long. Raises NotFound while it runs."""
    access.actor.require("marketing.write")
    await set_state(
        crm, campaign_id, "deleted_at = ?", [now()], "deleted_at IS NULL AND state NOT IN ('running', 'paused')"
    )


async def restore_campaign(crm: Installation, access: Access, campaign_id: UUID) -> None:
    """Out of the trash; what was planned is a draft again. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    changes = "deleted_at = NULL, state = CASE WHEN state = 'planned' THEN 'draft' ELSE state END"
    await set_state(crm, campaign_id, changes, [], "deleted_at IS NOT NULL")


async def set_state(crm: Installation, campaign_id: UUID, changes: str, values: list[Any], where: str) -> Row:
    """One atomic change; changes and where are SQL of this program. Raises NotFound where `where` does not hold."""
    async with crm.data.transaction():
        done = await crm.data.fetch(
            f"UPDATE marketing_campaign SET {changes}, version = version + 1 WHERE id = ? AND {where} RETURNING *",
            *values, campaign_id,
        )  # fmt: skip
        if not done:
            raise NotFound
        crm.feed.append(CAMPAIGN.name, campaign_id, None)
    return done[0]


async def purge_campaigns(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: what lay in the trash for its days goes for good, with its part of the ledger."""
    lost = now() - timedelta(days=TRASH_DAYS)
    for row in await crm.data.fetch("SELECT id FROM marketing_campaign WHERE deleted_at < ? LIMIT 100", lost):
        async with crm.data.transaction():
            for table in ("marketing_delivery", "marketing_total"):
                await crm.data.fetch(f"DELETE FROM {table} WHERE source_id = ?", row["id"])
            await crm.records.delete(CAMPAIGN, row["id"], ())
