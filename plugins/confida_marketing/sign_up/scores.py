"""Scores: points for whoever a rule fits, and always what for. Only of people who may be sorted by what they do (GDPR Art. 4(4))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from confida_consent.api import Answer, Reason, may_many
from confida_core.api import (
    Access,
    Event,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    catch_up_index,
    clean_line,
    condition_fields,
    enqueue,
    new_id,
    now,
    plugin_settings,
    system_access,
)
from confida_marketing.segments.kept import Segment, every_segment, in_use
from confida_marketing.segments.members import everybody, meant
from confida_marketing.settings import MarketingSettings
from confida_marketing.sign_up.content import RULE, SCORE, RuleContent, ScoreContent, ScorePart
from confida_marketing.sign_up.handing_over import hand_over, was_handed_over
from confida_web.api import mark

INSIDE = system_access("marketing scores", "relationship")
COMPUTE: Final = "marketing.compute_scores"
FIELD: Final = "marketing.score"
PROFILING: Final = "profiling"
STAYS: Final = frozenset({Reason.RESTRICTED, Reason.IN_TRASH})
"""Refusals that do not ask us to forget what was concluded before: it is neither used nor destroyed meanwhile."""
BATCH, MOST_RULES, MOST_POINTS = 500, 50, 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Points for everybody whom the condition of a living segment fits. segment: None where it is gone by now."""

    id: UUID
    name: str
    points: int
    segment: Segment | None


async def rules_of(crm: Installation) -> list[Rule]:
    """All of them, the first made first; for the program's own use."""
    rows = await crm.data.fetch("SELECT * FROM marketing_score_rule ORDER BY id")
    segments = in_use(await every_segment(crm))
    return [
        Rule(id=one.row["id"], name=one.content.name, points=one.row["points"], segment=segments.get(segment_in(one.content)))
        for one in await crm.door.open(INSIDE, RULE, rows)
    ]  # fmt: skip


def segment_in(content: RuleContent) -> UUID:
    """Of a rule's condition, which names one segment."""
    try:
        return UUID(msgspec.json.decode(content.condition)["value"])
    except (msgspec.DecodeError, ValueError, KeyError, TypeError):
        return UUID(int=0)


async def add_rule(crm: Installation, access: Access, name: str, points: int, segment_id: UUID | None) -> UUID:
    """From now on this counts; scores follow within the hour, or at once where the worker is free.

    Raises Forbidden, and InvalidContent by field.
    """
    access.actor.require("marketing.manage")
    segment = in_use(await every_segment(crm)).get(segment_id) if segment_id else None
    errors = {}
    if not clean_line(name) or len(name) > 200:
        errors["name"] = mark("Please say what it is for, in a few words.")
    if not 0 < abs(points) <= MOST_POINTS:
        errors["points"] = mark("A whole number up to 1000, or below nothing.")
    if segment is None:
        errors["segment"] = mark("Please choose whom it is for.")
    elif FIELD in condition_fields((await meant(crm, segment)).whole):
        errors["segment"] = mark("This asks for the score itself, and would go round in a circle.")
    if len(await rules_of(crm)) >= MOST_RULES:
        errors["name"] = mark("There are as many rules as anybody can follow.")
    if errors or segment is None:
        raise InvalidContent(errors)
    made = new_id()
    condition = msgspec.json.encode({"field": "marketing.segment", "op": "has", "value": segment.id.hex}).decode()
    async with crm.data.transaction():
        columns = {"id": made, "points": points, "created_at": now()}
        await crm.records.insert(RULE, columns, RuleContent(name=clean_line(name), condition=condition))
        await enqueue(crm, COMPUTE, {})
    return made


async def remove_rule(crm: Installation, access: Access, rule_id: UUID) -> None:
    """Raises Forbidden and NotFound."""
    access.actor.require("marketing.manage")
    if not await crm.records.rows(RULE, [rule_id]):
        raise NotFound
    async with crm.data.transaction():
        await crm.records.delete(RULE, rule_id, ())
        await enqueue(crm, COMPUTE, {})


async def compute_scores(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: everybody's points anew. Rows that say the same already are left alone, so that nothing follows from them."""
    wanted = await added_up(crm)
    answers = await may_all(crm, sorted(wanted))
    allowed = {one: parts for one, parts in wanted.items() if answers[one].allowed}
    waiting = {one for one, answer in answers.items() if answer.reason in STAYS and not answer.allowed}
    kept = await kept_scores(crm)
    gone = [
        one for one in kept.values() if one.row["contact_id"] not in allowed and one.row["contact_id"] not in waiting
    ]
    await forget(crm, gone)
    ids = [one for one, parts in allowed.items() if one not in kept or kept[one].content.parts != parts]
    for start in range(0, len(ids), BATCH):
        await store(crm, {one: allowed[one] for one in ids[start : start + BATCH]}, kept)
    await hand_over_ready(crm, allowed)


async def added_up(crm: Installation) -> dict[UUID, list[ScorePart]]:
    """Contact -> which rules fit, by their own conditions alone: the purpose of a segment is not asked here."""
    found: dict[UUID, list[ScorePart]] = {}
    for rule in await rules_of(crm):
        if rule.segment is not None:
            for one in await everybody(crm, (await meant(crm, rule.segment)).scope):
                found.setdefault(one, []).append(ScorePart(name=rule.name, points=rule.points))
    return found


async def may_all(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, Answer]:
    found: dict[UUID, Answer] = {}
    for start in range(0, len(contact_ids), BATCH):
        found |= await may_many(crm, contact_ids[start : start + BATCH], PROFILING, PROFILING)
    return found


async def kept_scores(crm: Installation) -> dict[UUID, Opened[ScoreContent]]:
    rows = await crm.data.fetch("SELECT * FROM marketing_score ORDER BY id")
    return {one.row["contact_id"]: one for one in await crm.door.open(INSIDE, SCORE, rows)}


async def store(
    crm: Installation, wanted: Mapping[UUID, list[ScorePart]], kept: Mapping[UUID, Opened[ScoreContent]]
) -> None:
    """Some hundreds in one transaction."""
    await crm.keyring.ensure(list(wanted), SCORE.retention_class)
    async with crm.data.transaction():
        for contact_id, parts in wanted.items():
            columns = {"contact_id": contact_id, "points": sum(one.points for one in parts), "computed_at": now()}
            before = kept.get(contact_id)
            content = ScoreContent(parts=parts)
            if before is None:
                await crm.records.insert(SCORE, {"id": new_id(), **columns}, content)
            else:
                own = {"id": before.row["id"], **columns}
                await crm.records.update(SCORE, own, content, seen=before.row["version"])
    await catch_up_index(crm)


async def forget(crm: Installation, scores: Sequence[Opened[ScoreContent]]) -> None:
    for start in range(0, len(scores), BATCH):
        async with crm.data.transaction():
            for one in scores[start : start + BATCH]:
                await crm.records.delete(SCORE, one.row["id"], [one.row["contact_id"]])


async def hand_over_ready(crm: Installation, scores: Mapping[UUID, list[ScorePart]]) -> None:
    """Whoever has as many points as the organisation set is handed over to sales, once. 0 hands nobody over."""
    least = (await plugin_settings(crm, MarketingSettings)).qualified_at
    if not least:
        return
    for contact_id, parts in scores.items():
        points = sum(one.points for one in parts)
        if points >= least and not await was_handed_over(crm, contact_id):
            await hand_over(crm, INSIDE, contact_id, in_words(parts), points=points, by_program=True)


def in_words(parts: Sequence[ScorePart]) -> str:
    return "\n".join(f"{one.points:+d} because: {one.name}" for one in parts)


async def heed_objections(crm: Installation, events: Sequence[Event]) -> None:
    """Told of what people said: who may not be profiled any more loses the score at once. Twice makes no difference."""
    people = list({person for event in events for person in event.people})
    refused = {
        one for one, answer in (await may_all(crm, people)).items() if not answer.allowed and answer.reason not in STAYS
    }
    if refused:
        marks = ", ".join("?" * len(refused))
        rows = await crm.data.fetch(f"SELECT * FROM marketing_score WHERE contact_id IN ({marks})", *refused)
        await forget(crm, await crm.door.open(INSIDE, SCORE, rows))


async def points_of(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, float]:
    """For filters and segments; there is none of those who may not be profiled. One statement; opens nothing."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, points FROM marketing_score WHERE contact_id IN ({marks})", *contact_ids
    )
    return {row["contact_id"]: float(row["points"]) for row in rows}


async def score_panel(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the contact's page: the points and what each is for, or why there are none."""
    [answer] = (await may_many(crm, [contact_id], PROFILING, PROFILING)).values()
    rows = await crm.data.fetch("SELECT * FROM marketing_score WHERE contact_id = ? ORDER BY id LIMIT 1", contact_id)
    found = await crm.door.open(access, SCORE, rows) if answer.allowed else ()
    return {
        "points": found[0].row["points"] if found else 0,
        "parts": [(f"{one.points:+d}", one.name) for one in found[0].content.parts] if found else [],
        "refused": "" if answer.allowed else answer.sentence,
        "handed": await was_handed_over(crm, contact_id),
    }
