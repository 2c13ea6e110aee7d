"""Campaigns: nobody whom the gate refuses gets anything on any path, nobody gets anything twice, and stopping stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import posting, work

from confida_core.api import Installation, InvalidContent, NotFound, new_id, now
from confida_marketing.campaigns import deciding, running
from confida_marketing.campaigns.again import send_again
from confida_marketing.campaigns.audience import Round, audience_of, list_people
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.deciding import add_total, scores_of
from confida_marketing.campaigns.delivering import Sending, deliver_batch
from confida_marketing.campaigns.states import (
    continue_campaign,
    pause_campaign,
    start_campaign,
    stop_campaign,
)
from confida_marketing.content.emails import visible_email
from confida_marketing.content.trial import send_trial
from confida_marketing.tests.campaign_cast import (
    INSIDE,
    REFUSED,
    agreed,
    campaign,
    forbid,
    letter,
    people,
    said,
    segment_of,
    signalling,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """No quiet hours, whatever the time at which the tests run."""
    return {"region": "DE", "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0, "most_a_week": 3}}}


async def states(crm: Installation, source_id: UUID) -> dict[str, int]:
    sql = "SELECT state, count(*) AS number FROM marketing_delivery WHERE source_id = ? GROUP BY state"
    return {row["state"]: row["number"] for row in await crm.data.fetch(sql, source_id)}


async def handed_over(crm: Installation, campaign_id: UUID) -> None:
    """Everything that the campaign itself does, and nothing of core's door."""
    await running.take_lead(crm, campaign_id)
    while await running.step(crm, campaign_id):
        pass
    await crm.data.fetch("UPDATE marketing_campaign SET lead_until = NULL")


async def test_whom_the_gate_refuses_gets_nothing_on_any_path(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", *REFUSED)
        await agreed(crm, cast)
        everybody = await segment_of(crm, list(cast.values()))
        email_id = await letter(crm)
        before, after = [await campaign(crm, everybody, email_id) for _ in range(2)]
        # On the list before they said no, and some who never were; all the same, the door asks when it is handed to it.
        assert await start_campaign(crm, INSIDE, before) == "running"
        opened = await visible_campaign(crm, INSIDE, before)
        assert len((await audience_of(crm, INSIDE, opened)).ids) == 7
        await list_people(crm, Round(campaign=opened), list(cast.values()))
        await forbid(crm, cast)
        await work(crm)
        assert sink.got == ["ada", "olga"]
        # The trashed person is not opened at all, the erased one has no row any more.
        assert await states(crm, before) == {"queued": 2, "refused": 6, "gone": 1}
        await start_campaign(crm, INSIDE, after)
        await work(crm)
        assert (sink.got, await states(crm, after)) == (["ada", "ada", "olga", "olga"], {"queued": 2})
        # Once more, a trial, and a step of a journey: through the same door.
        await handed_over(crm, before)
        await handed_over(crm, after)
        assert await send_again(crm, INSIDE, before, "unanswered") == 2
        await work(crm)
        email = await visible_email(crm, INSIDE, email_id)
        for name in set(REFUSED) - {"Trashed", "Erased"}:
            await send_trial(crm, INSIDE, email.content, variant="a", contact_id=cast[name], purpose="newsletter")
        step = Sending(source="journey", source_id=after, part="step", purpose="newsletter", email_id=email_id)
        found = await deliver_batch(crm, INSIDE, step, list(cast.values()))
        await work(crm)
        assert Counter(sink.got) == {"ada": 3, "olga": 3}
        # Three a week are enough: neither gets the fourth.
        assert Counter(one.state for one in found.values()) == {"capped": 2, "refused": 6, "gone": 2}
        with pytest.raises(InvalidContent):
            await send_again(crm, INSIDE, after, "unreached")


async def test_signal_of_a_browser_stops_advertising_that_needs_no_consent(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await signalling(crm)
        offers = await segment_of(crm, list(cast.values()), purpose="customer_offers")
        made = await campaign(crm, offers, await letter(crm), purpose="customer_offers")
        await start_campaign(crm, INSIDE, made)
        await list_people(crm, Round(campaign=await visible_campaign(crm, INSIDE, made)), list(cast.values()))
        await work(crm)
        assert (sink.got, await states(crm, made)) == (["free"], {"queued": 1, "refused": 1})


async def test_no_is_heard_in_a_running_send_and_stopping_calls_back_what_waits(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, *(f"P{number:02}" for number in range(12)), "Late")
        await agreed(crm, cast)
        made = await campaign(crm, await segment_of(crm, list(cast.values())), await letter(crm))
        await start_campaign(crm, INSIDE, made)
        await handed_over(crm, made)
        assert await states(crm, made) == {"queued": 13}
        assert await pause_campaign(crm, INSIDE, made) == 13
        await work(crm)
        assert (sink.got, await states(crm, made)) == ([], {"listed": 13})
        await continue_campaign(crm, INSIDE, made)
        await handed_over(crm, made)
        sink.hold = asyncio.Event()
        sending = asyncio.create_task(work(crm))
        await sink.first.wait()
        # While the first mail is on its way, somebody far behind withdraws.
        await said(crm, cast["Late"], kind="withdrawn")
        sink.hold.set()
        await sending
        assert sink.got == sorted(f"p{number:02}" for number in range(12))
        other = await campaign(crm, await segment_of(crm, list(cast.values())), await letter(crm))
        await start_campaign(crm, INSIDE, other)
        await handed_over(crm, other)
        assert await stop_campaign(crm, INSIDE, other) == 12
        await work(crm)
        assert (len(sink.mails), await states(crm, other)) == (12, {"listed": 12})
        with pytest.raises(NotFound):
            await continue_campaign(crm, INSIDE, other)


async def test_versions_are_tried_on_a_share_a_group_is_left_out_and_the_rest_gets_the_better(
    crm: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 25)
    async with posting(crm) as sink:
        cast = await people(crm, *(f"P{number:02}" for number in range(60)))
        await agreed(crm, cast)
        email_id = await letter(crm, "Hello {{name|friend}}!", "News", "Better news")
        words = {"test_share": 40, "hold_out": 20, "decide_by": "clicks"}
        made = await campaign(crm, await segment_of(crm, list(cast.values())), email_id, **words)
        await start_campaign(crm, INSIDE, made)
        await handed_over(crm, made)
        await work(crm)
        first = await states(crm, made)
        scores = {one.variant: one.sent for one in await scores_of(crm, made)}
        assert sum(scores.values()) == len(sink.mails) == first["queued"]
        assert (set(scores), sum(first.values())) == ({"a", "b"}, 60)
        assert 0 < first["held_out"] < 30 < first["listed"] + first["held_out"]
        for _ in range(5):
            await add_total(crm, made, "main", "b", deciding.CLICK)
        # One of those who wait for the better version withdraws meanwhile.
        waiting = "SELECT contact_id FROM marketing_delivery WHERE state = 'listed' AND due_at IS NULL LIMIT 1"
        await said(crm, (await crm.data.fetch(waiting))[0]["contact_id"], kind="withdrawn")
        await crm.data.fetch("UPDATE marketing_campaign SET test_ends_at = ?", now())
        await handed_over(crm, made)
        await work(crm)
        everybody = 59 - first["held_out"]
        assert await states(crm, made) == {"queued": everybody, "refused": 1, "held_out": first["held_out"]}
        assert len(set(sink.got)) == len(sink.got) == everybody
        subjects = Counter(str(mail["Subject"]) for _, mail in sink.mails)
        assert subjects == {"News": scores["a"], "Better news": everybody - scores["a"]}
        await handed_over(crm, made)
        assert (await visible_campaign(crm, INSIDE, made)).row["state"] == "done"


async def test_broken_field_stops_before_the_first_mail(crm: Installation) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada")
        await agreed(crm, cast)
        everybody = await segment_of(crm, list(cast.values()))
        for text in ("Hello {{nickname_of_theirs}}", "Hello {{name"):
            broken = await campaign(crm, everybody, await letter(crm, text))
            with pytest.raises(InvalidContent) as wrong:
                await start_campaign(crm, INSIDE, broken)
            assert set(wrong.value.errors) == {"email"}
        # What rests on a contract or a law is nothing for which people can be advertised to, and nothing they could stop.
        for purpose in ("agreement", "data_subject_request", "profiling", "unknown"):
            forced = await campaign(crm, everybody, await letter(crm), purpose=purpose)
            with pytest.raises(InvalidContent) as wrong:
                await start_campaign(crm, INSIDE, forced)
            assert set(wrong.value.errors) == {"purpose"}
        # One that is broken after it began is paused, and nobody gets half of it.
        email_id = await letter(crm)
        made = await campaign(crm, everybody, email_id)
        await start_campaign(crm, INSIDE, made)
        await crm.data.fetch("UPDATE marketing_email SET deleted_at = ? WHERE id = ?", now(), email_id)
        await work(crm)
        assert ((await visible_campaign(crm, INSIDE, made)).row["state"], sink.got) == ("paused", [])


async def test_two_that_write_at_once_together_keep_to_what_one_person_may_get(crm: Installation) -> None:
    given = {"marketing": {"quiet_from": 0, "quiet_until": 0, "most_a_week": 1}}
    crm.settings = crm.settings.model_copy(update={"plugin": given})
    async with posting(crm) as sink:
        cast = await people(crm, *(f"P{number:02}" for number in range(20)))
        await agreed(crm, cast)
        email_id, ids = await letter(crm), list(cast.values())
        several = [
            Sending(source="journey", source_id=new_id(), part="step", purpose="newsletter", email_id=email_id)
            for _ in range(3)
        ]
        same = [deliver_batch(crm, INSIDE, one, ids) for one in (*several, several[0])]
        found = await asyncio.gather(*same)
        await work(crm)
        assert Counter(sink.got) == {name.lower(): 1 for name in cast}
        sent = await crm.data.fetch("SELECT contact_id FROM marketing_delivery WHERE state = 'queued'")
        assert (len(sent), {one.state for each in found for one in each.values()}) == (20, {"queued", "capped"})
