"""Results of campaigns: counted exactly, without people where they did not agree, and with what a left-out group did."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import Sink, posting, tell_events, work
from tests.refusals import erase

from confida_consent.api import Indication, record_event
from confida_core.api import (
    Installation,
    InteractionDraft,
    Returned,
    log_interaction,
    new_id,
    note_returned,
    now,
    values_of_contact,
)
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.states import start_campaign
from confida_marketing.content.emails import visible_email
from confida_marketing.content.trial import send_trial
from confida_marketing.journeys.entering import put_in
from confida_marketing.results.asked import read_asked
from confida_marketing.results.attribution import attributed, forget_revenue, note_revenue
from confida_marketing.results.counting import Counts, counted
from confida_marketing.results.holding_out import compared
from confida_marketing.results.keeping import forget
from confida_marketing.results.sections import results_of
from confida_marketing.sign_up.donations import DonationDraft, add_donation, today
from confida_marketing.tests.campaign_cast import (
    CONSENTING,
    INSIDE,
    agreed,
    campaign,
    letter,
    people,
    said,
    segment_of,
)
from confida_marketing.tests.journey_cast import plan, running, step, tick

pytestmark = pytest.mark.anyio
TARGET = "https://example.org/spring?from=mail"
TEXT = f"Hello {{{{name|friend}}}}, [look]({TARGET}) or write to [us](mailto:us@example.org)."


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {
        "region": "DE",
        "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0, "most_a_week": 9, "measure_people": True}},
    }


async def decided(crm: Installation, contact_id: UUID, purpose: str, kind: str, channel: str = "profiling") -> None:
    said_so = Indication(
        subject_id=contact_id, purpose=purpose, channel=channel, kind=kind, method="in_person", indicated_at=now()
    )
    await record_event(crm, CONSENTING, said_so)


async def sent(crm: Installation, ids: list[UUID], **more: Any) -> UUID:
    """A campaign that went out to them."""
    made = await campaign(crm, await segment_of(crm, ids), await letter(crm, TEXT), **more)
    await start_campaign(crm, INSIDE, made)
    await work(crm)
    return made


def links(sink: Sink, name: str) -> set[str]:
    """Every address that leads through us in the last mail to this person, from both of its parts."""
    mail = [one for to, one in sink.mails if to.startswith(f"{name.lower()}@")][-1]
    whole = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    assert TARGET not in whole
    return set(re.findall(r"https?://[^\s\"<>)]+(/my/x/marketing/l/[\w-]+)", whole))


async def wrote(crm: Installation, contact_id: UUID) -> None:
    draft = InteractionDraft(kind="email", people=(contact_id,), direction="in", subject="Thank you", at=now())
    await log_interaction(crm, INSIDE, draft)


async def gave(
    crm: Installation, contact_id: UUID, amount: int, currency: str = "EUR", campaign_id: UUID | None = None
) -> None:
    """Today."""
    draft = DonationDraft(
        contact_id=contact_id, amount=amount, currency=currency, on_day=today(crm), campaign_id=campaign_id
    )
    await add_donation(crm, INSIDE, draft)


async def message_of(crm: Installation, campaign_id: UUID, contact_id: UUID) -> UUID:
    sql = "SELECT message_id FROM marketing_delivery WHERE source_id = ? AND contact_id = ?"
    return UUID(str((await crm.data.fetch(sql, campaign_id, contact_id))[0]["message_id"]))


async def asked_for(crm: Installation, queries: Any) -> int:
    """How many queries all results of the last months need."""
    with queries() as asked:
        await results_of(crm, INSIDE, read_asked({}, now().date(), "UTC"))
    return len(asked)


async def clicks_kept(crm: Installation) -> list[UUID]:
    return [row["contact_id"] for row in await crm.data.fetch("SELECT contact_id FROM marketing_click")]


async def test_links_are_counted_without_people_and_kept_only_of_who_agreed(crm: Installation, stranger: Any) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Olga", "Mats", "Zoe")
        await agreed(crm, cast)
        await decided(crm, cast["Mats"], "marketing.measuring", "given")
        await decided(crm, cast["Zoe"], "marketing.measuring", "given")
        await decided(crm, cast["Olga"], "marketing.measuring", "refused")
        made = await sent(crm, list(cast.values()))
        [common], [others] = links(sink, "Ada"), links(sink, "Olga")
        [mats], [zoe] = links(sink, "Mats"), links(sink, "Zoe")
        # One address for all who did not agree; nothing of anybody in any of them.
        assert (common == others, len({common, mats, zoe})) == (True, 3)
        for address in (common, mats, zoe):
            assert not any(one.hex in address or str(one) in address for one in (*cast.values(), made))
        bodies = {to.split("@")[0]: mail.get_body().get_content() for to, mail in sink.mails}
        assert [name for name, text in bodies.items() if "counted without you" in text] == ["ada", "olga"]
        assert [name for name, text in bodies.items() if "we see which of its links" in text] == ["mats", "zoe"]
        assert all("<img" not in text for text in bodies.values())
        assert all("mailto:us@example.org" in text for text in bodies.values())
        for address in (common, common, mats, mats, zoe):
            answer = await stranger.get(address)
            assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
            assert (answer.headers.get("set-cookie"), answer.headers["referrer-policy"]) == (None, "no-referrer")
        # Looked at, not followed.
        await stranger.head(common)
        await stranger.get(common, headers={"sec-purpose": "prefetch"})
        assert (await counted(crm, [made]))[made].clicks == 5
        assert sorted(await clicks_kept(crm)) == sorted([cast["Mats"], cast["Zoe"]])
        # Neither a made-up address nor a bent one leads anywhere.
        for wrong in (common[:-1], mats[:-2] + "AA", "/my/x/marketing/l/https:%2F%2Fexample.org", zoe + "x"):
            assert (await stranger.get(wrong)).status_code == 404
        # Who withdraws is counted as everybody is, and what was kept goes; so does what was kept of the erased.
        await decided(crm, cast["Mats"], "marketing.measuring", "withdrawn")
        await stranger.get(mats)
        await forget(crm, {})
        assert ((await counted(crm, [made]))[made].clicks, await clicks_kept(crm)) == (6, [cast["Zoe"]])
        values = (await values_of_contact(crm, cast["Zoe"]))[1]
        assert (values["marketing.clicks"], values["marketing.last_click"]) == (1.0, now().date())
        await erase(crm, cast["Zoe"])
        assert await clicks_kept(crm) == []
        assert (await stranger.get(zoe)).headers["location"] == TARGET
        # Switched off, links are as they were written; in a trial they always are.
        email = await visible_email(crm, INSIDE, (await visible_campaign(crm, INSIDE, made)).row["email_id"])
        await send_trial(crm, INSIDE, email.content, variant="a", contact_id=cast["Ada"], purpose="newsletter")
        given = {"marketing": {**crm.settings.plugin["marketing"], "count_clicks": False}}
        crm.settings = crm.settings.model_copy(update={"plugin": given})
        await sent(crm, [cast["Ada"]])
        assert [TARGET in mail.get_body().get_content() for _, mail in sink.mails[-2:]] == [True, True]
        assert len(await crm.data.fetch("SELECT id FROM marketing_link")) == 1


async def test_what_became_of_a_campaign_is_counted_for_the_last_message_before(
    crm: Installation, client: Any, queries: Any
) -> None:
    async with posting(crm) as sink:
        names = ("Ada", "Olga", "Mats", "Zoe", "Bounced", "Complained")
        cast = await people(crm, *names)
        await agreed(crm, cast)
        await tell_events(crm)
        first = await sent(crm, list(cast.values()), goal_figure=4)
        assert await asked_for(crm, queries) == 11
        await wrote(crm, cast["Ada"])
        second = await sent(crm, [cast[name] for name in names[:4]])
        # Both of what Ada says now are answers to the second.
        await wrote(crm, cast["Ada"])
        await wrote(crm, cast["Ada"])
        await said(crm, cast["Olga"], kind="withdrawn")
        await note_returned(crm, await message_of(crm, first, cast["Bounced"]), Returned.ADDRESS)
        await note_returned(crm, await message_of(crm, first, cast["Complained"]), Returned.COMPLAINT)
        found = await counted(crm, [first, second])
        assert found == {
            first: Counts(addressed=6, sent=6, bounced=1, complained=1, replied=1),
            second: Counts(addressed=4, sent=4, replied=1, ended=1),
        }
        assert found[first].delivered == 5
        # Bounces and complaints stop what comes after: to the address that is gone, and to who complained.
        await tell_events(crm)
        await work(crm)
        before = len(sink.mails)
        await sent(crm, list(cast.values()))
        assert sorted(to.split("@")[0] for to, _ in sink.mails[before:]) == ["ada", "mats", "zoe"]
        assert await asked_for(crm, queries) == 11
        html = (await client.get("/x/marketing/results")).text
        assert ("13 messages left; 92% were delivered." in html, html.count('<figure class="chart"')) == (True, 2)
        # Once its days of effect are over, its figures stay as they are, whoever is erased.
        await crm.data.fetch(
            "UPDATE marketing_campaign SET state = 'done', ended_at = ? WHERE id = ?", now() - timedelta(days=40), first
        )
        for _ in range(2):
            await forget(crm, {})
        await erase(crm, cast["Zoe"])
        await wrote(crm, cast["Mats"])
        assert (await counted(crm, [first, second]))[first] == found[first]
        one = (await client.get(f"/x/marketing/results/campaign/{first}")).text
        assert ("83% of 6 were delivered; 1 bounced, 1 complained" in one, "Replies" in one) == (True, True)
        file = await client.get(f"/x/marketing/results/campaign/{first}/csv")
        assert file.content.decode("utf-8-sig").splitlines()[:3] == [
            "From the list to an answer",
            "Step,Number",
            "On the list,6",
        ]
        assert (await client.get(f"/x/marketing/results/journey/{first}")).status_code == 404
        assert (await client.get(f"/x/marketing/results/nothing/{first}")).status_code == 404


async def test_money_is_put_down_to_campaigns_for_those_of_whom_it_may_be_said(crm: Installation, client: Any) -> None:
    async with posting(crm):
        cast = await people(crm, "Ada", "Olga", "Mats", "Zoe")
        await agreed(crm, cast)
        first = await sent(crm, [cast["Ada"], cast["Olga"], cast["Mats"]], goal_kind="donations", goal_figure=10_000)
        second = await sent(crm, [cast["Ada"]])
        occasion, start, moment = new_id(), now() - timedelta(days=1), now() + timedelta(seconds=1)
        for _ in range(2):
            await note_revenue(crm, cast["Ada"], 50_01, "EUR", moment, what="sales.invoice_paid", occasion=occasion)
        for who, amount, currency in (("Olga", 20_00, "EUR"), ("Mats", 7_00, "CHF"), ("Zoe", 3_00, "EUR")):
            await gave(crm, cast[who], amount, currency)
        gone = new_id()
        await note_revenue(crm, cast["Zoe"], 99_00, "EUR", moment, what="sales.invoice_paid", occasion=gone)
        await forget_revenue(crm, gone)
        # Not money at all, and nobody who is here.
        await note_revenue(crm, cast["Zoe"], 0, "EUR", moment, what="sales.invoice_paid", occasion=new_id())
        await note_revenue(crm, new_id(), 5_00, "EUR", moment, what="sales.invoice_paid", occasion=new_id())
        end = now() + timedelta(days=1)

        async def money() -> tuple[dict[Any, Any], dict[str, int], dict[str, int]]:
            found = await attributed(crm, start, end)
            sums = {key[1:]: (one.first, one.last, one.linear, len(one.people)) for key, one in found.sums.items()}
            return sums, dict(found.untouched), dict(found.refused)

        everybody = {
            (first, "EUR"): (70_01, 20_00, 45_01, 2),
            (second, "EUR"): (0, 50_01, 25_00, 1),
            (first, "CHF"): (7_00, 7_00, 7_00, 1),
        }
        assert await money() == (everybody, {"EUR": 3_00}, {})
        await decided(crm, cast["Olga"], "profiling", "objected")
        without = everybody | {(first, "EUR"): (50_01, 0, 25_01, 1)}
        assert await money() == (without, {"EUR": 3_00}, {"EUR": 20_00})
        shown = (await client.get("/x/marketing/results")).text
        assert "Not attributed: €20.00 from people of whom that may not be concluded." in shown
        # Nobody's message, but the donation names the campaign.
        await gave(crm, cast["Zoe"], 25_00, campaign_id=first)
        goal = (await client.get(f"/x/marketing/results/campaign/{first}")).text
        assert ("Donations" in goal, "25 %" in goal) == (True, True)
        await erase(crm, cast["Mats"])
        assert (await money())[0] == {key: one for key, one in without.items() if key[1] == "EUR"}


async def test_group_that_got_nothing_shows_what_a_campaign_changed(crm: Installation, client: Any) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, *(f"P{number:02}" for number in range(90)))
        await agreed(crm, cast)
        made = await sent(crm, list(cast.values()), hold_out=50, goal_kind="attendance", goal_figure=20)
        rows = await crm.data.fetch("SELECT contact_id, state FROM marketing_delivery WHERE source_id = ?", made)
        got = sorted(row["contact_id"] for row in rows if row["state"] == "queued")
        left = sorted(row["contact_id"] for row in rows if row["state"] == "held_out")
        assert (len(got) + len(left), len(got)) == (90, len(sink.mails))
        for one in got[:20]:
            await wrote(crm, one)
            await gave(crm, one, 30_00)
        await gave(crm, left[0], 30_00)
        # Who objects has paid nothing, whichever group they are in.
        await decided(crm, got[0], "profiling", "objected")
        await decided(crm, left[0], "profiling", "objected")
        found = await compared(crm, (await visible_campaign(crm, INSIDE, made)).row)
        assert found is not None
        groups = [(one.size, one.replied, one.paid, dict(one.amounts)) for one in (found.addressed, found.held_out)]
        assert groups == [(len(got), 20, 19, {"EUR": [30_00] * 19}), (len(left), 0, 0, {})]
        large = min(len(got), len(left)) >= 30
        tells = [one.tells if one else None for one in (found.replies, found.payers, found.money("EUR"))]
        assert tells == [1 if large else None] * 3
        place = f"/x/marketing/results/campaign/{made}"
        assert "What it changed" in (await client.get(place)).text
        wrong = await client.post(f"{place}/reached", data={"reached": "many"})
        assert (wrong.status_code, "Please write a whole number." in wrong.text, 'value="many"' in wrong.text) == (
            422,
            True,
            True,
        )
        assert (await client.post(f"{place}/reached", data={"reached": "12"})).status_code == 303
        assert "60 %" in (await client.get(place)).text


async def test_figures_are_for_who_may_see_them(as_role: Any, client: Any, stranger: Any) -> None:
    empty = (await client.get("/x/marketing/results")).text
    assert "No results yet" in empty
    wrong = await client.get("/x/marketing/results?period=own&from=x")
    assert (wrong.status_code, "Please choose a day." in wrong.text) == (422, True)
    reader = await as_role("readonly")
    assert (await reader.get("/x/marketing/results")).status_code == 200
    assert (
        await reader.post(f"/x/marketing/results/campaign/{new_id()}/reached", data={"reached": "1"})
    ).status_code in {403, 404}
    assert (await stranger.get("/x/marketing/results")).status_code == 303


async def test_mails_of_a_journey_are_counted_by_its_steps(crm: Installation, client: Any) -> None:
    async with posting(crm):
        cast = await people(crm, "Ada", "Olga")
        await agreed(crm, cast)
        mail = await letter(crm, TEXT)
        journey = await running(crm, plan(step("s1", "mail", email_id=mail), step("s2", "mail", email_id=mail)))
        for one in cast.values():
            await put_in(crm, INSIDE, journey, one)
        await tick(crm)
        await work(crm)
        await gave(crm, cast["Ada"], 10_00)
        place = f"/x/marketing/results/journey/{journey}"
        file = (await client.get(f"{place}/csv")).content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[:2] for line in file if line[:2] in {"1.", "2."}] == [
            ["1. E-mail", "2"],
            ["2. E-mail", "2"],
        ]
        assert ["Last message,10.00" in file, "Welcome" in (await client.get(place)).text] == [True, True]
        assert f'href="{place}"' in (await client.get("/x/marketing/results")).text
        assert f'href="{place}"' in (await client.get(f"/x/marketing/journeys/{journey}")).text
