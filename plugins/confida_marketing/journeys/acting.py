"""What is done with many people at one step of a journey: each claimed in the very transaction that does it.

A process that is killed at any moment leaves either both behind, what was done and where they stand now, or neither. A mail is
claimed in the ledger of all marketing, by journey, step and the how many-th time the person is in it: whoever is asked for again
after a crash had it already, and goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from msgspec import structs

from confida_core.api import (
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    Row,
    VersionConflict,
    log_many,
    now,
    open_contacts,
    update_contact,
)
from confida_marketing.campaigns.audience import place_in
from confida_marketing.campaigns.delivering import Delivered, Overtaken, Sending, Stopped, deliver_batch
from confida_marketing.campaigns.limits import house_zone, may_leave
from confida_marketing.journeys.asking import OVER, answers_of, meeting
from confida_marketing.journeys.entering import Live, zones_for
from confida_marketing.journeys.journeys import INSIDE
from confida_marketing.journeys.log import Move, hold_entries, position_of, write_moves
from confida_marketing.journeys.machine import FULL_AGAIN, Happening, advance
from confida_marketing.journeys.plan import REACHING, Plan, Step

PASSED, OTHER_WAY = Happening(what="passed"), Happening(what="no")
AT_ONCE = 500
PARTS = 10_000

Outcomes = Mapping[UUID, Happening]
"""By the entry's id."""
Act = Callable[[Sequence[Row]], Awaitable[set[UUID]]]
"""Does it for these entries, in the transaction that moves them; returns the ids of those with whom it was done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """People at the same step of the same plan, for the same how many-th time."""

    live: Live
    plan: Plan
    step: Step | None
    number: int
    entries: Sequence[Row]

    @property
    def contact_ids(self) -> list[UUID]:
        return [one["contact_id"] for one in self.entries]

    def some(self, entries: Sequence[Row]) -> Group:
        return Group(live=self.live, plan=self.plan, step=self.step, number=self.number, entries=entries)


async def act(crm: Installation, group: Group) -> bool:
    """Do what the step says with everybody of the group. False where nothing could be done and the next tick tries again.

    Raises BrokenEmail and NotFound where its e-mail cannot be sent. Not inside a transaction.
    """
    step = group.step
    if step is None or step.kind in ("wait", "exit"):
        return await settle(crm, group, {one["id"]: PASSED for one in group.entries})
    if step.kind == "branch":
        holding = await meeting(crm, step.condition, group.contact_ids)
        return await settle(crm, group, ways(group, lambda one: one in holding))
    if step.kind == "split":
        drawn = partial(place_in, crm, f"journey {step.key}", group.live.id)
        return await settle(crm, group, ways(group, lambda one: drawn(one) * 100 < step.share * PARTS))
    done = True
    for start in range(0, len(group.entries), AT_ONCE):
        done &= await act_gated(crm, group.some(group.entries[start : start + AT_ONCE]), step)
    return done


def ways(group: Group, first: Callable[[UUID], bool]) -> dict[UUID, Happening]:
    return {one["id"]: PASSED if first(one["contact_id"]) else OTHER_WAY for one in group.entries}


async def act_gated(crm: Installation, group: Group, step: Step) -> bool:
    """Whoever the gate refuses goes the way that the step says; with the others it is done."""
    answers = await answers_of(crm, group.plan, step, group.contact_ids)
    refused: dict[UUID, Happening] = {}
    for one in group.entries:
        answer = answers[one["contact_id"]]
        if not answer.allowed:
            over = answer.reason.value in OVER
            refused[one["id"]] = Happening(what="stopped" if over else "refused", reason=answer.reason.value)
    had = {one["id"]: PASSED for one in group.entries if step.key in one["mails"].split()}
    await settle(crm, group, refused | had)
    rest = group.some([one for one in group.entries if one["id"] not in refused and one["id"] not in had])
    if not rest.entries:
        return True
    if step.kind == "mail":
        return await mail(crm, rest, step)
    everybody: Outcomes = {one["id"]: PASSED for one in rest.entries}
    return await settle(crm, rest, everybody, partial(tag if step.kind == "tag" else plan_for, crm, step))


async def settle(crm: Installation, group: Group, outcomes: Outcomes, work: Act | None = None) -> bool:
    """Move everybody of whom it is known what came of it; `work` is done in the same transaction, for those who move."""
    moment = now()
    entries = [one for one in group.entries if one["id"] in outcomes]
    if not entries:
        return True
    contact_ids = [one["contact_id"] for one in entries]
    zones = await zones_for(crm, group.plan, contact_ids)
    if work is not None:
        await crm.keyring.ensure(contact_ids, "relationship")
    moved = True
    async with crm.data.transaction():
        held = await hold_entries(crm, entries)
        if work is not None:
            done = await work(held)
            moved, held = len(done) == len(held), [one for one in held if one["id"] in done]
        moves = []
        for one in held:
            happening, before = outcomes[one["id"]], position_of(one)
            after = advance(group.plan, before, happening, moment, zones.get(one["contact_id"]) or house_zone(crm))
            moves.append(
                Move(entry=one, after=after, what=WHAT.get(happening.what, after.state), reason=happening.reason)
            )
        await write_moves(crm, moves, moment)
    return moved


WHAT = {"passed": "passed", "no": "no", "refused": "refused", "later": "later"}


async def mail(crm: Installation, group: Group, step: Step) -> bool:
    """Through the one door of marketing. Quiet hours and the limit a week leave people waiting."""
    asleep = {
        contact_id: until
        for contact_id, until in (await may_leave(crm, group.contact_ids, now())).items()
        if until is not None
    }
    by_contact = {one["contact_id"]: one["id"] for one in group.entries}
    outcomes = {
        by_contact[one]: Happening(what="later", reason="quiet_hours", until=until) for one, until in asleep.items()
    }
    awake = group.some([one for one in group.entries if one["contact_id"] not in asleep])
    found: Mapping[UUID, Delivered] = {}
    try:
        if awake.entries:
            found = await deliver_batch(
                crm, INSIDE, sending_of(group, step), awake.contact_ids, still=partial(still_there, crm, awake)
            )
    except (Stopped, Overtaken):
        await settle(crm, group, outcomes)
        return False
    outcomes |= {by_contact[one]: happening_of(outcome) for one, outcome in found.items()}
    return await settle(crm, group, outcomes)


def sending_of(group: Group, step: Step) -> Sending:
    return Sending(
        source="journey",
        source_id=group.live.id,
        part=f"{step.key}.{group.number}",
        purpose=group.plan.purpose,
        email_id=step.email_id,
    )


def happening_of(outcome: Delivered) -> Happening:
    match outcome.state:
        case "queued" | "printed":
            return PASSED
        case "capped":
            return Happening(what="later", reason=outcome.reason, until=now() + FULL_AGAIN)
        case "gone":
            return Happening(what="stopped", reason="gone")
    return Happening(what="refused", reason=outcome.reason or outcome.state)


async def still_there(crm: Installation, group: Group) -> bool:
    """In the transaction that queues the mails: the journey is still on, and nobody was taken out of it meanwhile."""
    lock = " FOR SHARE" if crm.data.engine == "postgres" else ""
    on = await crm.data.fetch(
        f"SELECT id FROM marketing_journey WHERE id = ? AND state = 'active' AND deleted_at IS NULL{lock}",
        group.live.id,
    )
    return bool(on) and len(await hold_entries(crm, group.entries)) == len(group.entries)


async def tag(crm: Installation, step: Step, entries: Sequence[Row]) -> set[UUID]:
    """Who was changed by somebody else at this moment, or has as many tags as fit, is left for the next tick or goes on."""
    by_contact = {one["contact_id"]: one["id"] for one in entries}
    done = set[UUID]()
    for opened in await open_contacts(crm, INSIDE, list(by_contact)):
        before = set(opened.content.tags)
        tags = sorted(before - {step.tag} if step.remove else before | {step.tag})
        try:
            if set(tags) != before:
                content = structs.replace(opened.content, tags=tags)
                await update_contact(crm, INSIDE, opened.row["id"], content, seen=opened.row["version"])
        except VersionConflict:
            continue
        except (InvalidContent, NotFound):
            pass
        done.add(by_contact[opened.row["id"]])
    return done


async def plan_for(crm: Installation, step: Step, entries: Sequence[Row]) -> set[UUID]:
    """A task, a call or an appointment for each, for whoever the step names."""
    owners: dict[UUID, UUID | None] = {}
    if step.assignee == "owner":
        opened = await open_contacts(crm, INSIDE, [one["contact_id"] for one in entries])
        owners = {one.row["id"]: one.row["owner_id"] for one in opened}
    elif step.assignee:
        owners = dict.fromkeys((one["contact_id"] for one in entries), UUID(step.assignee))
    due = due_on(crm, step, now())
    await log_many(
        crm, INSIDE, [drafted(step, one["contact_id"], owners.get(one["contact_id"]), due) for one in entries]
    )
    return {one["id"] for one in entries}


KIND_OF = {"task": "task", "call": "call", "appointment": "meeting"}


def drafted(step: Step, contact_id: UUID, owner_id: UUID | None, due: date) -> InteractionDraft:
    direction = "out" if step.kind in REACHING else ""
    return InteractionDraft(
        kind=KIND_OF[step.kind], people=(contact_id,), subject=step.text, body=step.body, planned=True, due_on=due,
        assignee_id=owner_id, direction=direction,
    )  # fmt: skip


def due_on(crm: Installation, step: Step, moment: datetime) -> date:
    return (moment + timedelta(days=step.days)).astimezone(house_zone(crm)).date()
