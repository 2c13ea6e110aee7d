"""How the invented organisation has set up its service: queues, hours, ready answers, a list of steps and a rule."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from confida_core.api import Access, Installation
from confida_service.answering.canned import save_canned
from confida_service.answering.checklists import save_checklist
from confida_service.complaints.causes import causes, save_cause
from confida_service.demo.cast import is_there, known_id, rename
from confida_service.queues.queues import save_queue, set_members
from confida_service.queues.routing_content import ROUTING_RULE, RuleContent
from confida_service.queues.routing_rules import all_rules, save_rule
from confida_service.service_levels.levels import LevelSettings, Target, level_settings, save_levels

QUEUES = {"desk": "Garden desk", "repairs": "Workshop", "complaints": "Complaints"}
CANNED = {
    "Thank you, we look into it": "Dear {name},\n\nthank you for ticket #{number}. We look into it and answer by tomorrow.\n\nYours, {me}",
    "Replacement is on its way": "Dear {name},\n\nI am sorry. The replacement leaves today; please keep the broken part until it is there.\n\n{me}",
    "Ersatz ist unterwegs": "Guten Tag {name},\n\nbitte entschuldigen Sie. Der Ersatz geht heute hinaus.\n\n{me}",
}
CHECKLIST, CHECKED = "Something is broken", "fault"
CHECKLIST_STEPS = (
    "Ask for a picture of the damage", "Look up the day of delivery", "Is it under warranty?",
    "Offer repair or replacement", "Tell the maker if it happens often",
)  # fmt: skip
CAUSES = ("Late or missed date", "Quality of goods", "Cancelled at short notice", "Mistake in an invoice")
RULE = "What is broken goes to the workshop"
WORDS = ("broken", "leaks", "kaputt", "tropft")
WEEK = (*("9:00-12:30, 13:30-18:00",) * 5, "10:00-13:00", "")
TARGETS = {1: Target(480, 2_400), 2: Target(240, 1_440), 3: Target(120, 960), 4: Target(60, 480)}
USED = (
    "SELECT 1 FROM service_ticket WHERE queue_id = ?", "SELECT 1 FROM service_mail_account WHERE queue_id = ?",
    "SELECT 1 FROM service_chat_box WHERE queue_id = ?",
)  # fmt: skip


async def set_up(crm: Installation, access: Access) -> dict[str, UUID]:
    """Whatever of it is not there yet; ids of the queues by key. What the organisation has set up for itself stays as it is."""
    for name, text in CANNED.items():
        await once(crm, "service_canned_answer", name, partial(save_canned, crm, access, name, text))
    await once(
        crm, "service_checklist", CHECKLIST,
        partial(save_checklist, crm, access, CHECKLIST, CHECKED, CHECKLIST_STEPS),
    )  # fmt: skip
    named = {one.name.casefold() for one in await causes(crm)}
    for name in CAUSES:
        if name.casefold() not in named:
            await once(crm, "service_complaint_cause", name, partial(save_cause, crm, access, name))
    settings = await level_settings(crm)
    if not settings.version and not settings.targets:
        await save_levels(crm, access, LevelSettings(week=WEEK, targets=TARGETS), seen=0)
    desks = {
        key: await once(crm, "service_queue", name, partial(save_queue, crm, access, name))
        for key, name in QUEUES.items()
    }
    await send_to_workshop(crm, access, desks["repairs"])
    return desks


async def once(crm: Installation, table: str, name: str, make: Callable[[], Awaitable[UUID]]) -> UUID:
    known = known_id(table, name)
    return known if await is_there(crm, table, known) else await rename(crm, table, await make(), name)


async def send_to_workshop(crm: Installation, access: Access, queue_id: UUID) -> None:
    if any(one.content.name == RULE for one in await all_rules(crm)):
        return
    condition = {"any": [{"field": "mail.subject", "op": "contains", "value": word} for word in WORDS]}
    rule = RuleContent(
        name=RULE, condition=json.dumps(condition), queue_id=queue_id, kind="fault", tags=("broken",), stop=True
    )
    await save_rule(crm, access, rule)


async def employ(crm: Installation, access: Access, desks: dict[str, UUID], owners: Sequence[UUID | None]) -> None:
    """Everybody works everywhere; the workshop gives its tickets to whoever has least to do."""
    members = [(one, "") for one in owners if one is not None]
    for queue_id in desks.values():
        await set_members(crm, access, queue_id, members)
    await save_queue(crm, access, QUEUES["repairs"], assignment="workload", queue_id=desks["repairs"])


async def take_down(crm: Installation) -> None:
    """A queue, or a cause, that something real stands in by now stays; so do hours and targets that somebody changed."""
    desks = [known_id("service_queue", name) for name in QUEUES.values()]
    for one in await all_rules(crm):
        if one.content.name == RULE and one.content.queue_id in desks:
            await crm.records.delete(ROUTING_RULE, one.row["id"], ())
    for queue_id in desks:
        if not any([await crm.data.fetch(f"{sql} LIMIT 1", queue_id) for sql in USED]):
            await crm.data.fetch("DELETE FROM service_queue_member WHERE queue_id = ?", queue_id)
            await crm.data.fetch("DELETE FROM service_queue WHERE id = ?", queue_id)
    for name in CANNED:
        await crm.data.fetch("DELETE FROM service_canned_answer WHERE id = ?", known_id("service_canned_answer", name))
    await crm.data.fetch("DELETE FROM service_checklist WHERE id = ?", known_id("service_checklist", CHECKLIST))
    for name in CAUSES:
        await crm.data.fetch(
            "DELETE FROM service_complaint_cause WHERE id = ? "
            "AND NOT EXISTS (SELECT 1 FROM service_complaint WHERE cause_id = service_complaint_cause.id)",
            known_id("service_complaint_cause", name),
        )
    settings = await level_settings(crm)
    if settings.version == 1 and (settings.week, dict(settings.targets)) == (WEEK, TARGETS):
        await crm.data.fetch("DELETE FROM service_hours WHERE id = 1")
        await crm.data.fetch("DELETE FROM service_target")
