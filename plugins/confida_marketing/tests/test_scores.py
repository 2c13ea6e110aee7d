"""Scores: points with their reasons, only of those who may be sorted so, and a lead for sales where that is on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.mail_sink import tell_events, work
from tests.refusals import restrict

from confida_consent.api import Indication, record_event
from confida_core.api import (
    Access,
    catch_up_index,
    system_access,
    values_of_contact,
)
from confida_marketing.segments.segments import SegmentDraft, save_segment
from confida_marketing.settings import MarketingSettings
from confida_marketing.sign_up.scores import INSIDE, add_rule, compute_scores, remove_rule, rules_of

pytestmark = pytest.mark.anyio
SCORES = "/x/marketing/forms/scores"


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("marketing", "sales")


async def objects(crm: Any, contact_id: UUID) -> None:
    said = Indication(
        subject_id=contact_id, purpose="profiling", channel="profiling", kind="objected", method="in_person",
    )  # fmt: skip
    await record_event(crm, system_access("tests", "consent"), said)


async def points(crm: Any) -> dict[UUID, int]:
    return {row["contact_id"]: row["points"] for row in await crm.data.fetch("SELECT * FROM marketing_score")}


async def test_points_say_what_for_and_go_with_an_objection(
    *, crm: Any, access: Access, client: Any, as_role: Any, contact: Any, assert_exported: Any
) -> None:
    ada, olga, mats = [
        UUID(str(await contact(name, email=f"{name.lower()}@example.org"))) for name in ("Ada", "Olga", "Mats")
    ]
    await catch_up_index(crm)
    await tell_events(crm)
    anybody = await save_segment(
        crm,
        access,
        SegmentDraft(
            name="With mail",
            condition='{"field": "has_email", "op": "is", "value": true}',
            purpose="newsletter",
            channel="email",
        ),
    )
    named = await save_segment(
        crm,
        access,
        SegmentDraft(
            name="Ada",
            condition='{"field": "name", "op": "contains", "value": "Ada"}',
            purpose="newsletter",
            channel="email",
        ),
    )
    await objects(crm, mats)
    await restrict(crm, olga)
    for name, number, segment in (("zqaddress", "10", anybody), ("zqname", "25", named)):
        typed = {"name": name, "points": number, "segment": str(segment)}
        assert (await client.post(SCORES, data=typed)).status_code == 303
    for changes, box in (
        ({"name": ""}, "name"),
        ({"points": "many"}, "points"),
        ({"segment": ""}, "segment"),
        ({"segment": "x"}, "segment"),
    ):
        wrong = await client.post(SCORES, data={"name": "x", "points": "1", "segment": str(named)} | changes)
        assert (wrong.status_code, f'id="{box}-error"' in wrong.text) == (422, True), changes
    await work(crm)
    # The others: one objected, one is restricted. Nobody has to have agreed to anything for the segment's own purpose.
    assert await points(crm) == {ada: 35}
    assert (await values_of_contact(crm, ada))[1]["marketing.score"] == 35
    shown = (await client.get(f"/contacts/{ada}")).text
    assert ("+25 because: zqname" in shown, "+10 because: zqaddress" in shown) == (True, True)
    assert "No score:" in (await client.get(f"/contacts/{mats}")).text
    await assert_exported(ada, "zqname")
    circle = await save_segment(
        crm,
        access,
        SegmentDraft(
            name="Hot",
            condition='{"field": "marketing.score", "op": ">", "value": 5}',
            purpose="newsletter",
            channel="email",
        ),
    )
    round_about = await client.post(SCORES, data={"name": "x", "points": "1", "segment": str(circle)})
    assert (round_about.status_code, "circle" in round_about.text) == (422, True)
    reader = await as_role("readonly")
    [first, *_] = await rules_of(crm)
    tried = [await reader.post(SCORES), await reader.post(f"{SCORES}/{first.id}/remove"), await reader.get(SCORES)]
    assert [one.status_code for one in tried] == [404, 404, 200]
    await remove_rule(crm, INSIDE, first.id)
    await compute_scores(crm, {})
    assert await points(crm) == {ada: 25}
    await objects(crm, ada)
    await tell_events(crm)
    await work(crm)
    assert await points(crm) == {}


async def test_whoever_has_enough_points_is_a_lead_once(*, crm: Any, access: Access, client: Any, contact: Any) -> None:
    ada = UUID(str(await contact("Ada", email="ada@example.org")))
    await catch_up_index(crm)
    await tell_events(crm)
    segment = await save_segment(
        crm,
        access,
        SegmentDraft(
            name="With mail",
            condition='{"field": "has_email", "op": "is", "value": true}',
            purpose="newsletter",
            channel="email",
        ),
    )
    usual = {
        key: str(value) for key, value in structs.asdict(MarketingSettings()).items() if not isinstance(value, bool)
    }
    assert (await client.post("/settings/plugins/marketing", data=usual | {"qualified_at": "10"})).status_code == 303
    await add_rule(crm, access, "zqasked", 10, segment)
    for _ in range(2):
        await compute_scores(crm, {})
        await tell_events(crm)
        await work(crm)
    leads = await crm.data.fetch("SELECT contact_id, state FROM sales_lead")
    assert [tuple(row.values()) for row in leads] == [(ada, "new")]
