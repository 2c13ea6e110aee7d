"""Journeys: who begins, what is done with them, who is left alone; nobody gets a mail twice, nobody whom the gate refuses one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.mail_sink import posting, work
from tests.refusals import erase, restrict

from confida_core.api import (
    Birthday,
    Event,
    Installation,
    InteractionDraft,
    Row,
    log_interaction,
    new_id,
    now,
    open_contacts,
    read_timeline,
    system_access,
    update_contact,
)
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.journeys import acting
from confida_marketing.journeys.entering import begin_by_events, enter_people, live_journeys, put_in, waits_for_events
from confida_marketing.journeys.journeys import change_steps, visible_journey
from confida_marketing.journeys.plan import Trigger
from confida_marketing.journeys.states import move_over, switch_off, switch_on, take_out
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


async def test_whoever_reached_the_goal_leaves_and_versions_are_finished_or_changed_by_hand(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", "Zoe")
        ada, olga, zoe = cast.values()
        await said(crm, *cast.values())
        email_id = await letter(crm)
        first = plan(
            step("s1", "mail", email_id=email_id), step("s2", "wait", days=9), step("s3", "exit"), goal=VIP, reentry="days",
            reentry_days=30,
        )  # fmt: skip
        made = await running(crm, first)
        for contact_id in (ada, olga):
            assert await put_in(crm, INSIDE, made, contact_id) == ""
        assert await put_in(crm, INSIDE, made, ada) == "again"
        await tick(crm)
        (opened,) = await open_contacts(crm, INSIDE, [ada])
        content = structs.replace(opened.content, tags=["vip"])
        await update_contact(crm, INSIDE, ada, content, seen=opened.row["version"])
        await tick(crm)
        assert await places(crm, made) == {ada: ("reached", "s2", ""), olga: ("waiting", "s2", "")}
        # A step is added behind: whoever begins now goes the new way, who is inside the old one, unless moved over.
        written = await visible_journey(crm, INSIDE, made)
        longer = structs.replace(first, steps=(*first.steps[:2], step("s4", "tag", tag="stayed"), first.steps[2]))
        await change_steps(crm, INSIDE, written, longer)
        assert await switch_on(crm, INSIDE, made) == 2
        await put_in(crm, INSIDE, made, zoe)
        await tick(crm)
        assert [(await entries(crm, one))[0]["plan"] for one in (olga, zoe)] == [1, 2]
        assert await move_over(crm, INSIDE, made) == 1
        # As after a crash between the mail and the moving on: they had it, and get it no second time.
        await crm.data.fetch("UPDATE marketing_journey_entry SET step = 's1', mails = '', due_at = ?", now())
        await tick(crm)
        await pass_days(crm, 9)
        await tick(crm)
        await work(crm)
        assert sink.got == ["ada", "olga", "zoe"]
        tags = [one.content.tags for one in await open_contacts(crm, INSIDE, [ada, olga, zoe])]
        assert tags == [["vip"], ["stayed"], ["stayed"]]
        await pass_days(crm, 30)
        assert await put_in(crm, INSIDE, made, zoe) == ""
        await erase(crm, zoe)
        assert (await entries(crm, zoe), len(await places(crm, made))) == ([], 2)
        assert await put_in(crm, INSIDE, made, olga) == ""
        await restrict(crm, olga)
        await tick(crm)
        assert (await places(crm, made))[olga] == ("stopped", "s1", "restricted")
        assert await switch_off(crm, INSIDE, made) == 0
        assert await put_in(crm, INSIDE, made, ada) == "off"


async def test_events_begin_a_journey_once_each_and_quiet_hours_put_it_off(
    crm: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada")
        ada = cast["Ada"]
        await said(crm, ada)
        steps = (step("s1", "wait", hours=1), step("s2", "mail", email_id=await letter(crm)))
        trigger = Trigger(kind="event", value="task.completed")
        made = await running(crm, plan(*steps, trigger=trigger, reentry="always"))
        assert await waits_for_events(crm)
        task = Event(id=new_id(), kind="task.completed", record_id=new_id(), people=(ada,), position=1, at=now())
        other = Event(id=new_id(), kind="task.completed", record_id=new_id(), people=(ada,), position=2, at=now())
        await begin_by_events(crm, [task])
        await begin_by_events(crm, [task, other])
        assert [one["state"] for one in await entries(crm, ada)] == ["waiting"]
        until = now() + timedelta(hours=5)

        async def asleep(*_: Any) -> dict[UUID, Any]:
            return {ada: until}

        with monkeypatch.context() as night:
            night.setattr(acting, "may_leave", asleep)
            await pass_days(crm, 1)
            await tick(crm)
        (entry,) = await entries(crm, ada)
        assert (entry["step"], entry["reason"], entry["due_at"]) == ("s2", "quiet_hours", until)
        await pass_days(crm, 1)
        await tick(crm)
        # The first event told once more brings nobody back, another one does.
        await begin_by_events(crm, [task])
        assert len(await entries(crm, ada)) == 1
        await begin_by_events(crm, [other])
        await pass_days(crm, 1)
        await tick(crm)
        await work(crm)
        assert (sink.got, (await places(crm, made))[ada]) == (["ada", "ada"], ("done", "s2", ""))


async def test_days_and_silence_begin_a_journey_and_only_for_whom_it_is_new(crm: Installation) -> None:
    today = now().astimezone(house_zone(crm)).date()
    cast = await people(crm, "Ada", "Olga", "Zoe")
    await said(crm, *cast.values())
    for contact_id, days in zip(cast.values(), (0, 3, 40), strict=True):
        (opened,) = await open_contacts(crm, INSIDE, [contact_id])
        day = today + timedelta(days=days)
        content = structs.replace(opened.content, birthday=Birthday(month=day.month, day=day.day, year=1980))
        await update_contact(crm, INSIDE, contact_id, content, seen=opened.row["version"])
        draft = InteractionDraft(kind="note", people=(contact_id,), subject="Met", at=now() - timedelta(days=days))
        await log_interaction(crm, INSIDE, draft)
    wait = step("s1", "wait", days=300)
    birthday = Trigger(kind="yearly", value="birthday", days=7, inside=True)
    greeted = await running(crm, plan(wait, trigger=birthday, reentry="days", reentry_days=300), "Birthday")
    silence = await running(crm, plan(wait, trigger=Trigger(kind="silence", days=30, inside=True)), "Silence")
    later = await running(crm, plan(wait, trigger=Trigger(kind="silence", days=2)), "Only who falls silent from now on")
    await tick(crm)
    assert set(await places(crm, greeted)) == {cast["Ada"], cast["Olga"]}
    assert set(await places(crm, silence)) == {cast["Zoe"]}
    assert await places(crm, later) == {}
