"""What must be mended in a journey before it is switched on: found beforehand, each in one sentence that says where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from confida_consent.api import CONSENT_FIELD, Purpose, all_purposes
from confida_core.api import Access, Installation, InvalidCondition, NotFound, active_accounts, not_ready_to_send
from confida_marketing.content.emails import visible_email
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.content.preparing import prepare
from confida_marketing.journeys.asking import date_fields, spelt
from confida_marketing.journeys.plan import (
    END,
    FORKS,
    MOST_STEPS,
    NEXT,
    REACHING,
    REENTRY,
    REFUSED,
    Plan,
    Step,
    circles_without_wait,
)
from confida_marketing.segments.fields import index_fields
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.segments.segments import purposes_offered
from confida_web.api import mark

LONGEST_DAYS, LONGEST_HOURS, DAY_MINUTES = 730, 10_000, 24 * 60
UNREACHED = mark("Nobody ever comes to this step: no other step leads to it.")
CIRCLE = mark(
    "From here people come back to this step without ever waiting: put a wait of at least an hour in between."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """step: its key, or field: of the journey's own form. sentence: English, translated when shown."""

    sentence: str
    step: str = ""
    field: str = ""


async def faults_of(crm: Installation, access: Access, plan: Plan) -> list[Fault]:
    """Nothing is sent while there is one. Raises Forbidden."""
    faults = [*wrong_frame(plan), *await wrong_purpose(crm, plan), *await wrong_trigger(crm, plan)]
    if plan.goal and not await can_be_asked(crm, plan.goal):
        faults.append(Fault(field="goal", sentence=mark("The goal asks for something that is no longer there.")))
    for step in plan.steps:
        faults += [Fault(step=step.key, sentence=one) for one in wrong_step(plan, step)]
        if look := LOOKS.get(step.kind):
            faults += [Fault(step=step.key, sentence=one) for one in await look(crm, access, step)]
    return faults


def wrong_frame(plan: Plan) -> Iterator[Fault]:
    if not plan.steps:
        yield Fault(field="steps", sentence=mark("It has no steps yet."))
    if len(plan.steps) > MOST_STEPS:
        yield Fault(field="steps", sentence=mark("It has more than 40 steps: make two journeys of it."))
    if plan.reentry not in REENTRY or not 1 <= plan.reentry_days <= 3_650:
        yield Fault(field="reentry", sentence=mark("Say how often somebody may begin."))
    reachable = plan.reachable()
    for step in plan.steps:
        if step.key not in reachable:
            yield Fault(step=step.key, sentence=UNREACHED)
    for key in circles_without_wait(plan):
        yield Fault(step=key, sentence=CIRCLE)


async def wrong_purpose(crm: Installation, plan: Plan) -> list[Fault]:
    purpose: Purpose | None = (await purposes_offered(crm)).get(plan.purpose)
    if purpose is None:
        return [Fault(field="purpose", sentence=mark("Choose what it is for: people agree to purposes."))]
    foreign = [
        one for one in plan.steps if one.kind in REACHING and REACHING[one.kind] not in purpose.declared.channels
    ]
    return [Fault(step=one.key, sentence=mark("The purpose does not go by this channel.")) for one in foreign]


async def wrong_trigger(crm: Installation, plan: Plan) -> list[Fault]:
    trigger = plan.trigger
    sentence = ""
    match trigger.kind:
        case "segment":
            there = {str(one) for one in in_use(await every_segment(crm))}
            sentence = "" if trigger.value in there else mark("Choose the segment that somebody joins.")
        case "consent":
            parts = trigger.value.split(":")
            purposes = await all_purposes(crm)
            known = len(parts) == 3 and parts[0] in purposes and CONSENT_FIELD in await index_fields(crm)
            sentence = "" if known else mark("Choose the consent that somebody gives.")
        case "event":
            sentence = "" if trigger.value in crm.registry.event_kinds else mark("Choose what has to happen.")
        case "yearly" | "date":
            known = trigger.value in date_fields(await index_fields(crm))
            sentence = "" if known else mark("Choose which date it is.")
        case "silence":
            sentence = "" if trigger.days >= 1 else mark("Say how many days without contact.")
    if not sentence and not 0 <= trigger.days <= LONGEST_DAYS:
        sentence = mark("At most 730 days.")
    return [Fault(field="trigger", sentence=sentence)] if sentence else []


def wrong_step(plan: Plan, step: Step) -> Iterator[str]:
    """What can be seen in the step alone."""
    targets = (step.then, step.other) if step.kind in FORKS else (step.then,)
    if any(one not in (NEXT, END) and plan.step(one) is None for one in targets):
        yield mark("It leads to a step that is gone.")
    if step.refused not in REFUSED:
        yield mark("Say what follows where the gate says no.")
    if not (0 <= step.days <= LONGEST_DAYS and 0 <= step.hours <= LONGEST_HOURS):
        yield mark("At most 730 days, or 10,000 hours.")
    if not (-1 <= step.weekday <= 6 and -1 <= step.minute < DAY_MINUTES):
        yield mark("Choose a day of the week and a time of the day.")
    if step.kind == "wait" and step.days == step.hours == 0 and step.weekday < 0 and step.minute < 0:
        yield mark("Say how long to wait, or until when.")
    if step.kind in ("task", "call", "appointment") and not step.text.strip():
        yield mark("Say in a few words what is to be done.")
    if step.kind == "tag" and not step.tag.strip():
        yield mark("Write the tag.")
    if step.kind == "split" and not 1 <= step.share <= 99:
        yield mark("Between 1 and 99 percent go to A.")
    if step.kind == "branch" and not step.condition:
        yield mark("Write the condition.")


async def wrong_mail(crm: Installation, access: Access, step: Step) -> list[str]:
    """The e-mail is made ready once, as for sending: a broken field is found before the first one leaves."""
    if step.email_id is None:
        return [mark("Choose the e-mail that is sent.")]
    if not_ready_to_send(crm, "email"):
        return [mark("No mail server is set up.")]
    try:
        await prepare(crm, (await visible_email(crm, access, step.email_id)).content)
    except NotFound:
        return [mark("This e-mail is no longer there.")]
    except BrokenEmail as broken:
        return list(broken.sentences)
    return []


async def wrong_branch(crm: Installation, access: Access, step: Step) -> list[str]:
    if step.condition and not await can_be_asked(crm, step.condition):
        return [mark("The condition asks for something that is no longer there.")]
    return []


async def wrong_assignee(crm: Installation, access: Access, step: Step) -> list[str]:
    if step.assignee in ("", "owner"):
        return []
    there = {one.id for one in await active_accounts(crm)}
    try:
        return [] if UUID(step.assignee) in there else [mark("Whoever it was for is no longer here.")]
    except ValueError:
        return [mark("Choose who does it.")]


async def can_be_asked(crm: Installation, source: str) -> bool:
    try:
        await spelt(crm, source)
    except InvalidCondition:
        return False
    return True


Look = Callable[[Installation, Access, Step], Awaitable[list[str]]]
LOOKS: dict[str, Look] = {
    "mail": wrong_mail,
    "branch": wrong_branch,
    "task": wrong_assignee,
    "call": wrong_assignee,
    "appointment": wrong_assignee,
}
