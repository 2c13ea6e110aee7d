"""The queue, the reminders, and what is carried out from the page of a request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import states_of
from confida_consent.rights.clock import Step
from confida_consent.rights.queue import QueueQuery, due_soon, queue
from confida_consent.rights.reminders import remind
from confida_consent.rights.requests import NewRequest, assign, open_request
from confida_consent.rights.requests_carrying import lift_restriction, restrict, stop_purposes, tell_of_lifting
from confida_consent.rights.requests_deciding import answer
from confida_consent.rights.steps import take_step
from confida_core.accounts.content import AccountContent
from confida_core.accounts.roles import Role
from confida_core.accounts.staff import insert_account
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.interactions.interactions import INTERACTION
from confida_core.vault.access import Forbidden
from tests.consent.rights.requests_cast import (
    INSIDE,
    asks,
    counted,
    in_person,
    make_ada,
    officer,
    row_of,
    steps_of,
    work,
)

pytestmark = pytest.mark.anyio


async def came(crm: Any, days_ago: int, name: str = "Ada", **more: Any) -> Any:
    received = now() - timedelta(days=days_ago)
    new = NewRequest(**{"kind": "access", "source": "letter", "name": name, "received_at": received, **more})
    return await open_request(crm, officer(), new)


async def due_in(crm: Any, request_id: UUID, days: int) -> None:
    at = now() + timedelta(days=days)
    await crm.data.fetch("UPDATE rights_request SET due_on = ?, due_at = ? WHERE id = ?", at.date(), at, request_id)


async def proved(crm: Any, kind: str) -> tuple[Any, UUID]:
    ada = await make_ada(crm)
    return await open_request(crm, in_person(ada), NewRequest(kind=kind, contact_id=ada, proved=True)), ada


async def colleague(crm: Any, name: str, role: Role) -> UUID:
    content = AccountContent(display_name=name, email=f"{name.lower()}@example.org")
    return await insert_account(crm, content, role, password_hash="!")


async def tasks(crm: Any) -> list[tuple[str, UUID]]:
    rows = await crm.data.fetch("SELECT * FROM interaction WHERE kind = 'task' ORDER BY id")
    return [(one.content.subject, one.row["assignee_id"]) for one in await crm.door.open(INSIDE, INTERACTION, rows)]


async def test_queue_shows_the_most_urgent_first(crm: Any) -> None:
    late, early, fresh = await came(crm, 90), await came(crm, 20, "Zoe"), await came(crm, 0, "Mats")
    done = await came(crm, 3, "Done")
    await answer(crm, officer(), done.id, "Nothing is held.")
    page = await queue(crm, officer())
    assert [row.id for row in page.rows] == [late.id, early.id, fresh.id]
    assert [row.who for row in page.rows] == ["Ada", "Zoe", "Mats"]
    assert [row.late for row in page.rows] == [True, False, False]
    assert page.rows[0].days_left < 0 < page.rows[1].days_left
    for which, expected in (("late", [late]), ("closed", [done]), ("all", [late, done, early, fresh])):
        found = await queue(crm, officer(), QueueQuery(which=which))  # type: ignore[arg-type]
        assert {row.id for row in found.rows} == {one.id for one in expected}
    turned = await queue(crm, officer(), QueueQuery(sort="received", descending=True, limit=1))
    assert ([row.id for row in turned.rows], turned.more) == ([fresh.id], True)


async def test_queue_filters_by_kind_and_state_and_leaves_doubles_out(crm: Any) -> None:
    first, _, erasure = await asks(crm), await asks(crm), await asks(crm, kind="erasure")
    await work(crm)
    assert {row.id for row in (await queue(crm, officer())).rows} == {first.id, erasure.id}
    by_kind = await queue(crm, officer(), QueueQuery(kind="erasure"))
    assert [row.id for row in by_kind.rows] == [erasure.id]
    await take_step(crm, officer(), first.id, Step.ASKED, "Which?")
    by_state = await queue(crm, officer(), QueueQuery(state="clarifying"))
    assert [(row.id, row.stopped) for row in by_state.rows] == [(first.id, True)]


@pytest.mark.parametrize("amount", [1, 3])
async def test_queue_asks_the_data_twice_for_any_number(crm: Any, amount: int) -> None:
    for number in range(amount):
        ada = await make_ada(crm, f"Ada {number}", f"ada{number}@example.org")
        await came(crm, number, contact_id=ada)
    reader = officer()
    await queue(crm, reader)
    with counted(crm) as asked:
        page = await queue(crm, officer())
    assert len(page.rows) == amount
    assert len([one for one in asked if "rights_request" in one or "FROM contact" in one]) == 2


async def test_queue_is_closed_to_everybody_else(crm: Any) -> None:
    await asks(crm)
    outsider = officer(frozenset({"contacts.read"}))
    with pytest.raises(Forbidden):
        await queue(crm, outsider)
    assert await due_soon(crm, outsider) == 0


async def test_badge_counts_what_is_due_within_a_week(crm: Any) -> None:
    requests = [await came(crm, 0, name) for name in ("Ada", "Zoe", "Mats")]
    for request, days in zip(requests, (-3, 6, 9), strict=True):
        await due_in(crm, request.id, days)
    assert await due_soon(crm, officer()) == 2


@pytest.mark.parametrize(
    ("days", "title"),
    [(11, None), (10, "10 days left"), (4, "4 days left"), (0, "due today"), (-2, "is late")],
)
async def test_reminder_names_the_reference_and_nobody(crm: Any, days: int, title: str | None) -> None:
    olga, _ = await colleague(crm, "Olga", Role.OWNER), await colleague(crm, "Mats", Role.STAFF)
    request = await came(crm, 0)
    await due_in(crm, request.id, days)
    for _ in range(2):
        await remind(crm, {})
        await work(crm)
    found = await tasks(crm)
    if title is None:
        assert found == []
        return
    assert [(request.reference in subject, title in subject, "Ada" in subject, who) for subject, who in found] == [
        (True, True, False, olga)
    ]


async def test_reminder_goes_to_whoever_works_on_it(crm: Any) -> None:
    await colleague(crm, "Olga", Role.PRIVACY_OFFICER)
    mats = await colleague(crm, "Mats", Role.ADMINISTRATOR)
    request = await came(crm, 0)
    await assign(crm, officer(), request.id, mats)
    await due_in(crm, request.id, 5)
    await remind(crm, {})
    await work(crm)
    assert [who for _, who in await tasks(crm)] == [mats]
    assert (await steps_of(crm, request.id)).count("reminded") == 1


async def test_restriction_is_lifted_only_after_the_person_was_told(crm: Any) -> None:
    """RT-5, GDPR Art. 18(3)."""
    request, ada = await proved(crm, "restriction")
    await restrict(crm, officer(), request.id)
    assert crm.orders.restricted(ada)
    with pytest.raises(InvalidContent):
        await lift_restriction(crm, officer(), request.id)
    assert crm.orders.restricted(ada)
    await tell_of_lifting(crm, officer(), request.id, "The data were checked and are right.")
    await lift_restriction(crm, officer(), request.id)
    assert not crm.orders.restricted(ada)


async def test_nothing_is_carried_out_for_who_has_not_proved_anything(crm: Any) -> None:
    ada = await make_ada(crm)
    request = await asks(crm, kind="restriction")
    await work(crm)
    for attempt in (restrict(crm, officer(), request.id), stop_purposes(crm, officer(), request.id)):
        with pytest.raises(InvalidContent):
            await attempt
    assert not crm.orders.restricted(ada)


async def test_objection_stops_what_can_be_stopped(crm: Any) -> None:
    request, ada = await proved(crm, "objection")
    assert await stop_purposes(crm, officer(), request.id, ["customer_offers"]) > 0
    states = {place: one.state for place, one in (await states_of(crm, ada)).items()}
    assert states["customer_offers", "email"] == "objected"
    assert ("newsletter", "email") not in states
    await stop_purposes(crm, officer(), request.id)
    states = {place: one.state for place, one in (await states_of(crm, ada)).items()}
    assert states["newsletter", "email"] == "refused"
    assert "agreement" not in {purpose for purpose, _ in states}
    assert (await row_of(crm, request.id))["state"] == "in_progress"
