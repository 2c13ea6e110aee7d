"""Tickets as daily use makes them, each thing at the time it would have had."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, new_id, now
from confida_service.answering.time_spent import add_time
from confida_service.content import TICKET, MessageContent
from confida_service.demo.cast import Cast
from confida_service.demo.schedule import OVER, Told, tickets
from confida_service.demo.stories import Story
from confida_service.service_levels.business_hours import after_open
from confida_service.service_levels.levels import ServiceLevels, service_levels
from confida_service.service_levels.survey_content import SURVEY, SurveyContent
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket, visible_ticket

USUAL_MINUTES = 240
SCORES = (5, None, 4, 5, 3, None, 5, 4, 2)
COMMENTS = {5: "Quick and friendly.", 3: "It took a while.", 2: "I had to ask twice."}


@dataclass(frozen=True, kw_only=True, slots=True)
class Teller:
    """begun: when loading began; what is stamped later than that has not got its own time yet. scores: what is still to be given."""

    crm: Installation
    access: Access
    levels: ServiceLevels
    desks: Mapping[str, UUID]
    chance: random.Random
    begun: datetime
    scores: list[int | None] = field(default_factory=lambda: list(SCORES))


async def tell_all(crm: Installation, access: Access, cast: Cast) -> list[UUID]:
    """Every ticket; returns the ids of the complaints, the oldest first."""
    levels = await service_levels(crm)
    teller = Teller(
        crm=crm, access=access, levels=levels, desks=cast.desks, chance=cast.chance, begun=now() - timedelta(seconds=1)
    )
    found = [(told, await tell(teller, told)) for told in tickets(cast, levels.hours)]
    return [ticket_id for told, ticket_id in found if told.story.kind == "complaint"]


async def tell(teller: Teller, told: Told) -> UUID:
    """Opened, said turn by turn, and solved where nothing is left to say."""
    crm, story, contact_id = teller.crm, told.story, told.who.row["id"]
    draft = TicketDraft(
        subject=story.subject, kind=story.kind, priority=story.priority, channel=story.channel, tags=story.tags,
        queue_id=teller.desks[story.desk], assignee_id=told.owner, opened_at=told.opened_at,
    )  # fmt: skip
    await crm.keyring.ensure([contact_id], TICKET.retention_class)
    async with crm.data.transaction():
        ticket_id = await open_ticket(crm, teller.access, contact_id, draft)
        await stamp(teller, ticket_id, told, told.opened_at)
        moment, whole = await say_all(teller, told, ticket_id)
        if whole and told.solved:
            await solve(teller, told, ticket_id, moment)
        elif told.state:
            seen = (await visible_ticket(crm, teller.access, ticket_id)).row["version"]
            await change_ticket(crm, teller.access, ticket_id, TicketChange(state=told.state), seen=seen)
            await stamp(teller, ticket_id, told, moment)
        await mark_late(crm, ticket_id)
    return ticket_id


def turns(story: Story) -> list[tuple[str, str]]:
    """(direction, text), in turn; what colleagues noted stands behind the first one."""
    said = [("in", story.asked), ("out", story.answered), ("in", story.back), ("out", story.settled)]
    return [(direction, text) for direction, text in said if text]


async def say_all(teller: Teller, told: Told, ticket_id: UUID) -> tuple[datetime, bool]:
    """When the last of it was said, and whether everything was; nothing is said in the future."""
    said, moment = turns(told.story)[: told.turns], told.opened_at
    for place, (direction, text) in enumerate(said):
        following = moment_of(teller, told, moment, place)
        if following > now():
            return moment, False
        moment = following
        await say(teller, told, ticket_id, (direction, text, moment))
        if place == 0 and told.story.note:
            await say(teller, told, ticket_id, ("note", told.story.note, min(moment + timedelta(minutes=7), now())))
    return moment, True


def moment_of(teller: Teller, told: Told, before: datetime, place: int) -> datetime:
    """Answers come within business hours and mostly as promised, what customers say at any time."""
    chance = teller.chance
    if place == 0:
        return before
    if place == 2:
        return before + timedelta(minutes=chance.randint(40, 1_500))
    promised = teller.levels.target(told.story.priority).first_response or USUAL_MINUTES
    share = chance.uniform(1.1, 2.5) if chance.random() < 0.15 else chance.uniform(0.1, 0.9)
    return after_open(teller.levels.hours, before, promised * 60 * share) or before + timedelta(hours=4)


async def say(teller: Teller, told: Told, ticket_id: UUID, said: tuple[str, str, datetime]) -> None:
    """said: direction, text and time."""
    direction, text, moment = said
    channel = "email" if direction == "out" and told.story.channel == "post" else told.story.channel
    mailed = direction == "in" and channel == "email" and told.who.content.emails
    sender = told.who.content.emails[0].address if mailed else ""
    content = MessageContent(text=text, from_name=told.who.content.display_name if mailed else "", from_address=sender)
    draft = MessageDraft(content=content, direction=direction, channel=channel, at=moment)
    await add_message(teller.crm, teller.access, ticket_id, draft)
    await stamp(teller, ticket_id, told, moment)
    if told.owner and direction != "in":
        await teller.crm.data.fetch(
            "UPDATE service_message SET author_id = ? WHERE ticket_id = ? AND direction <> 'in'", told.owner, ticket_id
        )


async def stamp(teller: Teller, ticket_id: UUID, told: Told, moment: datetime) -> None:
    """What was just noted, as if it had happened then, by whoever has the ticket."""
    await teller.crm.data.fetch(
        "UPDATE service_ticket_event SET at = ?, by_id = coalesce(?, by_id) WHERE ticket_id = ? AND at >= ?",
        moment, told.owner, ticket_id, teller.begun,
    )  # fmt: skip


async def solve(teller: Teller, told: Told, ticket_id: UUID, said_at: datetime) -> None:
    """Some minutes after the last word; what is long over is closed."""
    crm, moment = teller.crm, min(said_at + timedelta(minutes=teller.chance.randint(1, 40)), now())
    before = (await visible_ticket(crm, teller.access, ticket_id)).row
    version = await change_ticket(crm, teller.access, ticket_id, TicketChange(state="solved"), seen=before["version"])
    if moment < now() - timedelta(days=OVER):
        await change_ticket(crm, teller.access, ticket_id, TicketChange(state="closed"), seen=version)
    await stamp(teller, ticket_id, told, moment)
    # The clock was stopped just now, as if they had waited until today.
    await crm.data.fetch(
        "UPDATE service_ticket SET solved_at = ?, solution_due = ?, paused_seconds = ? WHERE id = ?",
        moment, before["solution_due"], before["paused_seconds"], ticket_id,
    )  # fmt: skip
    if told.owner:
        await add_time(crm, teller.access, ticket_id, teller.chance.choice((5, 10, 15, 20, 45)))
        await crm.data.fetch(
            "UPDATE service_time_spent SET account_id = ?, at = ? WHERE ticket_id = ?", told.owner, moment, ticket_id
        )
    if teller.scores and told.story.kind != "complaint" and teller.chance.random() < 0.45:
        await ask_how(crm, before, moment, teller.scores.pop(0))


async def ask_how(crm: Installation, ticket: Mapping[str, Any], solved_at: datetime, score: int | None) -> None:
    """A survey, and what was answered to it."""
    asked_at = min(solved_at + timedelta(hours=1), now())
    columns = {
        "id": new_id(), "ticket_id": ticket["id"], "contact_id": ticket["contact_id"], "queue_id": ticket["queue_id"],
        "assignee_id": ticket["assignee_id"], "asked_at": asked_at, "score": score,
        "answered_at": min(asked_at + timedelta(hours=5), now()) if score else None,
    }  # fmt: skip
    await crm.records.insert(SURVEY, columns, SurveyContent(comment=COMMENTS.get(score or 0, "")))


async def mark_late(crm: Installation, ticket_id: UUID) -> None:
    """What is late already was brought to somebody's attention then, and not all of it at once now."""
    moment = now()
    await crm.data.fetch(
        "UPDATE service_ticket SET escalated_at = ? WHERE id = ? AND state IN ('new', 'open') "
        "AND (solution_due <= ? OR (first_response_at IS NULL AND first_response_due <= ?))",
        moment, ticket_id, moment, moment,
    )  # fmt: skip
