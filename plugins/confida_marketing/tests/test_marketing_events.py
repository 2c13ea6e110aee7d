"""Events: a seat is given once, whoever waits moves up, and everybody's own page takes no more than its secret."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import posting, work
from tests.refusals import restrict

from confida_core.api import Access, now
from confida_marketing.sign_up.calendar_file import calendar_file, folded
from confida_marketing.sign_up.content import EventContent, RegistrationContent
from confida_marketing.sign_up.event_mails import remind_guests
from confida_marketing.sign_up.events import EventDraft, save_event, visible_event
from confida_marketing.sign_up.registering import cancel, fill_up, guests_of, hash_of, register
from confida_marketing.sign_up.stamps import stamp_of

pytestmark = pytest.mark.anyio
EVENTS = "/x/marketing/forms/events"
PUBLIC = "/my/x/marketing/e/talk"


async def planned(crm: Any, access: Access, seats: int = 1, hours: int = 20) -> UUID:
    draft = EventDraft(
        content=EventContent(title="A talk; on law", place="Harbour Hall", description="Tea, too"),
        starts_at=now() + timedelta(hours=hours), capacity=seats, active=True, slug="talk",
    )  # fmt: skip
    return await save_event(crm, access, draft)


async def state_of(crm: Any, event_id: UUID) -> tuple[int, dict[UUID, str]]:
    rows = await crm.data.fetch("SELECT contact_id, state FROM marketing_registration WHERE event_id = ?", event_id)
    [event] = await crm.data.fetch("SELECT taken FROM marketing_event WHERE id = ?", event_id)
    return event["taken"], {row["contact_id"]: row["state"] for row in rows}


async def test_two_at_once_never_get_one_seat_and_who_waits_moves_up(crm: Any, access: Access, contact: Any) -> None:
    event_id = await planned(crm, access, seats=2)
    people = [
        UUID(str(await contact(name, email=f"{name}@example.org"))) for name in ("ada", "olga", "mats", "zoe", "eve")
    ]
    await crm.keyring.ensure(people, "relationship")
    said = RegistrationContent(email="ada@example.org")
    await asyncio.gather(*(register(crm, event_id, one, said) for one in people))
    taken, states = await state_of(crm, event_id)
    assert (taken, sorted(states.values())) == (2, ["in", "in", "waiting", "waiting", "waiting"])
    again = await register(crm, event_id, people[0], said)
    assert again is not None
    assert (again.new, (await state_of(crm, event_id))[0]) == (False, 2)
    rows = {one.row["contact_id"]: one.row["id"] for one in await guests_of(crm, access, event_id)}
    seated = [one for one, state in states.items() if state == "in"]
    waiting = [one for one in rows if one not in seated]
    # All at once, some twice: each seat goes to the one who waits longest, and none is lost or given twice.
    await asyncio.gather(*(cancel(crm, rows[one]) for one in [*seated, seated[0], waiting[0]]))
    taken, states = await state_of(crm, event_id)
    assert (taken, [states[one] for one in waiting]) == (2, ["cancelled", "in", "in"])
    event = await visible_event(crm, access, event_id)
    late = UUID(str(await contact("late")))
    await crm.keyring.ensure([late], "relationship")
    await register(crm, event_id, late, said)
    larger = EventDraft(content=event.content, starts_at=event.row["starts_at"], capacity=3, active=True, slug="talk")
    await save_event(crm, access, larger, event_id, seen=event.row["version"])
    assert (await fill_up(crm, event_id), (await state_of(crm, event_id))[0]) == (1, 3)
    full = EventDraft(
        content=event.content,
        starts_at=event.row["starts_at"],
        capacity=3,
        active=True,
        slug="talk",
        waiting_list=False,
    )
    await save_event(crm, access, full, event_id, seen=event.row["version"] + 1)
    none = UUID(str(await contact("none")))
    await crm.keyring.ensure([none], "relationship")
    assert await register(crm, event_id, none, said) is None


async def test_somebody_signs_up_is_told_reminded_and_gives_the_place_back(
    *, crm: Any, access: Access, client: Any, stranger: Any, assert_sealed: Any, assert_erased: Any
) -> None:
    event_id = await planned(crm, access)
    async with posting(crm) as sink:
        for name in ("ada", "zoe"):
            typed = {
                "name": f"zqguest-{name}", "email": f"{name}@example.org", "message": f"zqvegan-{name}",
                "stamp": stamp_of(crm, event_id, now() - timedelta(minutes=1)),
            }  # fmt: skip
            sent = await stranger.post(f"{PUBLIC}?lang=de", data=typed, headers={"sec-fetch-site": "cross-site"})
            assert (sent.status_code, sent.headers["location"]) == (303, f"{PUBLIC}/thanks?lang=de")
        await work(crm)
        assert sink.got == ["ada", "zoe"]
        mails = {to.split("@")[0]: mail for to, mail in sink.mails}
        assert "Warteliste" in mails["zoe"]["subject"]
        # What a stranger typed beside somebody's address does not get into their mailbox in our name.
        assert "zqguest" not in str(mails["zoe"])
        assert "Sie haben einen Platz" in mails["ada"]["subject"]
        tokens = {name: re.findall(r"/place/([\w-]{43})", mail.get_content())[0] for name, mail in mails.items()}
        await crm.data.fetch("UPDATE marketing_registration SET created_at = ?", now() - timedelta(days=3))
        for _ in range(2):
            await remind_guests(crm, {})
        await work(crm)
        assert [to for to, _ in sink.mails[2:]] == ["ada@example.org"]
        own = f"/my/x/marketing/place/{tokens['ada']}"
        assert "Sie haben einen Platz." in (await stranger.get(f"{own}?lang=de")).text
        assert (await stranger.post(f"{own}?lang=de")).status_code == 303
        assert "zurückgegeben" in (await stranger.get(f"{own}?lang=de")).text
        await work(crm)
        assert [to for to, _ in sink.mails[3:]] == ["zoe@example.org"]
        # Whoever knows her address can have her told again, and not as often as they like.
        for _ in range(5):
            typed["stamp"] = stamp_of(crm, event_id, now() - timedelta(minutes=1))
            assert (await stranger.post(PUBLIC, data=typed)).status_code == 303
            await work(crm)
        assert sink.got.count("zoe") == 5
    assert (await stranger.get("/my/x/marketing/place/" + "x" * 43)).status_code == 404
    kept = str(await crm.data.fetch("SELECT * FROM outbound_message"))
    assert tokens["ada"] not in kept
    await assert_sealed("zqvegan-zoe", "zqguest-zoe", tokens["zoe"])
    [row] = await crm.data.fetch("SELECT * FROM marketing_registration WHERE token_hash = ?", hash_of(tokens["zoe"]))
    assert "A talk; on law" in (await client.get(f"/contacts/{row['contact_id']}")).text
    await assert_erased(row["contact_id"], "zqvegan-zoe", "zqguest-zoe")


async def test_guests_are_checked_in_by_those_who_may(
    *, crm: Any, access: Access, client: Any, as_role: Any, contact: Any, stranger: Any
) -> None:
    typed = {"title": "Talk", "starts_at": "2030-05-01T18:00", "capacity": "5", "active": "yes", "slug": "talk"}
    place = (await client.post(f"{EVENTS}/new", data=typed)).headers["location"]
    event_id = UUID(place.rsplit("/", 1)[1])
    ada = UUID(str(await contact("Ada Zq")))
    await crm.keyring.ensure([ada], "relationship")
    made = await register(crm, event_id, ada, RegistrationContent(name="Ada Zq"))
    assert made is not None
    here = f"{place}/guests/{made.id}/here"
    assert (await client.post(here, data={"here": "yes"})).status_code == 303
    shown = (await client.get(place)).text
    assert ("Ada Zq" in shown, "1 came" in shown) == (True, True)
    reader = await as_role("readonly")
    tried = [
        await reader.post(here),
        await reader.post(f"{place}/guests/{made.id}/cancel"),
        await reader.get(f"{place}/edit"),
    ]
    assert [one.status_code for one in tried] == [404, 404, 404]
    other = UUID(int=1)
    assert (await client.post(f"{EVENTS}/{other}/guests/{made.id}/here")).status_code == 404
    assert (await client.post(f"{place}/guests/{other}/cancel")).status_code == 404
    await restrict(crm, ada)
    hidden = [await client.post(here), await client.post(f"{place}/guests/{made.id}/cancel")]
    assert ([one.status_code for one in hidden], "Ada Zq" in (await client.get(place)).text) == ([404, 404], False)
    for changes, box in (
        ({"title": ""}, "title"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"ends_at": "2029-01-01T10:00"}, "ends_at"),
        ({"capacity": "-1"}, "capacity"),
    ):
        wrong = await client.post(f"{place}/edit", data=typed | {"version": "1"} | changes)
        assert (wrong.status_code, f'id="{box}-error"' in wrong.text) == (422, True), box
    file = await stranger.get(f"{PUBLIC}/event.ics")
    assert (file.status_code, "DTSTART:2030" in file.text, "Ada" in file.text) == (200, True, False)
    assert (await client.post(f"{place}/trash")).status_code == 303
    assert [(await stranger.get(path)).status_code for path in (PUBLIC, f"{PUBLIC}/event.ics")] == [404, 404]


def test_a_calendar_file_says_no_more_than_it_should() -> None:
    moment = now()
    text = calendar_file(
        uid="1", title="A; b, c\nEND:VEVENT", place="", description="ü" * 100, begins=moment, ends=moment, at=moment
    )
    assert (text.count("\r\nEND:VEVENT\r\n"), "SUMMARY:A\\; b\\, c\\nEND:VEVENT\r\n" in text) == (1, True)
    assert max(len(line.encode()) for line in folded("ü" * 200).split("\r\n")) <= 75
