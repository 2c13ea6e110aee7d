"""Complaints: their way from receipt to what was learned, their list, figures and file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, InvalidContent, VersionConflict, visible_interaction
from confida_service.complaints.causes import archive_cause, causes, save_cause
from confida_service.complaints.complaints import (
    ComplaintDraft,
    complaint_of,
    move_complaint,
    save_complaint,
    start_complaint,
    take_back_step,
    visible_complaint,
)
from confida_service.complaints.figures import complaint_figures, first_month
from confida_service.complaints.listing import ComplaintQuery, counts, list_complaints
from confida_service.equipment.equipment import today_of
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket

pytestmark = pytest.mark.anyio
HOME = "/x/service/complaints"
CAUSES = "/x/service/settings/complaint-causes"


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def complained(crm: Any, access: Access, contact_id: UUID, subject: str = "The lamp is broken") -> UUID:
    """The id of the complaint of a new ticket."""
    ticket_id = await open_ticket(crm, access, contact_id, TicketDraft(subject=subject, kind="complaint"))
    opened = await complaint_of(crm, access, ticket_id)
    assert opened is not None
    return UUID(str(opened.row["id"]))


async def received(crm: Any, complaint_id: UUID, on: date) -> None:
    """As if it had come on that day, with three days to acknowledge and thirty to answer."""
    await crm.data.fetch(
        "UPDATE service_complaint SET received_on = ?, acknowledge_by = ?, answer_by = ? WHERE id = ?",
        on, on + timedelta(days=3), on + timedelta(days=30), complaint_id,
    )  # fmt: skip


def listed(html: str) -> list[str]:
    return re.findall(r'class="ticket-number">#\d+</span> <bdi>([^<]+)</bdi></a>', html)


async def after(client: Any, answer: Any) -> Iterator[str]:
    """What the toast of an answer says, and where its undo leads."""
    toast = next(one for one in answer.headers.get_list("set-cookie") if "toast" in one).partition(";")[0]
    headers = {"cookie": f"{client.cookie}={client.secret}; {toast}"}
    html = (await client.get(answer.headers["location"], headers=headers)).text
    block = html[html.index('class="toast ') :]
    undo = re.search(r'action="([^"]+)"', block[: block.index("data-close")])
    return iter((html, undo[1].replace("&amp;", "&") if undo else ""))


async def test_complaint_goes_its_way_and_what_was_learned_becomes_a_task(
    crm: Any, access: Access, client: Any, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIDA_SERVICE_COMPLAINT_ANSWER_DAYS", "14")
    today = today_of(crm)
    question = await open_ticket(crm, access, ada, TicketDraft(subject="Why?"))
    assert await complaint_of(crm, access, question) is None
    for seen, kind in enumerate(("complaint", "question", "complaint"), start=1):
        await change_ticket(crm, access, question, TicketChange(kind=kind), seen=seen)
    rows = await crm.data.fetch("SELECT * FROM service_complaint")
    assert [(row["step"], row["received_on"], row["acknowledge_by"], row["answer_by"]) for row in rows] == [
        ("received", today, today + timedelta(days=3), today + timedelta(days=14))
    ]
    one: UUID = rows[0]["id"]
    for wrong in ("offered", "nonsense"):
        with pytest.raises(InvalidContent):
            await move_complaint(crm, access, one, wrong, seen=1)
    assert await move_complaint(crm, access, one, "acknowledged", seen=1) == 2
    assert await move_complaint(crm, access, one, "assessed", seen=2) == 3
    with pytest.raises(InvalidContent) as raised:
        await move_complaint(crm, access, one, "offered", seen=3)
    assert list(raised.value.errors) == ["remedy"]
    cause = await save_cause(crm, access, "Late")
    draft = ComplaintDraft(
        area="Lamps", cause_id=cause, findings="It was dropped.", remedy="refund", amount=1250, currency="EUR",
        measure="Pack better\nand twice", responsible_id=client.account_id, measure_by=today + timedelta(days=7),
    )  # fmt: skip
    assert await save_complaint(crm, access, one, draft, seen=3) == 4
    assert await save_complaint(crm, access, one, draft, seen=4) == 5
    opened = await visible_complaint(crm, access, one)
    task = await visible_interaction(crm, access, opened.row["task_id"])
    assert (task.content.subject, task.row["assignee_id"], task.row["due_on"]) == (
        "Learned: Pack better", client.account_id, today + timedelta(days=7),
    )  # fmt: skip
    assert len(await crm.data.fetch("SELECT id FROM interaction")) == 1
    await move_complaint(crm, access, one, "offered", seen=5)
    await move_complaint(crm, access, one, "refused", seen=6)
    await move_complaint(crm, access, one, "offered", seen=7)
    await move_complaint(crm, access, one, "accepted", seen=8)
    await move_complaint(crm, access, one, "closed", seen=9)
    with pytest.raises(VersionConflict):
        await take_back_step(crm, access, one, "accepted", seen=9)
    await take_back_step(crm, access, one, "accepted", seen=10)
    row = (await visible_complaint(crm, access, one)).row
    assert (row["step"], row["answered_on"], row["decided_on"], row["closed_on"]) == ("accepted", today, today, None)


async def test_track_is_begun_once_however_many_ask_for_it(crm: Any, access: Access, client: Any, ada: UUID) -> None:
    ticket = await open_ticket(crm, access, ada, TicketDraft(subject="Why?", kind="complaint"))
    await crm.data.fetch("DELETE FROM service_complaint")
    assert "Begin its track" in (await client.get(f"/x/service/tickets/{ticket}")).text
    begun = await asyncio.gather(*(start_complaint(crm, access, ticket) for _ in range(5)))
    answer = await client.post(f"/x/service/tickets/{ticket}/complaint")
    assert {f"{HOME}/{one}" for one in begun} == {answer.headers["location"]}


async def test_what_cannot_be_is_refused_beside_its_field(crm: Any, access: Access, ada: UUID) -> None:
    one = await complained(crm, access, ada)
    for draft, field in (
        (ComplaintDraft(remedy="cake"), "remedy"),
        (ComplaintDraft(remedy="refund", currency="EUR"), "amount"),
        (ComplaintDraft(remedy="refund", amount=1, currency="XX"), "currency"),
        (ComplaintDraft(satisfied="maybe"), "satisfied"),
        (ComplaintDraft(cause_id=ada), "cause"),
        (ComplaintDraft(responsible_id=ada), "responsible"),
        (ComplaintDraft(area="x" * 301), "area"),
        (ComplaintDraft(measure_by=date(2030, 1, 1)), "measure"),
    ):
        with pytest.raises(InvalidContent) as raised:
            await save_complaint(crm, access, one, draft, seen=1)
        assert list(raised.value.errors) == [field]


async def test_list_shows_what_is_owed_first_and_is_narrowed_down(
    crm: Any, access: Access, client: Any, ada: UUID, queries: Any
) -> None:
    today = today_of(crm)
    cause = await save_cause(crm, access, "Late")
    ids = [await complained(crm, access, ada, subject) for subject in ("New", "Unanswered", "Unacknowledged", "Done")]
    await received(crm, ids[1], today - timedelta(days=40))
    await received(crm, ids[2], today - timedelta(days=10))
    await save_complaint(crm, access, ids[1], ComplaintDraft(cause_id=cause, remedy="apology", area="=1+1"), seen=1)
    await move_complaint(crm, access, ids[1], "acknowledged", seen=2)
    await move_complaint(crm, access, ids[3], "closed", seen=1)
    assert await counts(crm, access) == {"open": 3, "late": 2}
    for query, found in (
        ("", ["Unanswered", "Unacknowledged", "New"]),
        ("show=late", ["Unanswered", "Unacknowledged"]),
        ("show=closed", ["Done"]),
        (f"cause={cause}", ["Unanswered"]),
        ("step=received", ["Unacknowledged", "New"]),
        ("remedy=apology", ["Unanswered"]),
        ("remedy=none", []),
        ("show=x&cause=y&after=zz", ["Unanswered", "Unacknowledged", "New"]),
    ):
        assert listed((await client.get(f"{HOME}?{query}")).text) == found, query
    first = await list_complaints(crm, access, ComplaintQuery(), limit=2)
    rest = await list_complaints(crm, access, ComplaintQuery(after=first.following), limit=2)
    assert ([one.subject for one in (*first.rows, *rest.rows)], rest.following) == (
        ["Unanswered", "Unacknowledged", "New"], "",
    )  # fmt: skip
    for asked in (ComplaintQuery(showing="closed"), ComplaintQuery()):
        with queries() as counted:
            await list_complaints(crm, access, asked)
        # What is noted about reading is written beside it, whenever there is time.
        assert len([sql for sql in counted if sql.startswith("SELECT")]) == 4
    file = await client.post(f"{HOME}/export", data={"show": "late"})
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert [line.split(",")[:4] for line in lines[1:3]] == [
        ["2", "Acknowledged", "Late", "'=1+1"], ["3", "Received", "", ""],
    ]  # fmt: skip
    assert "Ada" not in file.text
    kept = await crm.data.fetch("SELECT kind FROM audit_event WHERE kind = ?", "service.complaints_exported")
    assert len(kept) == 1


async def test_pages_of_a_complaint_keep_what_was_typed_and_take_steps_back(
    crm: Any, access: Access, client: Any, as_role: Any, ada: UUID
) -> None:
    one = await complained(crm, access, ada)
    ticket = (await visible_complaint(crm, access, one)).row["ticket_id"]
    page = f"{HOME}/{one}"
    html = (await client.get(f"/x/service/tickets/{ticket}")).text
    assert (f'href="{page}"' in html, "Acknowledge</button>" in html) == (True, True)
    answer = await client.post(
        f"{page}/step", data={"step": "acknowledged", "version": "1", "back": f"/x/service/tickets/{ticket}"}
    )
    assert answer.headers["location"] == f"/x/service/tickets/{ticket}"
    _, undo = await after(client, answer)
    assert (await client.post(undo)).status_code == 303
    row = (await visible_complaint(crm, access, one)).row
    assert (row["step"], row["acknowledged_on"]) == ("received", None)
    typed = {
        "version": "3",
        "area": "Lamps <b>",
        "remedy": "refund",
        "amount": "1,5,0",
        "currency": "EUR",
        "measure_by": "soon",
    }
    refused = await client.post(page, data=typed)
    assert refused.status_code == 422
    for kept in ('value="1,5,0"', "Lamps &lt;b&gt;", 'id="amount-error"', 'id="measure_by-error"'):
        assert kept in refused.text, kept
    assert (
        await client.post(page, data=typed | {"amount": "12.50", "measure_by": "", "version": "1"})
    ).status_code == 409
    saved = await client.post(page, data=typed | {"amount": "12.50", "measure_by": "", "refunded_on": "2026-11-20"})
    assert (saved.status_code, saved.headers["location"]) == (303, page)
    html = (await client.get(page)).text
    assert ("€12.50" in html, 'value="12.50"' in html, 'value="2026-11-20"' in html) == (True, True, True)
    reader = await as_role("readonly")
    assert ("Lamps &lt;b&gt;" in (await reader.get(page)).text, (await reader.post(page, data=typed)).status_code) == (
        True,
        404,
    )
    assert (await reader.post(f"{HOME}/export")).status_code == 404
    await crm.orders.give("restriction", ada)
    assert ((await client.get(page)).status_code, listed((await client.get(HOME)).text)) == (404, [])


async def test_figures_count_by_month_and_cause_and_judge_what_was_in_time(
    crm: Any, access: Access, client: Any, ada: UUID
) -> None:
    assert "No complaints in this time" in (await client.get(f"{HOME}/figures")).text
    today = today_of(crm)
    late, rude = await save_cause(crm, access, "Late"), await save_cause(crm, access, "Rude")
    ids = [await complained(crm, access, ada) for _ in range(4)]
    for one, cause in zip(ids, (late, late, rude, None), strict=True):
        paid = ComplaintDraft(
            cause_id=cause, remedy="refund", amount=500, currency="EUR", satisfied="yes", refunded_on=today
        )
        await save_complaint(crm, access, one, paid if cause == late else ComplaintDraft(cause_id=cause), seen=1)
    await received(crm, ids[0], today - timedelta(days=40))
    await received(crm, ids[2], first_month(crm, 13))
    await move_complaint(crm, access, ids[1], "acknowledged", seen=2)
    await move_complaint(crm, access, ids[1], "assessed", seen=3)
    await move_complaint(crm, access, ids[1], "offered", seen=4)
    found = await complaint_figures(crm, access, 12)
    assert (found.total, found.by_cause, found.acknowledged, found.answered, found.refunded, found.satisfied) == (
        3, {"Late": 2, "": 1}, (1, 2), (1, 2), {"EUR": 1000}, {"yes": 2},
    )  # fmt: skip
    assert (len(found.by_month), sum(found.by_month.values())) == (12, 3)
    assert (await complaint_figures(crm, access, 24)).by_cause == {"Late": 2, "": 1, "Rude": 1}
    html = (await client.get(f"{HOME}/figures?months=24")).text
    for shown in ("Complaints by month", "Late: 2 of 4.", "No cause yet", "€10.00", "33 %"):
        assert shown in html, shown


async def test_causes_are_kept_by_administrators_and_come_back(
    crm: Any, access: Access, client: Any, as_role: Any
) -> None:
    assert (await client.post(CAUSES, data={"name": "Late"})).status_code == 303
    twice = await client.post(CAUSES, data={"name": " late "})
    assert (twice.status_code, "There is one of this name already." in twice.text) == (422, True)
    [one] = await causes(crm)
    await client.post(f"{CAUSES}/{one.id}", data={"name": "Too late"})
    empty = await client.post(f"{CAUSES}/{one.id}", data={"name": " "})
    assert (empty.status_code, f'id="name-{one.id}-error"' in empty.text) == (422, True)
    removed = await client.post(f"{CAUSES}/{one.id}/remove")
    assert [(each.name, each.archived) for each in await causes(crm)] == [("Too late", True)]
    _, undo = await after(client, removed)
    await client.post(undo)
    assert [(each.name, each.archived) for each in await causes(crm)] == [("Too late", False)]
    await archive_cause(crm, access, one.id)
    assert "Use again" in (await client.get(CAUSES)).text
    staff = await as_role("staff")
    assert ((await staff.get(CAUSES)).status_code, (await staff.post(CAUSES, data={"name": "X"})).status_code) == (
        404,
        404,
    )
