"""Segments: whom they mean, whom the gate keeps out of them and why, how they are combined, and what becomes of them."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.refusals import erase, restrict, signal, suppress

from confida_consent.api import Indication, record_events, state_value
from confida_core.api import (
    Installation,
    InvalidContent,
    NotFound,
    new_id,
    now,
    system_access,
    trash_contact,
    update_contact,
    visible_contact,
)
from confida_marketing.segments import fields
from confida_marketing.segments.growth import note_sizes, sizes_of
from confida_marketing.segments.lists import add_members, members_shown, remove_members
from confida_marketing.segments.members import SegmentCount, count_of, everybody, fits, holds, meant, members_of
from confida_marketing.segments.segments import (
    SegmentDraft,
    Used,
    copy_segment,
    purge_segments,
    restore_segment,
    save_segment,
    trash_segment,
    visible_segment,
)

pytestmark = pytest.mark.anyio
INSIDE = system_access("tests")
CONSENTING = system_access("tests", "consent")
TAGGED = '{"field": "tags", "op": "has", "value": "boat"}'


def condition(*parts: str, how: str = "all") -> str:
    return f'{{"{how}": [{", ".join(parts)}]}}'


def within(segment: UUID, op: str = "has") -> str:
    return f'{{"field": "marketing.segment", "op": "{op}", "value": "{segment.hex}"}}'


async def made(crm: Installation, name: str, source: str = "", **more: Any) -> UUID:
    usual = {"purpose": "newsletter", "channel": "email", "condition": source}
    return await save_segment(crm, INSIDE, SegmentDraft(name=name, **{**usual, **more}))


async def said(crm: Installation, *who: UUID, kind: str = "given", days: int = 0, purpose: str = "newsletter") -> None:
    """Who said it so many days ago, in the order of who."""
    channel = "profiling" if purpose == "profiling" else "email"
    await record_events(
        crm, CONSENTING,
        [
            Indication(
                subject_id=one, purpose=purpose, channel=channel, kind=kind, method="in_person",
                indicated_at=now() - timedelta(days=days),
            )
            for one in who
        ],
    )  # fmt: skip


async def tag(crm: Installation, contact_id: UUID, *tags: str) -> None:
    opened = await visible_contact(crm, INSIDE, contact_id)
    await update_contact(crm, INSIDE, contact_id, replace(opened.content, tags=list(tags)), seen=opened.row["version"])


async def people(crm: Installation, contact: Any, *names: str) -> dict[str, UUID]:
    """Everybody has the tag and an address of their own."""
    found = {name: await contact(name, email=f"{name.lower()}@example.org") for name in names}
    for one in found.values():
        await tag(crm, one, "boat")
    return found


async def test_nobody_whom_the_gate_refuses_is_in_any_segment_and_the_reasons_are_counted(
    crm: Installation, contact: Any
) -> None:
    cast = await people(
        crm, contact, "Yes", "Refused", "Withdrawn", "Expired", "Restricted", "Suppressed", "Trashed", "Never", "Erased",
        "Gpc",
    )  # fmt: skip
    mute = await contact("Mute")
    await tag(crm, mute, "boat")
    await said(crm, *(cast[one] for one in cast if one not in ("Refused", "Never", "Expired")), mute)
    await said(crm, cast["Refused"], kind="refused")
    await said(crm, cast["Expired"], days=800)
    await said(crm, cast["Withdrawn"], kind="withdrawn")
    await restrict(crm, cast["Restricted"])
    await suppress(crm, "suppressed@example.org")
    await trash_contact(crm, INSIDE, cast["Trashed"])
    await erase(crm, cast["Erased"])
    await signal(crm, cast["Gpc"])
    living = await made(crm, "Boats", condition(TAGGED))
    fixed = await made(crm, "The same people", living=False)
    assert await add_members(crm, INSIDE, fixed, [*cast.values(), mute, mute]) == 9
    # A refusal is ordered as a withdrawal is.
    expected = {"withdrawn": 2, "expired": 1, "restricted": 1, "suppressed": 1, "never_asked": 1}
    for segment in (living, fixed):
        assert await members_of(crm, INSIDE, segment) == [cast["Yes"], cast["Gpc"]]
        count = await count_of(crm, INSIDE, segment)
        assert count == SegmentCount(matching=9, allowed=2, refused={**expected, "no_address": 1})
        assert await holds(crm, segment, [*cast.values(), mute]) == {cast["Yes"], cast["Gpc"]}
        assert await holds(crm, segment, [*cast.values(), *(new_id() for _ in range(20))]) == {cast["Yes"], cast["Gpc"]}
    # An interest of ours in advertising: the browser's signal is an objection to it.
    offers = await made(crm, "Offers", condition(TAGGED), purpose="customer_offers")
    assert (await count_of(crm, INSIDE, offers)).refused["objected"] == 1
    # A phone call to them is another question, which nobody answered.
    assert (await count_of(crm, INSIDE, living, channel="phone")).allowed == 0


async def test_whoever_objects_to_profiling_is_in_no_segment_that_asks_what_people_did(
    crm: Installation, contact: Any, monkeypatch: Any
) -> None:
    cast = await people(crm, contact, "Ada", "Zoe")
    await said(crm, *cast.values())
    segment = await made(crm, "Boats", condition(TAGGED))
    await said(crm, cast["Zoe"], kind="objected", purpose="profiling")
    assert await members_of(crm, INSIDE, segment) == list(cast.values())
    # Marketing alone has no field about behaviour: this makes tags one.
    monkeypatch.setattr(fields, "TOLD", frozenset())
    assert await members_of(crm, INSIDE, segment) == [cast["Ada"]]
    assert (await count_of(crm, INSIDE, segment)).refused == {"profiling": 1}


async def test_segments_are_combined_of_others_and_never_go_round_in_a_circle(crm: Installation, contact: Any) -> None:
    cast = await people(crm, contact, "Ada", "Olga", "Zoe")
    await said(crm, *cast.values())
    boats = await made(crm, "Boats", condition(TAGGED))
    vips = await made(crm, "Guests of honour", living=False)
    await add_members(crm, INSIDE, vips, [cast["Olga"], cast["Zoe"]])
    others = await made(crm, "Others", condition(within(boats), within(vips, "has_not")))
    assert await members_of(crm, INSIDE, others) == [cast["Ada"]]
    either = await made(crm, "Either", condition(within(others), within(vips), how="any"))
    assert set(await members_of(crm, INSIDE, either)) == set(cast.values())
    state = state_value("newsletter", "email", "given")
    asked = await made(crm, "Asked", condition(f'{{"field": "consent.state", "op": "has", "value": "{state}"}}'))
    assert len(await members_of(crm, INSIDE, asked)) == 3
    draft = SegmentDraft(name="Boats", condition=condition(within(either)), purpose="newsletter", channel="email")
    with pytest.raises(InvalidContent) as refused:
        await save_segment(crm, INSIDE, draft, segment_id=boats, seen=1)
    assert "circle" in refused.value.errors["conditions"]
    with pytest.raises(Used) as used:
        await trash_segment(crm, INSIDE, vips, seen=1)
    assert [(use.kind, use.name) for use in used.value.uses] == [("Segment", "Either"), ("Segment", "Others")]
    assert await remove_members(crm, INSIDE, vips, [cast["Zoe"]]) == 1
    assert await members_of(crm, INSIDE, others) == [cast["Ada"], cast["Zoe"]]


async def test_segment_is_copied_thrown_away_taken_back_and_purged(crm: Installation, contact: Any) -> None:
    cast = await people(crm, contact, "Ada", "Zoe")
    await said(crm, cast["Ada"])
    vips = await made(crm, "Guests", living=False)
    await add_members(crm, INSIDE, vips, list(cast.values()))
    copy = await copy_segment(crm, INSIDE, vips)
    shown, _ = await members_shown(crm, INSIDE, copy)
    assert (sorted(name for _, name in shown), (await visible_segment(crm, INSIDE, copy)).name) == (
        ["Ada", "Zoe"],
        "Copy of Guests",
    )
    for _ in range(2):
        await note_sizes(crm, {})
    assert [(size.on_day, size.matching, size.allowed) for size in await sizes_of(crm, copy)] == [(now().date(), 2, 1)]
    await trash_segment(crm, INSIDE, copy, seen=1)
    with pytest.raises(NotFound):
        await members_of(crm, INSIDE, copy)
    assert await holds(crm, copy, list(cast.values())) == set()
    await restore_segment(crm, INSIDE, copy)
    assert await members_of(crm, INSIDE, copy) == [cast["Ada"]]
    await trash_segment(crm, INSIDE, copy, seen=3)
    await crm.data.fetch("UPDATE marketing_segment SET deleted_at = ? WHERE id = ?", now() - timedelta(days=31), copy)
    await purge_segments(crm, {})
    for table in ("marketing_segment", "marketing_segment_size"):
        assert len(await crm.data.fetch(f"SELECT id FROM {table}")) == 1
    assert len(await crm.data.fetch("SELECT id FROM marketing_segment_member")) == 2


async def test_index_and_memory_agree_about_random_segments(crm: Installation, contact: Any) -> None:
    """Of few people it is asked what they are now, of many what the index says: both must be the same."""
    dice = random.Random(8)
    tags = ("boat", "member", "vendor")
    everyone = [await contact(f"Person {number}", email=f"p{number}@example.org") for number in range(8)]
    for one in everyone:
        await tag(crm, one, *dice.sample(tags, dice.randint(0, 3)))
    await said(crm, *everyone[:5])
    known = [await made(crm, "List", living=False)]
    await add_members(crm, INSIDE, known[0], everyone[::2])
    for number in range(15):
        parts = [
            dice.choice([
                f'{{"field": "tags", "op": "{dice.choice(["has", "has_not"])}", "value": "{dice.choice(tags)}"}}',
                f'{{"field": "consent.state", "op": "has", "value": "{state_value("newsletter", "email", "given")}"}}',
                '{"field": "interactions", "op": "unknown"}',
                within(dice.choice(known), dice.choice(["has", "has_not"])),
            ])
            for _ in range(dice.randint(1, 3))
        ]  # fmt: skip
        source = condition(*parts, how=dice.choice(["all", "any"]))
        known.append(await made(crm, f"Segment {number}", source if dice.random() < 0.7 else f'{{"not": {source}}}'))
        one = await meant(crm, await visible_segment(crm, INSIDE, known[-1]))
        by_memory = [each for each in everyone if await fits(crm, each, one.whole)]
        assert list(await everybody(crm, one.scope)) == by_memory, json.loads(source)


async def test_nobody_is_put_on_a_list_by_who_may_not_see_them(crm: Installation, access: Any, contact: Any) -> None:
    ada, hidden = await contact("Ada"), await contact("Hidden")
    vips = await made(crm, "VIPs", living=False)
    await restrict(crm, hidden)
    # Nor does anybody learn by it that they are there.
    assert await add_members(crm, access, vips, [ada, hidden, new_id()]) == 1


async def test_lists_are_sealed_and_part_of_the_answer_and_go_with_the_person(
    crm: Installation, contact: Any, assert_sealed: Any, assert_exported: Any, assert_erased: Any
) -> None:
    ada = await contact("sealed-ada")
    vips = await made(crm, "sealed-list-name", living=False, note="sealed-note")
    await add_members(crm, INSIDE, vips, [ada])
    await assert_sealed("sealed-list-name", "sealed-note")
    await assert_exported(ada, "sealed-list-name")
    await assert_erased(ada, "sealed-ada")
    assert await crm.data.fetch("SELECT id FROM marketing_segment_member") == []
