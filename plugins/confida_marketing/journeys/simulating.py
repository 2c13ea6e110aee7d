"""A journey tried on one person: the way they would go, with dates, what they would get and why the gate says yes or no.

Nothing is done: nobody is entered anywhere, nothing is written down. Conditions and consents count as they are now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import Installation, now, plugin_settings
from confida_marketing.campaigns.audience import place_in
from confida_marketing.campaigns.limits import had_lately, quiet_until, zones_of
from confida_marketing.journeys.acting import PARTS
from confida_marketing.journeys.asking import OVER, answers_of, meeting
from confida_marketing.journeys.machine import FULL_AGAIN, Happening, Position, advance, begin, task_of
from confida_marketing.journeys.plan import GATED, Plan, Step
from confida_marketing.settings import MarketingSettings

MOST = 60
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulated:
    """One thing on the way. at: when it would happen. reason: what the gate or a limit says, a code; allowed: whether it is done.

    what: as a happening. After one that is put off the same step follows again.
    """

    at: datetime
    step: Step
    what: str
    reason: str = ""
    allowed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """begins: a code of the gate, and whether it lets them begin. end: the last position; whole: whether it ended."""

    allowed: bool
    reason: str
    steps: tuple[Simulated, ...]
    end: Position
    reached: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What is asked about somebody once. had: messages of marketing in the last week."""

    id: UUID
    journey_id: UUID
    zone: ZoneInfo
    settings: MarketingSettings
    had: int


async def simulate(crm: Installation, plan: Plan, journey_id: UUID, contact_id: UUID) -> Way:
    """From this moment to its end, or as far as can be foreseen. Not inside a transaction."""
    moment = now()
    person = Person(
        id=contact_id,
        journey_id=journey_id,
        zone=(await zones_of(crm, [contact_id]))[contact_id],
        settings=await plugin_settings(crm, MarketingSettings),
        had=(await had_lately(crm, [contact_id], moment)).get(contact_id, 0),
    )
    begins = (await answers_of(crm, plan, None, [contact_id]))[contact_id]
    reached = bool(plan.goal) and contact_id in await meeting(crm, plan.goal, [contact_id], for_them=True)
    position, steps, mails = begin(plan, moment, person.zone), list[Simulated](), list[datetime]()
    while position.state == "waiting" and len(steps) < MOST:
        at = max(position.due_at, moment)
        task = task_of(plan, position, at)
        happening = await foreseen(crm, plan, task, person, (at, mails)) if task else Happening(what="passed")
        if task is not None:
            steps.append(
                Simulated(
                    at=at, step=task, what=happening.what, reason=happening.reason,
                    allowed=happening.what in ("passed", "no"),
                )
            )  # fmt: skip
            if task.kind == "mail" and happening.what == "passed":
                mails.append(at)
        if happening.what == "refused" and task is not None and task.refused == "wait":
            break
        position, moment = advance(plan, position, happening, at, person.zone), at
    return Way(allowed=begins.allowed, reason=begins.reason.value, steps=tuple(steps), end=position, reached=reached)


async def foreseen(
    crm: Installation, plan: Plan, step: Step, person: Person, when: tuple[datetime, list[datetime]]
) -> Happening:
    """What would come of this step. when: the moment, and when mails of this way left before."""
    at, mails = when
    if step.kind == "branch":
        return Happening(what="passed" if person.id in await meeting(crm, step.condition, [person.id]) else "no")
    if step.kind == "split":
        first = place_in(crm, f"journey {step.key}", person.journey_id, person.id) * 100 < step.share * PARTS
        return Happening(what="passed" if first else "no")
    if step.kind not in GATED:
        return Happening(what="passed")
    answer = (await answers_of(crm, plan, step, [person.id]))[person.id]
    if not answer.allowed:
        return Happening(what="stopped" if answer.reason.value in OVER else "refused", reason=answer.reason.value)
    if step.kind == "mail":
        if until := quiet_until(at, person.zone, person.settings):
            return Happening(what="later", reason="quiet_hours", until=until)
        recent = sum(one > at - WEEK for one in mails) + (person.had if at < now() + WEEK else 0)
        if recent >= person.settings.most_a_week:
            free = min([one + WEEK for one in mails if one > at - WEEK], default=at + FULL_AGAIN)
            return Happening(what="later", reason="most_a_week", until=free + timedelta(minutes=1))
    return Happening(what="passed", reason=answer.reason.value)
