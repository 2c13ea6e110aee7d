"""When tickets are due, how their clock stands still, and what happens when they get late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_consent.api import Channel, Indication, Kind, Method, record_event
from confida_core.api import Access, InvalidContent, VersionConflict, now, system_access
from confida_service.content import MessageContent
from confida_service.service_levels.business_hours import ALWAYS, BusinessHours, open_seconds
from confida_service.service_levels.clock import changed_dues, due_columns
from confida_service.service_levels.escalation import escalate
from confida_service.service_levels.levels import (
    LevelSettings,
    ServiceLevels,
    Target,
    hours_of,
    level_settings,
    read_span,
    save_levels,
    written_span,
)
from confida_service.service_levels.surveys import answer_survey, ask_surveys, token_of
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket, visible_ticket

pytestmark = pytest.mark.anyio


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours(BERLIN, (((540, 720), (780, 1_020)),) * 5 + ((), ()))
ROUND_THE_CLOCK = ("0-24",) * 7
TARGETS = {1: Target(None, 2_400), 2: Target(60, 480), 4: Target(15, 120)}
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def levels(hours: BusinessHours) -> ServiceLevels:
    return ServiceLevels(hours=hours, targets=TARGETS, settings=LevelSettings())


def ticket(hours: BusinessHours, opened_at: datetime) -> dict[str, Any]:
    """A row, as far as its clock goes."""
    row = {
        "state": "open", "priority": 2, "opened_at": opened_at, "paused_at": None, "solved_at": None, "paused_seconds": 0,
        "first_response_at": None,
    }  # fmt: skip
    return row | due_columns(levels(hours), 2, opened_at)


def after(hours: BusinessHours, row: dict[str, Any], state: str, moment: datetime) -> dict[str, Any]:
    """The row in its new state."""
    changed = row | changed_dues(levels(hours), row, (state, row["priority"]), moment)
    stopped = {"paused_at": moment} if state in {"pending", "on_hold"} else {"solved_at": moment}
    going = {"paused_at": None, "solved_at": None}
    return changed | {"state": state} | (going if state == "open" else stopped)


@settings(max_examples=60, deadline=None)
@given(
    hours=st.sampled_from([OFFICE, ALWAYS]),
    opened=st.integers(0, 20_000),
    pauses=st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from(["pending", "on_hold", "solved"]), st.integers(0, 12_000)),
        min_size=1, max_size=5,
    ),
)  # fmt: skip
def test_pauses_take_nothing_from_the_time_that_is_left(
    hours: BusinessHours, opened: int, pauses: list[tuple[int, str, int]]
) -> None:
    moment = MONDAY + timedelta(minutes=opened)
    row = ticket(hours, moment)
    worked = 0.0
    for works, state, stands in pauses:
        worked += open_seconds(hours, moment, moment + timedelta(minutes=works))
        moment += timedelta(minutes=works)
        row = after(hours, row, state, moment)
        moment += timedelta(minutes=stands)
        row = after(hours, row, "open", moment)
        left = max(480 * 60 - worked, 0)
        assert open_seconds(hours, moment, row["solution_due"]) == pytest.approx(left, abs=0.01)
        assert open_seconds(hours, row["opened_at"], row["solution_due"]) == pytest.approx(
            480 * 60 + row["paused_seconds"], abs=len(pauses)
        )


def test_new_priority_is_reckoned_from_the_beginning_without_the_pauses() -> None:
    row = ticket(ALWAYS, MONDAY)
    row = after(ALWAYS, row, "pending", MONDAY + timedelta(minutes=10))
    row = after(ALWAYS, row, "open", MONDAY + timedelta(minutes=40))
    urgent = changed_dues(levels(ALWAYS), row, ("open", 4), MONDAY + timedelta(minutes=50))
    assert urgent == {
        "first_response_due": MONDAY + timedelta(minutes=45), "solution_due": MONDAY + timedelta(minutes=150),
        "paused_seconds": 1_800,
    }  # fmt: skip
    answered = changed_dues(levels(ALWAYS), row | {"first_response_at": MONDAY}, ("open", 1), MONDAY)
    assert answered == {"solution_due": MONDAY + timedelta(minutes=2_430), "paused_seconds": 1_800}


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada", email="ada@example.org")))


async def promise(crm: Any, access: Access, **more: Any) -> None:
    there = await level_settings(crm)
    kept = LevelSettings(**{"week": ROUND_THE_CLOCK, "targets": TARGETS} | more)
    await save_levels(crm, access, kept, seen=there.version)


async def row_of(crm: Any, access: Access, ticket_id: UUID) -> Any:
    return (await visible_ticket(crm, access, ticket_id)).row


async def test_ticket_is_due_moves_on_while_it_waits_and_nothing_is_due_without_a_promise(
    crm: Any, access: Access, ada: UUID
) -> None:
    before = await open_ticket(crm, access, ada, TicketDraft(subject="Before"))
    await promise(crm, access)
    ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="The lamp"))
    rows = [await row_of(crm, access, one) for one in (before, ticket_id)]
    opened = rows[1]["opened_at"]
    hour = timedelta(hours=1)
    assert [(row["first_response_due"], row["solution_due"]) for row in rows] == [
        (None, None),
        (opened + hour, opened + 8 * hour),
    ]
    answer = MessageDraft(content=MessageContent(text="Which lamp?"), direction="out", channel="phone")
    await add_message(crm, access, ticket_id, answer)
    back = now() - hour
    await crm.data.fetch("UPDATE service_ticket SET paused_at = ? WHERE id = ?", back, ticket_id)
    answer = MessageDraft(content=MessageContent(text="The red one."), direction="in", channel="phone")
    await add_message(crm, access, ticket_id, answer)
    row = await row_of(crm, access, ticket_id)
    assert (row["state"], row["paused_at"], row["first_response_due"]) == ("open", None, opened + hour)
    assert row["solution_due"] - opened == pytest.approx(9 * hour, abs=timedelta(seconds=10))
    await change_ticket(crm, access, ticket_id, TicketChange(priority=4), seen=row["version"])
    row = await row_of(crm, access, ticket_id)
    assert row["solution_due"] - opened == pytest.approx(3 * hour, abs=timedelta(seconds=10))


async def tasks(crm: Any) -> list[Any]:
    found: list[Any] = await crm.data.fetch("SELECT * FROM interaction WHERE kind = 'task' ORDER BY id")
    return found


async def test_what_gets_late_is_raised_and_told_once(crm: Any, access: Access, ada: UUID, client: Any) -> None:
    await promise(crm, access, raise_priority=True, warn_minutes=30)
    old = now() - timedelta(hours=7, minutes=40)
    mine = TicketDraft(subject="Mine", opened_at=old, assignee_id=client.account_id)
    late = await open_ticket(crm, access, ada, mine)
    quiet = await open_ticket(crm, access, ada, TicketDraft(subject="New"))
    waits = await open_ticket(crm, access, ada, TicketDraft(subject="Waits", opened_at=old))
    await change_ticket(crm, access, waits, TicketChange(state="on_hold"), seen=1)
    due = (await row_of(crm, access, late))["solution_due"]
    for _ in range(2):
        await escalate(crm, {})
    rows = [await row_of(crm, access, one) for one in (late, quiet, waits)]
    assert [(row["priority"], row["escalated_at"] is not None) for row in rows] == [(3, True), (2, False), (2, False)]
    assert rows[0]["solution_due"] == due
    (task,) = await tasks(crm)
    assert (task["state"], task["assignee_id"]) == ("planned", client.account_id)
    await change_ticket(crm, access, late, TicketChange(state="solved"), seen=rows[0]["version"])
    await change_ticket(crm, access, late, TicketChange(state="open"), seen=rows[0]["version"] + 1)
    assert (await row_of(crm, access, late))["escalated_at"] is None


async def test_settings_are_checked_by_field_and_kept_at_the_version_that_was_seen(crm: Any, access: Access) -> None:
    wrong = LevelSettings(
        week=("9-17", "17-9", "", "", "", "", "x"), country="XX", warn_minutes=-1,
        targets={2: Target(0, 60), 3: Target(60, 30)},
    )  # fmt: skip
    with pytest.raises(InvalidContent) as refused:
        await save_levels(crm, access, wrong, seen=0)
    assert set(refused.value.errors) == {"day-1", "day-6", "country", "warn_minutes", "first-2", "solution-3"}
    day = date(2026, 12, 24)
    kept = LevelSettings(week=("9-17", *[""] * 6), country="DE", region="BY", closed_days=(day,), targets=TARGETS)
    await save_levels(crm, access, kept, seen=0)
    found = await level_settings(crm)
    assert (found.week[0], found.country, found.region, found.closed_days, found.version) == (
        "9:00-17:00", "DE", "BY", (day,), 1,
    )  # fmt: skip
    assert {key: target for key, target in found.targets.items() if target != Target()} == TARGETS
    with pytest.raises(VersionConflict):
        await save_levels(crm, access, kept, seen=0)
    await save_levels(crm, access, kept, seen=1)
    assert (await level_settings(crm)).version == 2


def test_holidays_of_a_region_and_own_days_are_closed() -> None:
    bavaria = LevelSettings(country="DE", region="BY", closed_days=(date(2026, 11, 20),))
    days = [date(2026, 1, 6), date(2026, 12, 25), date(2026, 11, 20), date(2026, 11, 19)]
    closed = hours_of(bavaria, BERLIN).closed_on
    assert [closed(day) for day in days] == [True, True, True, False]
    berlin = LevelSettings(country="DE", region="BE")
    assert [hours_of(berlin, BERLIN).closed_on(day) for day in days] == [False, True, False, False]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", None), ("30", 30), ("30 min", 30), ("4 h", 240), ("1 h 30 min", 90), ("1h30", 90), ("soon", 0), ("-3", 0)],
)
def test_times_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    assert read_span(text) == minutes
    assert read_span(written_span(minutes)) == minutes


PAGE = "/x/service/settings/service-levels"


async def test_page_keeps_what_is_typed_and_says_beside_the_field_what_is_wrong(crm: Any, client: Any) -> None:
    filled = {
        "version": "0", "first-2": "4 h", "solution-2": "16 h", "day-0": "9-12:30, 14-18", "country": "DE", "region": "BY",
        "closed_days": "2026-12-24, 2026-12-31", "warn_minutes": "45", "notify": "yes",
    }  # fmt: skip
    wrong = await client.post(PAGE, data=filled | {"first-2": "soon", "closed_days": "Easter"})
    assert (wrong.status_code, 'value="soon"' in wrong.text, 'id="closed_days-error"' in wrong.text) == (
        422,
        True,
        True,
    )
    wrong = await client.post(PAGE, data=filled | {"first-2": "soon"})
    assert (wrong.status_code, 'id="first-2-error"' in wrong.text) == (422, True)
    saved = await client.post(PAGE, data=filled)
    assert (saved.status_code, saved.headers["location"]) == (303, PAGE)
    kept = await level_settings(crm)
    assert (kept.targets[2], kept.targets[1], kept.week[0], len(kept.closed_days), kept.notify, kept.raise_priority) == (
        Target(240, 960), Target(), "9:00-12:30, 14:00-18:00", 2, True, False,
    )  # fmt: skip
    again = await client.get(PAGE)
    assert all(f'value="{each}"' in again.text for each in ("4 h", "16 h", "9:00-12:30, 14:00-18:00", "45"))
    conflict = await client.post(PAGE, data=filled)
    assert (conflict.status_code, "Somebody else changed this" in conflict.text) == (409, True)


async def test_staff_find_no_page_of_service_levels(as_role: Any) -> None:
    staff = await as_role("staff")
    assert [(await staff.get(PAGE)).status_code, (await staff.post(PAGE)).status_code] == [404, 404]


async def agrees(crm: Any, contact_id: UUID) -> None:
    said = Indication(
        subject_id=contact_id, purpose="service.survey", channel=Channel.EMAIL, kind=Kind.GIVEN, method=Method.IN_PERSON
    )
    await record_event(crm, system_access("test", "consent"), said)


async def solved(crm: Any, access: Access, contact_id: UUID, hours_ago: float = 2) -> UUID:
    moment = now() - timedelta(hours=hours_ago)
    ticket_id = await open_ticket(crm, access, contact_id, TicketDraft(subject="The lamp", opened_at=moment))
    await crm.data.fetch(
        "UPDATE service_ticket SET state = 'solved', solved_at = ?, first_response_at = ? WHERE id = ?",
        moment,
        moment,
        ticket_id,
    )
    return ticket_id


async def letters(crm: Any) -> list[Any]:
    declaration = crm.registry.records["outbound_message"]
    rows = await crm.data.fetch("SELECT * FROM outbound_message ORDER BY id")
    return list(await crm.door.open(system_access("test"), declaration, rows))


async def test_who_agreed_is_asked_once_and_answers_without_signing_in(
    crm: Any, access: Access, ada: UUID, contact: Any, stranger: Any
) -> None:
    zoe, new = await contact("Zoe", email="zoe@example.org"), await contact("Mats", email="mats@example.org")
    for person in (ada, new):
        await agrees(crm, person)
    first = await solved(crm, access, ada, 3)
    last = await solved(crm, access, ada)
    await solved(crm, access, zoe)
    await solved(crm, access, new, 0.1)
    await ask_surveys(crm, {})
    assert await letters(crm) == []
    await promise(crm, access, survey=True)
    for _ in range(2):
        await ask_surveys(crm, {})
    (letter,) = await letters(crm)
    (row,) = await crm.data.fetch("SELECT * FROM service_survey")
    assert (letter.row["contact_id"], letter.row["purpose"], row["ticket_id"]) == (ada, "service.survey", last)
    assert first != last
    path = f"/my/x/service/survey/{token_of(crm, row['id'])}"
    assert path in letter.content.text
    page = await stranger.get(path)
    assert (page.status_code, page.text.count('name="score"')) == (200, 5)
    assert (await crm.data.fetch("SELECT score FROM service_survey"))[0]["score"] is None
    wrong = await stranger.post(path, data={"comment": "sealed-comment"})
    assert (wrong.status_code, "sealed-comment" in wrong.text) == (422, True)
    done = await stranger.post(path, data={"score": "5", "comment": "sealed-comment"})
    assert (done.status_code, "Thank you" in done.text) == (200, True)
    assert (await crm.data.fetch("SELECT score FROM service_survey"))[0]["score"] == 5


async def test_links_that_are_wrong_or_old_open_no_survey(
    crm: Any, access: Access, ada: UUID, stranger: Any, assert_sealed: Any
) -> None:
    await agrees(crm, ada)
    await solved(crm, access, ada)
    await promise(crm, access, survey=True)
    await ask_surveys(crm, {})
    (row,) = await crm.data.fetch("SELECT * FROM service_survey")
    token = token_of(crm, row["id"])
    other = token_of(crm, UUID(int=5))[:21] + token[21:]
    paths = [f"/my/x/service/survey/{one}" for one in (other, "x", "%C3%A4", token_of(crm, UUID(int=5)), token)]
    await answer_survey(crm, token, 2, "sealed-comment")
    await assert_sealed("sealed-comment")
    assert [(await stranger.get(path)).status_code for path in paths] == [404, 404, 404, 404, 200]
    await crm.data.fetch("UPDATE service_survey SET asked_at = ?", now() - timedelta(days=31))
    assert (await stranger.get(paths[-1])).status_code == 404
