"""Journeys: who begins, what is done with them, who is left alone; nobody gets a mail twice, nobody whom the gate refuses one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.mail_sink import posting, work

from confida_core.api import Installation, Row, open_contacts, read_timeline, system_access
from confida_marketing.journeys.entering import enter_people, live_journeys, put_in
from confida_marketing.journeys.plan import Trigger
from confida_marketing.journeys.states import take_out
from confida_marketing.tests.campaign_cast import (
    INSIDE,
    REFUSED,
    agreed,
    forbid,
    letter,
    people,
    said,
    segment_of,
    signalling,
)
from confida_marketing.tests.journey_cast import pass_days, places, plan, running, step, tick

pytestmark = pytest.mark.anyio
VIP = '{"field": "tags", "op": "has", "value": "vip"}'


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """No quiet hours, whatever the time at which the tests run."""
    return {"region": "DE", "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0, "most_a_week": 3}}}


async def test_people_go_the_whole_way_and_each_thing_is_done_once(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", "Zoe")
        ada, olga, zoe = cast.values()
        await said(crm, zoe)
        steps = (
            step("s1", "mail", email_id=await letter(crm)),
            step("s2", "wait", days=3),
            step("s3", "tag", tag="vip"),
            step("s4", "branch", condition=VIP, then="s5", other="end"),
            step("s5", "task", text="Write a card", days=2, assignee="owner"),
            step("s6", "appointment", text="Show them round"),
        )
        trigger = Trigger(kind="consent", value="newsletter:email:given")
        made = await running(crm, plan(*steps, trigger=trigger))
        await tick(crm)
        # Zoe had agreed before it was switched on.
        assert await places(crm, made) == {}
        await said(crm, ada, olga)
        await tick(crm)
        await tick(crm)
        await work(crm)
        assert sink.got == ["ada", "olga"]
        assert await places(crm, made) == dict.fromkeys((ada, olga), ("waiting", "s2", ""))
        await take_out(crm, INSIDE, (await entries(crm, olga))[0]["id"])
        await pass_days(crm, 3)
        await tick(crm)
        await tick(crm)
        assert await places(crm, made) == {ada: ("done", "s6", ""), olga: ("left", "s2", "taken_out")}
        (opened,) = await open_contacts(crm, INSIDE, [ada])
        planned = await read_timeline(crm, INSIDE, ada)
        assert opened.content.tags == ["vip"]
        assert {(one.kind, one.subject) for one in planned.items if one.kind in ("task", "meeting")} == {
            ("task", "Write a card"), ("meeting", "Show them round"),
        }  # fmt: skip
        # Agreeing once more is no second beginning, by the rule of this journey.
        await said(crm, ada, kind="withdrawn")
        await tick(crm)
        await said(crm, ada)
        await tick(crm)
        assert len(await entries(crm, ada)) == 1


async def entries(crm: Installation, contact_id: UUID) -> list[Row]:
    return await crm.data.fetch(
        "SELECT * FROM marketing_journey_entry WHERE contact_id = ? ORDER BY number", contact_id
    )


async def test_whom_the_gate_refuses_gets_nothing_and_leaves_as_the_step_says(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", *REFUSED)
        await agreed(crm, cast)
        email_id = await letter(crm)
        everybody = await segment_of(crm, list(cast.values()))
        trigger = Trigger(kind="segment", value=str(everybody), inside=True)
        wait, called = step("s1", "wait", days=1), step("s3", "tag", tag="written to")
        mail = step("s2", "mail", email_id=email_id)
        leaving = await running(crm, plan(wait, mail, called, trigger=trigger))
        patient = await running(crm, plan(wait, step("s2", "mail", email_id=email_id, refused="wait"), trigger=trigger))
        skipping = await running(
            crm, plan(wait, step("s2", "mail", email_id=email_id, refused="skip"), trigger=trigger)
        )
        await tick(crm)
        # Who said no, never said anything, or agreed so long ago that it is over, does not even begin.
        assert set(await places(crm, leaving)) == {
            cast[one] for one in cast if one not in ("Never", "Refused", "Expired")
        }
        await forbid(crm, cast)
        for contact_id in (cast["Never"], cast["Refused"], cast["Withdrawn"], cast["Restricted"], cast["Suppressed"]):
            assert await put_in(crm, system_access("tests"), leaving, contact_id) != ""
        await pass_days(crm, 1)
        await tick(crm)
        await work(crm)
        assert sink.got == sorted(["ada", "olga"] * 3)
        done = dict.fromkeys((cast["Ada"], cast["Olga"]), ("done", "s3", ""))
        assert await places(crm, leaving) == done | {
            cast["Withdrawn"]: ("left", "s2", "withdrawn"),
            cast["Suppressed"]: ("left", "s2", "suppressed"),
            cast["Restricted"]: ("stopped", "s1", "restricted"),
            cast["Trashed"]: ("stopped", "s2", "in_trash"),
        }
        later = await places(crm, patient)
        assert later[cast["Withdrawn"]] == ("waiting", "s2", "withdrawn")
        assert (await places(crm, skipping))[cast["Withdrawn"]] == ("done", "s2", "")
        # Who agrees again goes on where they waited.
        await said(crm, cast["Withdrawn"])
        await pass_days(crm, 1)
        await tick(crm)
        await work(crm)
        assert (await places(crm, patient))[cast["Withdrawn"]] == ("done", "s2", "")
        assert sink.got == sorted(["ada", "olga"] * 3 + ["withdrawn"])


async def test_who_has_had_enough_waits_and_objections_by_browser_count(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await signalling(crm)
        free = cast["Free"]
        first = await letter(crm)
        mails = [step(f"s{at}", "mail", email_id=first) for at in range(1, 6)]
        made = await running(crm, structs.replace(plan(*mails), purpose="customer_offers"))
        (live,) = await live_journeys(crm)
        assert await enter_people(crm, live, list(cast.values())) == {free}
        await tick(crm)
        await work(crm)
        assert sink.got == ["free"] * 3
        assert await places(crm, made) == {free: ("waiting", "s4", "most_a_week")}
        await pass_days(crm, 8)
        await tick(crm)
        await work(crm)
        assert (sink.got, await places(crm, made)) == (["free"] * 5, {free: ("done", "s5", "")})
