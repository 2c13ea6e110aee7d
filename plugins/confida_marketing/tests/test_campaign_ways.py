"""Campaigns by post, telephone and text message, for programs, and by the clock: the same gate on every way."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.mail_sink import posting, work

from confida_consent.api import Controller
from confida_core.api import (
    ContactContent,
    Forbidden,
    Installation,
    NotFound,
    PostalAddress,
    disclosures_of,
    now,
    read_timeline,
)
from confida_marketing.campaigns import letters, running
from confida_marketing.campaigns.audience import next_local
from confida_marketing.campaigns.calling import note_call, people_to_call
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.letters import addresses_csv, letters_pdf
from confida_marketing.campaigns.limits import may_leave, quiet_until, zone_of
from confida_marketing.campaigns.states import start_campaign
from confida_marketing.settings import MarketingSettings
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
)

pytestmark = pytest.mark.anyio
QUIET = MarketingSettings()


READING = frozenset({"marketing.read", "contacts.read"})


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {
        "region": "DE",
        "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0, "sms_provider": "Example SMS"}},
        "webhook_private_addresses": ("127.0.0.0/8",),
    }


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    place = tmp_path / "token"
    place.write_text("hush")
    return place


async def begun(crm: Installation, channel: str, **more: Any) -> tuple[UUID, dict[str, UUID]]:
    """A running campaign on whose list stands everybody, before some of them said no."""
    cast = await people(crm, "Ada", "Olga", *REFUSED)
    await agreed(crm, cast, channel)
    words = {"message": "Dear {{name|friend}}, thank you.", **more.pop("words", {})}
    everybody = await segment_of(crm, list(cast.values()), channel)
    made = await campaign(crm, everybody, None, channel=channel, words=words, **more)
    await start_campaign(crm, INSIDE, made)
    await running.take_lead(crm, made)
    await running.step(crm, made)
    await crm.data.fetch("UPDATE marketing_campaign SET lead_until = NULL")
    await forbid(crm, cast)
    if channel != "email":
        await forbid(crm, cast, channel)
    return made, cast


async def states(crm: Installation, made: UUID) -> dict[str, int]:
    sql = "SELECT state, count(*) AS number FROM marketing_delivery WHERE source_id = ? GROUP BY state"
    return {row["state"]: row["number"] for row in await crm.data.fetch(sql, made)}


async def test_addresses_hold_only_whom_the_gate_lets_through_and_the_print_shop_is_in_the_register(
    crm: Installation, engine: str
) -> None:
    made, cast = await begun(crm, "post", words={"print_shop": "Example Print"})
    rows = list(csv.reader(io.StringIO((await addresses_csv(crm, INSIDE, made, again=False)).decode("utf-8-sig"))))
    # An address that is closed to e-mail is none to which no letter may go.
    expected = ["Ada", "Olga", "Suppressed"]
    assert [row[0] for row in rows] == ["name", *expected]
    assert rows[1][2:8] == ["Ada Street 1", "", "10115", "Berlin", "", "DE"]
    for name in ("Ada", "Withdrawn", "Restricted"):
        found = [one.recipient for one in await disclosures_of(crm, INSIDE, cast[name])]
        assert found == (["Example Print"] if name == "Ada" else [])
    assert await states(crm, made) == {"printed": 3, "refused": 3}
    events = await crm.data.fetch("SELECT kind, target_id FROM audit_event WHERE kind LIKE 'marketing.%handed_out'")
    assert [(one["kind"], one["target_id"]) for one in events] == [("marketing.addresses_handed_out", made)]
    assert (await visible_campaign(crm, INSIDE, made)).row["state"] == "done"
    await said(crm, cast["Olga"], kind="withdrawn", channel="post")
    assert "Olga" not in (await addresses_csv(crm, INSIDE, made, again=True)).decode()
    with pytest.raises(NotFound):
        await letters_pdf(crm, INSIDE, made, again=False)
    if engine == "sqlite":
        from pypdf import PdfReader

        pages = PdfReader(io.BytesIO(await letters_pdf(crm, INSIDE, made, again=True))).pages
        assert ["Dear Ada, thank you." in pages[0].extract_text(), len(pages)] == [True, 2]
    shown = letters.letter(Controller(name="<b>"), ContactContent(display_name="<script>"), "<i>Dear</i>")
    assert "<b>" not in shown.replace("<br>", "")
    assert "<script>" not in shown
    assert "<i>" not in shown


async def test_calls_are_made_to_those_who_may_be_called_and_what_came_of_them_is_kept(
    crm: Installation, access: Any
) -> None:
    made, cast = await begun(crm, "phone")
    # Whoever may not work on it takes nobody off the list by looking.
    with pytest.raises(Forbidden):
        await people_to_call(crm, replace(access, actor=replace(access.actor, permissions=READING)), made)
    assert await states(crm, made) == {"listed": 6}
    assert [one.contact.content.display_name for one in await people_to_call(crm, INSIDE, made)] == ["Ada", "Olga"]
    assert await states(crm, made) == {"listed": 2, "refused": 4}
    await note_call(crm, INSIDE, made, cast["Ada"], ("agreed", "Sends a cheque."))
    await note_call(crm, INSIDE, made, cast["Olga"], ("later", ""))
    for nobody in (cast["Ada"], cast["Withdrawn"]):
        with pytest.raises(NotFound):
            await note_call(crm, INSIDE, made, nobody, ("reached", ""))
    timeline = await read_timeline(crm, INSIDE, cast["Ada"])
    assert [(one.subject, one.outcome) for one in timeline.items if one.kind == "call"] == [("Spring", "Said yes")]
    # She is called again in a while, if she may be then.
    assert await people_to_call(crm, INSIDE, made) == []
    await crm.data.fetch("UPDATE marketing_delivery SET due_at = ?", now())
    await said(crm, cast["Olga"], kind="withdrawn", channel="phone")
    assert await people_to_call(crm, INSIDE, made) == []
    assert await states(crm, made) == {"called": 1, "refused": 5}


@dataclass
class Gateway:
    """A gateway of text messages: what it was sent. status: what it answers."""

    status: int = 202
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = json.loads(await reader.readexactly(int(fields["content-length"])))
        self.sent.append((fields.get("authorization", ""), body))
        writer.write(f"HTTP/1.1 {self.status} Answer\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def gateway(crm: Installation, token_file: Path) -> Any:
    """A real server on this machine, and an installation that knows it."""
    place = Gateway()
    server = await asyncio.start_server(place.talk, "127.0.0.1", 0)
    given = dict(crm.settings.plugin["marketing"])
    given["sms_url"] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send"
    given["sms_token_file"] = str(token_file)
    given["sms_body"] = '{"messages": [{"number": "{to}", "content": "{text}", "key": "n-{id}"}]}'
    crm.settings = crm.settings.model_copy(update={"plugin": {"marketing": given}})
    try:
        yield place
    finally:
        server.close()


async def test_text_messages_go_to_a_gateway_and_to_nobody_who_said_no(crm: Installation, token_file: Path) -> None:
    async with gateway(crm, token_file) as place:
        made, cast = await begun(crm, "sms", words={"message": 'Hello {{name|friend}}, "{to}" }'})
        await work(crm)
        assert sorted(body["messages"][0]["number"] for _, body in place.sent) == [
            "+4930238" + "00010",
            "+493023800011",
        ]
        token, first = place.sent[0]
        assert (token, first["messages"][0]["content"]) == ("bearer hush", 'Hello Ada, "{to}" }')
        # The trashed are not opened, the erased have no row, and Never and two others were never on the list.
        assert await states(crm, made) == {"queued": 2, "refused": 3, "gone": 1}
        [entry] = await disclosures_of(crm, INSIDE, cast["Ada"])
        assert (entry.recipient, entry.path, entry.channel) == ("Example SMS", "sms", "sms")
        place.status, place.sent[:] = 500, []
        other = await campaign(
            crm, await segment_of(crm, [cast["Olga"]], "sms"), None, channel="sms", words={"message": "Hello"}
        )
        await start_campaign(crm, INSIDE, other)
        await work(crm)
        rows = await crm.data.fetch(
            "SELECT state, reason FROM outbound_message WHERE path = 'sms' ORDER BY id DESC LIMIT 1"
        )
        assert [(row["state"], row["reason"]) for row in rows] == [("queued", "try_later")]


async def test_program_reads_starts_and_stops_campaigns_as_far_as_it_may(crm: Installation, as_program: Any) -> None:
    async with posting(crm) as sink:
        cast = await people(crm, "Ada", "Refused")
        await agreed(crm, cast)
        made = await campaign(crm, await segment_of(crm, list(cast.values())), await letter(crm))
        reader = await as_program("marketing.read", "marketing.send", "contacts.read", "outbound.send")
        place = f"/api/v1/x/marketing/campaigns/{made}"
        found = await reader.get(place)
        assert (found.status_code, found.json()["state"], found.json()["counts"]) == (200, "draft", {})
        answer = await reader.patch(place, json={"state": "running"}, headers={"If-Match": found.headers["etag"]})
        assert (answer.status_code, answer.json()["state"]) == (200, "running")
        assert (
            await reader.patch(place, json={"state": "stopped"}, headers={"If-Match": found.headers["etag"]})
        ).status_code == 412
        await work(crm)
        shown = (await reader.get("/api/v1/x/marketing/campaigns?state=running")).json()
        assert ([one["counts"] for one in shown["items"]], sink.got) == ([{"sent": 1}], ["ada"])


def test_quiet_hours_end_in_the_morning_of_each_zone_also_when_clocks_change() -> None:
    berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
    evening = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
    assert quiet_until(evening, berlin, QUIET) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    assert quiet_until(evening, tokyo, QUIET) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert quiet_until(datetime(2026, 3, 28, 12, 0, tzinfo=UTC), berlin, QUIET) is None
    noon = MarketingSettings(quiet_from=12, quiet_until=14)
    assert quiet_until(datetime(2026, 7, 1, 10, 30, tzinfo=UTC), berlin, noon) == datetime(
        2026, 7, 1, 12, 0, tzinfo=UTC
    )
    assert next_local(evening, berlin, 540) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert next_local(evening, tokyo, 540) == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    places = {
        code: zone_of(ContactContent(addresses=[PostalAddress(country=code)])) for code in ("DE", "US", "JP", "XX")
    }
    assert [str(zone) for zone in places.values()] == ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "None"]


async def test_everybody_gets_it_at_nine_of_their_own_day_and_no_faster_than_was_chosen(crm: Installation) -> None:
    settings = {"marketing": {"quiet_from": 21, "quiet_until": 8}}
    crm.settings = crm.settings.model_copy(update={"plugin": settings, "time_zone": "Europe/Berlin"})
    async with posting(crm) as sink:
        cast = (
            await people(crm, "Here")
            | await people(crm, "Japan", country="JP")
            | await people(crm, "Nowhere", country="XX")
        )
        await agreed(crm, cast)
        everybody = await segment_of(crm, list(cast.values()))
        made = await campaign(crm, everybody, await letter(crm), local_minute=540, per_hour=12)
        await start_campaign(crm, INSIDE, made)
        await running.take_lead(crm, made)
        await running.step(crm, made)
        rows = await crm.data.fetch("SELECT contact_id, due_at FROM marketing_delivery")
        due = {row["contact_id"]: row["due_at"].astimezone(ZoneInfo("Europe/Berlin")) for row in rows}
        japan = due[cast["Japan"]].astimezone(ZoneInfo("Asia/Tokyo"))
        assert [moment.hour for moment in (due[cast["Here"]], due[cast["Nowhere"]], japan)] == [9, 9, 9]
        assert all(now() <= moment <= now() + timedelta(days=1) for moment in due.values())
        # All are due; one in five minutes may go, and whoever sleeps waits for the morning.
        await crm.data.fetch("UPDATE marketing_delivery SET due_at = ?", now())
        asleep = {one for one, end in (await may_leave(crm, list(cast.values()), now())).items() if end is not None}
        while await running.step(crm, made):
            pass
        await work(crm)
        assert len(sink.mails) == min(1, 3 - len(asleep))
