"""The rules as they are kept: in their order, each at the version that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from confida_core.api import (
    Access,
    Installation,
    InvalidCondition,
    InvalidContent,
    NotFound,
    Opened,
    active_accounts,
    new_id,
    read_condition,
    record_audit_event,
    system_access,
)
from confida_service.queues.queues import queues
from confida_service.queues.routing_content import ROUTING_RULE, RuleContent
from confida_service.queues.routing_fields import all_fields
from confida_service.tickets.states import KINDS, PRIORITIES

INSIDE = system_access("service rules")
LONGEST_NAME = 80
LONGEST_TAG = 60
MOST_TAGS = 10
MOST_RULES = 200


async def all_rules(crm: Installation) -> list[Opened[RuleContent]]:
    """Every rule in its order, enabled or not; for the program's own use."""
    rows = await crm.data.fetch("SELECT * FROM service_routing_rule ORDER BY position, id")
    return await crm.door.open(INSIDE, ROUTING_RULE, rows)


async def rules(crm: Installation, access: Access) -> list[Opened[RuleContent]]:
    """Raises Forbidden."""
    access.actor.require("service.manage")
    return await all_rules(crm)


async def rule(crm: Installation, access: Access, rule_id: UUID) -> Opened[RuleContent]:
    """Raises Forbidden and NotFound."""
    found = next((one for one in await rules(crm, access) if one.row["id"] == rule_id), None)
    if found is None:
        raise NotFound
    return found


async def save_rule(
    crm: Installation, access: Access, content: RuleContent, *, rule_id: UUID | None = None, seen: int = 0
) -> UUID:
    """Make one, which is tried last, or change it; returns its id.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent by field.
    """
    access.actor.require("service.manage")
    content = await checked_rule(crm, content)
    there = await rules(crm, access)
    if rule_id is not None and rule_id not in {one.row["id"] for one in there}:
        raise NotFound
    if rule_id is None and len(there) >= MOST_RULES:
        raise InvalidContent({"": f"There can be at most {MOST_RULES} rules."})
    async with crm.data.transaction():
        if rule_id is None:
            rule_id = new_id()
            last = max((one.row["position"] for one in there), default=0) + 1
            await crm.records.insert(ROUTING_RULE, {"id": rule_id, "position": last, "enabled": True}, content)
        else:
            await crm.records.update(ROUTING_RULE, {"id": rule_id}, content, seen=seen)
        await note(crm, access, "service.rule_saved", rule_id)
    return rule_id


async def note(crm: Installation, access: Access, kind: str, rule_id: UUID) -> None:
    await record_audit_event(
        crm, kind, actor_id=access.actor.id, target_id=rule_id, target_kind="routing rule", serious=False
    )


async def checked_rule(crm: Installation, content: RuleContent) -> RuleContent:
    """Raises InvalidContent; a queue or colleague that is gone meanwhile is refused, too."""
    errors = {}
    tags = tuple(sorted({tag.strip() for tag in content.tags if tag.strip()}))
    if not 1 <= len(content.name.strip()) <= LONGEST_NAME:
        errors["name"] = f"Please name it in at most {LONGEST_NAME} characters."
    if content.queue_id and content.queue_id not in {one.id for one in await queues(crm)}:
        errors["queue"] = "Please choose one of the queues."
    if content.assignee_id and content.assignee_id not in {one.id for one in await active_accounts(crm)}:
        errors["assignee"] = "Please choose one of the colleagues."
    if content.priority and content.priority not in PRIORITIES:
        errors["priority"] = "Please choose one of the priorities."
    if content.kind and content.kind not in KINDS:
        errors["kind"] = "Please choose one of the kinds."
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        errors["tags"] = f"At most {MOST_TAGS} tags of at most {LONGEST_TAG} characters."
    errors |= await condition_errors(crm, content.condition)
    if errors:
        raise InvalidContent(errors)
    return replace(content, name=content.name.strip(), tags=tags)


async def condition_errors(crm: Installation, source: str) -> dict[str, str]:
    try:
        if source:
            read_condition(source, await all_fields(crm))
    except InvalidCondition as wrong:
        return {"condition": f"The {wrong.path or 'condition'} {wrong.message}."}
    return {}


async def switch_rule(crm: Installation, access: Access, rule_id: UUID, *, enabled: bool) -> None:
    """Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    if not await crm.data.fetch(
        "UPDATE service_routing_rule SET enabled = ? WHERE id = ? RETURNING id", enabled, rule_id
    ):
        raise NotFound
    await note(crm, access, "service.rule_switched", rule_id)


async def move_rule(crm: Installation, access: Access, rule_id: UUID, by: int) -> None:
    """Earlier (-1) or later (1); at an end it stays where it is. Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    async with crm.data.transaction():
        # Holds every row in one order, so that two who sort at once do so one after the other.
        await crm.data.fetch("UPDATE service_routing_rule SET position = position")
        rows = await crm.data.fetch("SELECT id FROM service_routing_rule ORDER BY position, id")
        order = [row["id"] for row in rows]
        if rule_id not in order:
            raise NotFound
        at = order.index(rule_id)
        order.insert(max(0, at + by), order.pop(at))
        await set_order(crm, order)


async def set_order(crm: Installation, order: Sequence[UUID]) -> None:
    await crm.data.execute_many(
        "UPDATE service_routing_rule SET position = ? WHERE id = ?",
        [(place, rule_id) for place, rule_id in enumerate(order, 1)],
    )


async def remove_rule(crm: Installation, access: Access, rule_id: UUID) -> None:
    """For good. Raises Forbidden and NotFound."""
    await rule(crm, access, rule_id)
    async with crm.data.transaction():
        await crm.records.delete(ROUTING_RULE, rule_id, ())
        await note(crm, access, "service.rule_removed", rule_id)
