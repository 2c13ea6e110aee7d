"""Equipment and contracts: when service is due, what is reminded of, and what is promised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.api import (
    Access,
    InvalidContent,
    NotFound,
    VersionConflict,
    messages_shown,
    receive_file,
    visible_interaction,
)
from confida_service.equipment.contracts import (
    ContractDraft,
    add_contract,
    change_contract,
    renew_contracts,
    visible_contract,
)
from confida_service.equipment.equipment import (
    EquipmentDraft,
    add_equipment,
    change_equipment,
    today_of,
    visible_equipment,
)
from confida_service.equipment.own import contracts_of, equipment_of
from confida_service.equipment.recurring import day_after_months, next_day
from confida_service.equipment.reminders import remind
from confida_service.equipment.trash import (
    delete_contract,
    delete_equipment,
    purge_trash,
    restore_contract,
    restore_equipment,
)
from confida_service.equipment.visits import VisitDraft, service_done, undo_service
from confida_service.tickets.tickets import TicketDraft, open_ticket, visible_ticket

pytestmark = pytest.mark.anyio
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def due(crm: Any, access: Access, equipment_id: UUID) -> date | None:
    day: date | None = (await visible_equipment(crm, access, equipment_id)).row["next_service_on"]
    return day


@given(first=DAYS, months=st.integers(1, 36), after=DAYS)
def test_days_of_service_never_slide_and_never_go_back(first: date, months: int, after: date) -> None:
    day = next_day(first, months, after)
    assert day is not None
    assert day > after or day == first
    assert day >= first
    apart = (day.year - first.year) * 12 + day.month - first.month
    assert (apart % months, day) == (0, day_after_months(first, apart))
    # The same day of the month, or the last one of a shorter month.
    assert day.day == first.day or (day + timedelta(days=1)).day == 1
    following = next_day(first, months, day)
    assert following is not None
    assert day_after_months(first, apart + months) == following
    if day > first:
        assert day_after_months(first, apart - months) <= after


async def test_done_service_moves_the_date_along_the_ends_of_months_and_is_taken_back(
    crm: Any, access: Access, ada: UUID
) -> None:
    today = today_of(crm)
    last = date(today.year - 1, 1, 31)
    draft = EquipmentDraft(product="Lamp", next_service_on=last, service_months=1)
    one = await add_equipment(crm, access, ada, draft)
    first = await service_done(crm, access, one, VisitDraft(done_on=last, note="Dusted"), seen=1)
    assert await due(crm, access, one) == date(last.year, 3, 1) - timedelta(days=1)
    await service_done(crm, access, one, VisitDraft(done_on=last + timedelta(days=20)), seen=2)
    assert await due(crm, access, one) == date(last.year, 3, 31)
    with pytest.raises(VersionConflict):
        await service_done(crm, access, one, VisitDraft(done_on=today), seen=2)
    with pytest.raises(VersionConflict):
        await undo_service(crm, access, first)
    third = await service_done(crm, access, one, VisitDraft(done_on=today, next_on=today + timedelta(days=400)), seen=3)
    assert await due(crm, access, one) == today + timedelta(days=400)
    await undo_service(crm, access, third)
    assert await due(crm, access, one) == date(last.year, 3, 31)
    [own] = await equipment_of(crm, access, ada)
    assert ([each.note for each in own.visits], own.overdue) == (["", "Dusted"], True)
    for wrong, field in (
        (VisitDraft(done_on=today + timedelta(days=1)), "done_on"),
        (VisitDraft(done_on=today, next_on=today), "next_on"),
    ):
        with pytest.raises(InvalidContent) as raised:
            await service_done(crm, access, one, wrong, seen=5)
        assert list(raised.value.errors) == [field]


async def test_interval_counts_from_when_it_was_installed_where_nobody_chose_a_day(
    crm: Any, access: Access, ada: UUID
) -> None:
    today = today_of(crm)
    installed = day_after_months(today, -30)
    one = await add_equipment(
        crm, access, ada, EquipmentDraft(product="Lamp", installed_on=installed, service_months=12)
    )
    assert await due(crm, access, one) == day_after_months(installed, 36)
    draft = EquipmentDraft(product="Lamp", service_months=0)
    await change_equipment(crm, access, one, draft, seen=1)
    assert await due(crm, access, one) is None
    with pytest.raises(InvalidContent) as raised:
        await add_equipment(
            crm, access, ada,
            EquipmentDraft(product=" ", bought_on=today, warranty_until=date(2000, 1, 1), service_months=999, serial="x" * 200),
        )  # fmt: skip
    assert set(raised.value.errors) == {"product", "warranty_until", "service_months", "serial"}


async def test_files_come_and_go_with_the_equipment(crm: Any, access: Access, ada: UUID) -> None:
    file = await receive_file(crm, "manual.txt", pieces(b"Turn it on."))
    one = await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp"), [file])
    [own] = await equipment_of(crm, access, ada)
    assert [(each.name, each.size) for each in own.files] == [("manual.txt", 11)]
    other = await receive_file(crm, "receipt.txt", pieces(b"Paid."))
    draft = EquipmentDraft(product="Lamp")
    await change_equipment(crm, access, one, draft, seen=1, files=[other], remove_files=[file.id])
    opened = await visible_equipment(crm, access, one)
    assert [each.name for each in opened.content.files] == ["receipt.txt"]
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM sealed_file")] == [other.id]
    late = await receive_file(crm, "late.txt", pieces(b"Too late."))
    with pytest.raises(VersionConflict):
        await change_equipment(crm, access, one, draft, seen=1, files=[late])
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM sealed_file")] == [other.id]


async def test_every_date_is_reminded_of_once_to_colleagues_and_customer(
    crm: Any, access: Access, ada: UUID, contact: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIDA_SERVICE_REMIND_CUSTOMERS", "true")
    today = today_of(crm)
    soon, far, past = (today + timedelta(days=days) for days in (10, 31, -40))
    draft = EquipmentDraft(product="Lamp", serial="L-1", next_service_on=soon, service_months=12, warranty_until=soon)
    lamp = await add_equipment(crm, access, ada, draft)
    await add_equipment(crm, access, ada, EquipmentDraft(product="Far", next_service_on=far, warranty_until=past))
    await add_equipment(crm, access, ada, EquipmentDraft(product="Retired", next_service_on=soon, retired=True))
    await add_contract(crm, access, ada, ContractDraft(name="Care", starts_on=past, ends_on=far, notice_on=soon))
    hidden = UUID(str(await contact("Zoe", email="zoe@example.org")))
    await add_equipment(crm, access, hidden, EquipmentDraft(product="Hers", next_service_on=soon))
    await crm.orders.give("restriction", hidden)
    for _ in range(2):
        await remind(crm, {})
    rows = await crm.data.fetch("SELECT * FROM service_reminder ORDER BY kind")
    assert [(row["kind"], row["contact_id"], row["due_on"]) for row in rows] == [
        (kind, ada, soon) for kind in ("contract", "service", "warranty")
    ]
    tasks = [await visible_interaction(crm, access, row["task_id"]) for row in rows]
    assert [(one.content.subject, one.row["due_on"]) for one in tasks] == [
        ("Contract: Care", soon), ("Service is due: Lamp (L-1)", soon), ("Warranty ends: Lamp (L-1)", soon),
    ]  # fmt: skip
    sent = await messages_shown(crm, access, [row["outbound_id"] for row in rows])
    assert sorted((one.subject, str(one.state)) for one in sent) == [
        ("Service is due", "queued"),
        ("Your contract: until when you can give notice", "queued"),
        ("Your warranty ends", "queued"),
    ]
    # Another date is reminded of anew, and what is done needs no task any more.
    await service_done(crm, access, lamp, VisitDraft(done_on=today), seen=1)
    assert (await visible_interaction(crm, access, rows[1]["task_id"])).row["state"] == "done"
    row = (await visible_equipment(crm, access, lamp)).row
    moved = EquipmentDraft(product="Lamp", next_service_on=soon + timedelta(days=1), service_months=12)
    await change_equipment(crm, access, lamp, moved, seen=row["version"])
    await remind(crm, {})
    assert len(await crm.data.fetch("SELECT id FROM service_reminder")) == 4


async def test_whoever_objects_is_not_written_to_but_colleagues_are_reminded(
    crm: Any, access: Access, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIDA_SERVICE_REMIND_CUSTOMERS", "true")
    await crm.orders.give("objection", ada, purpose="service.reminders", channel="email")
    await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp", warranty_until=today_of(crm)))
    await remind(crm, {})
    [row] = await crm.data.fetch("SELECT task_id, outbound_id FROM service_reminder")
    [message] = await messages_shown(crm, access, [row["outbound_id"]])
    assert (str(message.state), row["task_id"] is not None) == ("refused", True)


async def test_reminder_that_is_interrupted_leaves_nothing_behind_and_comes_once(
    crm: Any, access: Access, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp", warranty_until=today_of(crm)))

    async def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setenv("CONFIDA_SERVICE_REMIND_CUSTOMERS", "true")
        patched.setattr("confida_service.equipment.reminders.tell_customer", killed)
        with pytest.raises(KeyboardInterrupt):
            await remind(crm, {})
    counts = [len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in ("service_reminder", "interaction")]
    assert counts == [0, 0]
    await remind(crm, {})
    rows = await crm.data.fetch("SELECT task_id, outbound_id FROM service_reminder")
    assert [(row["task_id"] is not None, row["outbound_id"]) for row in rows] == [(True, None)]


async def test_contract_renews_itself_covers_equipment_and_promises_a_priority(
    crm: Any, access: Access, ada: UUID, contact: Any
) -> None:
    today = today_of(crm)
    ended = today - timedelta(days=3)
    lamp, box = [await add_equipment(crm, access, ada, EquipmentDraft(product=name)) for name in ("Lamp", "Box")]
    hers = await add_equipment(crm, access, UUID(str(await contact("Zoe"))), EquipmentDraft(product="Hers"))
    draft = ContractDraft(
        name="Care", number="C-7", starts_on=date(2020, 1, 1), ends_on=ended, notice_on=ended - timedelta(days=90),
        renews_months=12, priority=3,
    )  # fmt: skip
    one = await add_contract(crm, access, ada, draft, [lamp, hers])
    await renew_contracts(crm)
    [own] = await contracts_of(crm, access, ada)
    renewed = day_after_months(ended, 12)
    assert (own.ends_on, own.notice_on, own.running, own.covers) == (
        renewed, renewed - timedelta(days=90), True, ("Lamp",),
    )  # fmt: skip
    ticket = await open_ticket(crm, access, ada, TicketDraft(subject="Dark", priority=1))
    assert (await visible_ticket(crm, access, ticket)).row["priority"] == 3
    seen = (await visible_contract(crm, access, one)).row["version"]
    over = ContractDraft(name="Care", starts_on=date(2020, 1, 1), ends_on=ended, priority=3)
    await change_contract(crm, access, one, over, [box], seen=seen)
    [own] = await contracts_of(crm, access, ada)
    assert (own.running, own.covers) == (False, ("Box",))
    ticket = await open_ticket(crm, access, ada, TicketDraft(subject="Dark", priority=1))
    assert (await visible_ticket(crm, access, ticket)).row["priority"] == 1
    begun: dict[str, Any] = {"name": "X", "starts_on": date(2020, 1, 1)}
    for change, field in (
        ({"ends_on": date(2019, 1, 1)}, "ends_on"),
        ({"renews_months": 12}, "ends_on"),
        ({"name": ""}, "name"),
        ({"ends_on": today, "notice_on": today + timedelta(days=1)}, "notice_on"),
        ({"priority": 9}, "priority"),
    ):
        with pytest.raises(InvalidContent) as raised:
            await add_contract(crm, access, ada, ContractDraft(**begun | change))
        assert list(raised.value.errors) == [field]


async def test_trash_gives_back_what_was_thrown_away_and_forgets_it_after_its_days(
    crm: Any, access: Access, ada: UUID
) -> None:
    file = await receive_file(crm, "manual.txt", pieces(b"Turn it on."))
    lamp = await add_equipment(crm, access, ada, EquipmentDraft(product="Lamp"), [file])
    care = await add_contract(crm, access, ada, ContractDraft(name="Care", starts_on=date(2020, 1, 1)), [lamp])
    await service_done(crm, access, lamp, VisitDraft(done_on=today_of(crm)), seen=1)
    await delete_equipment(crm, access, lamp)
    await delete_contract(crm, access, care)
    assert (await equipment_of(crm, access, ada), await contracts_of(crm, access, ada)) == ([], [])
    with pytest.raises(NotFound):
        await visible_equipment(crm, access, lamp)
    await restore_equipment(crm, access, lamp)
    await restore_contract(crm, access, care)
    assert [one.covers for one in await contracts_of(crm, access, ada)] == [("Lamp",)]
    await delete_equipment(crm, access, lamp)
    await delete_contract(crm, access, care)
    long_ago = (today_of(crm) - timedelta(days=31)).isoformat()
    for table in ("service_equipment", "service_contract"):
        await crm.data.fetch(f"UPDATE {table} SET deleted_at = '{long_ago} 00:00:00+00:00'")
    await purge_trash(crm, {})
    left = ("service_equipment", "service_contract", "service_visit", "sealed_file")
    assert [len(await crm.data.fetch(f"SELECT id FROM {name}")) for name in left] == [0, 0, 0, 0]
