"""Whom a campaign is for: the people of its segments whom the gate lets through, each put on the list once.

Who belongs to the group that gets nothing, and which way to say it somebody gets, follows from a keyed hash of campaign and
person: the same however often it is worked out, and foreseeable by nobody.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.api import may_many
from confida_core.api import Access, Installation, Opened, new_id, now
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.ledger import insert_rows, those_here
from confida_marketing.campaigns.limits import zones_of
from confida_marketing.segments.kept import visible_segment
from confida_marketing.segments.members import everybody, meant, members_of

MAIN = "main"
# Each is a commit, which waits for the disk.
BATCH = 5_000
PARTS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """ids: whom it may reach. excluded: how many fall to a segment that is left out. refused: why others may not, and how many."""

    ids: list[UUID]
    excluded: int = 0
    refused: dict[str, int] = field(default_factory=dict)


async def audience_of(crm: Installation, access: Access, campaign: Opened[CampaignContent]) -> Audience:
    """As of now. Segments leave out whom the gate refuses for their own purpose; the campaign's is asked where it is another.

    Not inside a transaction. Raises NotFound where a segment is gone.
    """
    row, content = campaign.row, campaign.content
    found: dict[UUID, None] = {}
    others = False
    for segment_id in content.include:
        others |= (await visible_segment(crm, access, segment_id)).purpose != row["purpose"]
        found |= dict.fromkeys(await members_of(crm, access, segment_id, channel=row["channel"]))
    ids = list(found)
    for segment_id in content.exclude:
        # Whoever is in it, also those whom the gate refuses for what that segment is for.
        inside = set(await everybody(crm, (await meant(crm, await visible_segment(crm, access, segment_id))).scope))
        ids = [one for one in ids if one not in inside]
    excluded, refused = len(found) - len(ids), Counter[str]()
    if others and ids:
        answers = await may_many(crm, ids, row["purpose"], row["channel"])
        refused.update(answer.reason.value for answer in answers.values() if not answer.allowed)
        ids = [one for one in ids if answers[one].allowed]
    return Audience(ids=ids, excluded=excluded, refused=dict(refused))


def place_in(crm: Installation, word: str, campaign_id: UUID, contact_id: UUID) -> int:
    """A number below PARTS that is the person's own in this campaign, for this use of it."""
    key = crm.keyring.hashing_key(f"marketing {word}")
    digest = hmac.new(key, campaign_id.bytes + contact_id.bytes, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % PARTS


def held_out(crm: Installation, campaign_id: UUID, contact_id: UUID, percent: int) -> bool:
    """Whether this person is in the group that gets nothing, so that the effect of the campaign can be measured."""
    return place_in(crm, "hold-out", campaign_id, contact_id) * 100 < percent * PARTS


def variant_of(crm: Installation, campaign_id: UUID, contact_id: UUID, percent: int, keys: Sequence[str]) -> str:
    """Which way to say it this person gets in the test; "" for who waits for its end."""
    place = place_in(crm, "test", campaign_id, contact_id)
    if place * 100 >= percent * PARTS:
        return ""
    return keys[place % len(keys)]


def next_local(moment: datetime, zone: ZoneInfo, minute: int) -> datetime:
    """The next time, from this moment on, that clocks of this zone show this minute of the day."""
    day = moment.astimezone(zone).date()
    clock = time(minute // 60, minute % 60)
    for ahead in (0, 1):
        found = datetime.combine(day + timedelta(days=ahead), clock, zone).astimezone(UTC)
        if found >= moment:
            return found
    return found


async def due_times(
    crm: Installation, campaign: Opened[CampaignContent], contact_ids: Sequence[UUID], moment: datetime
) -> dict[UUID, datetime]:
    """When each may get it: at once, or at the chosen time of their own day."""
    minute = campaign.row["local_minute"]
    if minute is None:
        return dict.fromkeys(contact_ids, moment)
    known: dict[ZoneInfo, datetime] = {}
    found = {}
    for contact_id, zone in (await zones_of(crm, contact_ids)).items():
        if zone not in known:
            known[zone] = next_local(moment, zone, minute)
        found[contact_id] = known[zone]
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One sending of a campaign. part: its key. variants: the ways to say it, if they are tried on a share first."""

    campaign: Opened[CampaignContent]
    part: str = MAIN
    variants: Sequence[str] = ()


async def list_people(crm: Installation, plan: Round, ids: Sequence[UUID]) -> None:
    """Put these people on the list of this round, whoever is not on it yet. Begun again after a crash it goes on.

    Not inside a transaction.
    """
    campaign, moment = plan.campaign, now()
    begun = await crm.data.fetch(
        "SELECT id FROM marketing_delivery WHERE source_id = ? AND part = ? LIMIT 1", campaign.row["id"], plan.part
    )
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        due = await due_times(crm, campaign, some, moment)
        async with crm.data.transaction():
            there = await listed_among(crm, campaign.row["id"], plan.part, some) if begun else ()
            alive = await those_here(crm, some)
            rows = [list_row(crm, plan, one, due[one]) for one in some if one in alive and one not in there]
            await insert_rows(crm, rows)


async def listed_among(crm: Installation, source_id: UUID, part: str, contact_ids: Sequence[UUID]) -> set[UUID]:
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id FROM marketing_delivery WHERE source_id = ? AND part = ? AND contact_id IN ({marks})",
        source_id, part, *contact_ids,
    )  # fmt: skip
    return {row["contact_id"] for row in rows}


def list_row(crm: Installation, plan: Round, contact_id: UUID, due: datetime) -> dict[str, Any]:
    row = plan.campaign.row
    nothing = bool(row["hold_out"]) and held_out(crm, row["id"], contact_id, row["hold_out"])
    variant = ""
    if plan.variants and not nothing:
        variant = variant_of(crm, row["id"], contact_id, row["test_share"], plan.variants)
    waits = bool(plan.variants) and not variant
    return {
        "id": new_id(),
        "source": "campaign",
        "source_id": row["id"],
        "part": plan.part,
        "contact_id": contact_id,
        "variant": variant,
        "held_out": nothing,
        "state": "held_out" if nothing else "listed",
        "reason": "",
        "due_at": None if waits or nothing else due,
        "message_id": None,
        "at": now(),
    }
