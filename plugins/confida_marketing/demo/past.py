"""What became of the invented campaign: who got it, who did not by lot, and what they did afterwards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import Indication, record_event
from confida_core.api import Access, Installation, InteractionDraft, log_interaction, new_id, system_access
from confida_marketing.campaigns.audience import MAIN, held_out
from confida_marketing.campaigns.deciding import CLICK
from confida_marketing.campaigns.ledger import insert_rows
from confida_marketing.demo.words import FAIR, RIVER, SPRING
from confida_marketing.sign_up.donations import DonationDraft, add_donation

HOLD_OUT = 30
DOOR = "outbound_message"
REPLIES, GIFTS = 0.16, 0.22
# Who got nothing gives, too, only less often.
GIFTS_WITHOUT = 0.04
AMOUNTS = (15_00, 20_00, 25_00, 30_00, 50_00, 100_00)
CLICKS = {("a", RIVER): 11, ("a", FAIR): 4, ("b", RIVER): 23, ("b", FAIR): 9}


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """people: those who may be written to. at: when it left."""

    campaign_id: UUID
    at: datetime
    people: Sequence[UUID]
    chance: random.Random

    def later(self, days: int) -> datetime:
        return self.at + timedelta(days=self.chance.uniform(0.05, days))


async def happened(crm: Installation, access: Access, past: Past) -> None:
    left = [one for one in past.people if held_out(crm, past.campaign_id, one, HOLD_OUT)]
    got = [one for one in past.people if one not in set(left)]
    messages = {one: new_id() for one in got}
    await add_messages(crm, past, messages)
    rows = [ledger_row(past, one, "held_out", None, "") for one in left]
    rows += [ledger_row(past, one, "queued", messages[one], "ab"[place % 2]) for place, one in enumerate(messages)]
    await insert_rows(crm, rows)
    await add_clicks(crm, past)
    await add_answers(crm, access, past, got)
    for people, share in ((got, GIFTS), (left, GIFTS_WITHOUT)):
        for one in people:
            if past.chance.random() < share:
                day = past.later(18).date()
                gift = DonationDraft(contact_id=one, amount=past.chance.choice(AMOUNTS), currency="EUR", on_day=day)
                await add_donation(crm, access, gift)


def ledger_row(past: Past, contact_id: UUID, state: str, message_id: UUID | None, variant: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "source": "campaign",
        "source_id": past.campaign_id,
        "part": MAIN,
        "contact_id": contact_id,
        "variant": variant,
        "held_out": state == "held_out",
        "state": state,
        "reason": "",
        "due_at": None,
        "message_id": message_id,
        "at": past.at,
    }


async def add_messages(crm: Installation, past: Past, messages: dict[UUID, UUID]) -> None:
    """As they stand at core's door: sent, but for some that came back."""
    record = crm.registry.records[DOOR]
    rows = []
    for place, (contact_id, message_id) in enumerate(messages.items()):
        returned = "address" if place % 31 == 7 else "complaint" if place == 12 else ""
        columns = {
            "id": message_id,
            "contact_id": contact_id,
            "purpose": "newsletter",
            "channel": "email",
            "path": "email",
            "state": "failed" if returned == "address" else "sent",
            "reason": "address_gone" if returned == "address" else "",
            "created_by": contact_id,
            "created_at": past.at,
            "queued_at": past.at,
            "at": past.at,
            "attempted_at": past.at,
            "attempts": 1,
            "restores": 0,
            "returned": returned,
            "returned_at": past.at if returned else None,
            "delays": 0,
        }
        rows.append((columns, record.content(subject=SPRING.subject, text="An invented message; nothing was sent.")))
    await crm.records.insert_many(record, rows)


async def add_clicks(crm: Installation, past: Past) -> None:
    for (variant, url), number in CLICKS.items():
        await crm.data.fetch(
            "INSERT INTO marketing_link (id, source_id, part, variant, url, token, clicks, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            new_id(), past.campaign_id, MAIN, variant, url, new_id().hex[-22:], number, past.at,
        )  # fmt: skip
    for variant in "ab":
        number = sum(clicks for (each, _), clicks in CLICKS.items() if each == variant)
        await crm.data.fetch(
            "INSERT INTO marketing_total (id, source_id, part, variant, what, figure) VALUES (?, ?, ?, ?, ?, ?)",
            new_id(), past.campaign_id, MAIN, variant, CLICK, number,
        )  # fmt: skip


async def add_answers(crm: Installation, access: Access, past: Past, got: Sequence[UUID]) -> None:
    """Some write back, and two have had enough, which they say themselves."""
    for one in got:
        if past.chance.random() < REPLIES:
            draft = InteractionDraft(
                kind="email", people=(one,), direction="in", subject="Re: " + SPRING.subject, at=past.later(9)
            )
            await log_interaction(crm, access, draft)
    for one in past.chance.sample(list(got), min(2, len(got))):
        no = Indication(
            subject_id=one, purpose="newsletter", channel="email", kind="withdrawn", method="one_click"
        )  # fmt: skip
        await record_event(crm, system_access("demo load", "consent"), no)
