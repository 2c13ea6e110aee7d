"""Figures of service: counted exactly, divided as asked, colleagues apart only for who may see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Actor, Forbidden, Installation, new_id
from confida_service.answering.time_spent import add_time
from confida_service.figures.asked import Asked, read_asked
from confida_service.figures.sections import figures_of
from confida_service.queues.queues import first_queue, queues, save_queue
from confida_service.tickets.tickets import TicketDraft, open_ticket
from confida_web.api import Report

pytestmark = pytest.mark.anyio
TODAY = date(2026, 3, 20)
MATS = UUID(int=7)


def asked(**given: str) -> Asked:
    return read_asked({"period": "own", "from": "2026-02-01", "to": "2026-03-20"} | given, TODAY, "Europe/Berlin")


def values(report: Report, key: str) -> dict[str, tuple[int | None, ...]]:
    [section] = [one for one in report.sections if one.key == key]
    lines = {line.label: line.values for line in section.lines}
    return lines | ({"Together": section.total.values} if section.total else {})


def at(day: str, hours: float = 0) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hours)


@pytest.fixture
async def served(crm: Installation, access: Access, contact: Any) -> UUID:
    """Five tickets in two queues: one of January that waits, two of February, two of March; and a merged one, which counts nowhere."""
    ada = UUID(str(await contact("Ada Lovelace")))
    inbox = await first_queue(crm)
    repairs = await save_queue(crm, access, "Repairs")
    mine = access.actor.id
    #         opened                      answered after, solved after (hours), due after, queue, whose, state
    rows = [
        (at("2026-01-15"), None, None, None, inbox, None, "open"),
        (at("2026-02-10"), 1.0, 10.0, 2, inbox, mine, "solved"),
        (at("2026-02-20"), 3.0, 20.0, 2, repairs, MATS, "closed"),
        # In Berlin this is the first of March.
        (at("2026-02-28", 23.5), 2.0, None, 2, repairs, MATS, "open"),
        (at("2026-03-05"), None, None, 2, inbox, mine, "new"),
        (at("2026-03-06"), 1.0, 1.0, 2, inbox, mine, "merged"),
    ]
    ids = []
    for opened, answered, solved, due, queue, whose, state in rows:
        ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="The lamp", queue_id=queue))
        await crm.data.fetch(
            "UPDATE service_ticket SET opened_at = ?, first_response_at = ?, solved_at = ?, first_response_due = ?, "
            "solution_due = NULL, assignee_id = ?, state = ? WHERE id = ?",
            opened, *(opened + timedelta(hours=one) if one else None for one in (answered, solved, due)), whose, state, ticket_id,
        )  # fmt: skip
        ids.append(ticket_id)
    for ticket_id, score, queue, whose in (
        (ids[1], 5, inbox, mine),
        (ids[2], 2, repairs, MATS),
        (ids[3], None, repairs, MATS),
    ):
        await crm.data.fetch(
            "INSERT INTO service_survey (id, ticket_id, contact_id, queue_id, assignee_id, asked_at, answered_at, score, version, "
            "sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
            new_id(), ticket_id, ada, queue, whose, at("2026-03-01", 5), at("2026-03-02") if score else None, score, b"x",
        )  # fmt: skip
    await add_time(crm, access, ids[1], 45)
    await crm.data.fetch("UPDATE service_time_spent SET at = ?", at("2026-02-11"))
    return repairs


async def test_months_show_what_came_and_what_is_left(crm: Installation, access: Access, served: UUID) -> None:
    report = await figures_of(crm, access, asked())
    assert values(report, "tickets") == {"Feb 2026": (2, 2, 1, 45), "Mar 2026": (2, 0, 3, 0), "Together": (4, 2, 3, 45)}
    assert values(report, "first-response") == {
        "Feb 2026": (60, 180, 2, 500, 1),
        "Mar 2026": (120, 120, 1, 500, 1),
        "Together": (120, 180, 3, 500, 2),
    }
    assert values(report, "solution") == {
        "Feb 2026": (600, 1200, 2, None, 0),
        "Together": (600, 1200, 2, None, 0),
    }
    assert values(report, "satisfaction") == {"Mar 2026": (500, 35, 2, 3), "Together": (500, 35, 2, 3)}
    assert [section.finding for section in report.sections] == [
        "4 were opened and 2 solved; 3 wait.",
        "3 were answered; of 4 with a promise, 50% kept it.",
        "2 were solved; no service level promised by when.",
        "2 of 3 answered; 50% are content.",
    ]


async def test_queues_kinds_and_one_queue_alone(crm: Installation, access: Access, served: UUID) -> None:
    inbox = next(one.name for one in await queues(crm) if one.id != served)
    report = await figures_of(crm, access, asked(by="queue"))
    assert values(report, "tickets") == {inbox: (2, 1, 2, 45), "Repairs": (2, 1, 1, 0), "Together": (4, 2, 3, 45)}
    assert values(report, "satisfaction")["Repairs"] == (0, 20, 1, 2)
    for by, label in (("kind", "Question"), ("channel", "Written by us")):
        report = await figures_of(crm, access, asked(by=by))
        assert values(report, "tickets") == {label: (4, 2, 3, 45), "Together": (4, 2, 3, 45)}
        assert values(report, "satisfaction") == {label: (500, 35, 2, 3), "Together": (500, 35, 2, 3)}
    alone = await figures_of(crm, access, asked(queue=str(served)))
    assert values(alone, "tickets") == {"Feb 2026": (1, 1, 0, 0), "Mar 2026": (1, 0, 1, 0), "Together": (2, 1, 1, 0)}


async def test_colleagues_are_told_apart_for_who_may_see_them(crm: Installation, access: Access, served: UUID) -> None:
    report = await figures_of(crm, access, asked(by="person"))
    tickets = report.sections[0]
    # Nobody of them has an account here.
    assert sorted((line.label, line.values) for line in tickets.lines) == [
        ("Nobody yet", (0, 0, 1, 0)), ("Somebody who left", (2, 1, 1, 0)), ("Somebody who left", (2, 1, 1, 45)),
    ]  # fmt: skip
    assert (values(report, "tickets")["Together"], report.personal) == ((4, 2, 3, 45), True)
    narrow = Access(
        actor=Actor(id=MATS, kind="staff", permissions=frozenset({"service.read"})),
        purpose="relationship",
        where="test",
    )
    own = await figures_of(crm, narrow, asked(by="person"))
    assert values(own, "tickets") == {"You": (2, 1, 1, 0), "Together": (2, 1, 1, 0)}
    assert values(own, "first-response") == {"You": (120, 180, 2, 500, 1)}
    nobody = Access(actor=Actor(id=MATS, kind="staff", permissions=frozenset()), purpose="relationship", where="test")
    with pytest.raises(Forbidden):
        await figures_of(crm, nobody, asked())


async def test_figures_over_http(client: Any, served: UUID) -> None:
    address = "/x/service/figures?period=own&from=2026-02-01&to=2026-03-20"
    html = (await client.get(address)).text
    assert ("4 were opened and 2 solved; 3 wait." in html, html.count('<figure class="chart"')) == (True, 4)
    file = await client.get(address.replace("figures?", "figures/csv?") + "&by=person")
    assert file.content.decode("utf-8-sig").splitlines()[:2] == [
        "Tickets",
        "Colleague,Opened,Solved,Waiting,Time spent (min)",
    ]
    wrong = await client.get("/x/service/figures?period=own&from=x&to=2026-03-20")
    assert (wrong.status_code, "Please choose a day." in wrong.text) == (422, True)
    assert (await client.get("/x/service/figures?queue=x")).status_code == 404
    empty = await client.get("/x/service/figures?period=own&from=2020-02-01&to=2020-03-20")
    assert "Nothing to count yet" in empty.text
