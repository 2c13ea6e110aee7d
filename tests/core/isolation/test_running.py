"""What plugins do is theirs alone: whatever it is, the page gets a result or a fault within five seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import structlog

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, visible_contact
from confida_core.declarations import PluginInfo
from confida_core.ids import new_id
from confida_core.isolation import running
from confida_core.isolation.breakers import MOST_FAILURES, Origin, switched_off
from confida_core.isolation.running import Call, Fault, Isolation
from confida_core.isolation.shapes import whole_number
from confida_core.loaded_plugin import LoadedPlugin
from confida_core.storage.database import Busy
from confida_core.vault.access import Access, Actor, Forbidden, NotFound

pytestmark = pytest.mark.anyio

PLUGIN = LoadedPlugin(PluginInfo(key="sales", name="Sales", summary="Deals."), "confida-sales", "1.2", object())
SECRET = "Ada Lovelace, +44 1632 960001"


def call(run: Callable[[Access], Awaitable[Any]], key: str = "sales.deals") -> Call[int]:
    return Call(Origin(PLUGIN, "contact_panels", key), run, whole_number)


def access_of(**changes: Any) -> Access:
    actor = Actor(id=new_id(), permissions=frozenset({"contacts.read"}))
    return Access(**{"actor": actor, "purpose": "relationship", "where": "GET /test", "deferred": True, **changes})


async def seven(_: Access) -> int:
    return 7


async def raises(_: Access) -> int:
    raise ValueError(SECRET)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.5)


async def nothing_left(crm: Any) -> None:
    for _ in range(6000):
        if not crm.isolation.left:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("something still runs")


async def exits(_: Access) -> int:
    raise SystemExit(SECRET)


async def cancels_itself(_: Access) -> int:
    raise asyncio.CancelledError


async def waits_for_what_was_cancelled(_: Access) -> int:
    task = asyncio.create_task(asyncio.sleep(10))
    task.cancel()
    await task
    return 1


async def returns_text(_: Access) -> Any:
    return SECRET


def is_no_coroutine(_: Access) -> Any:
    return 7


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (raises, "ValueError"),
        (exits, "SystemExit"),
        (cancels_itself, "CancelledError"),
        (waits_for_what_was_cancelled, "CancelledError"),
        (returns_text, "Rubbish"),
        (is_no_coroutine, "TypeError"),
    ],
)
async def test_fault_names_the_plugin_and_nothing_it_said(crm: Any, run: Any, kind: str) -> None:
    with structlog.testing.capture_logs() as lines:
        found = await crm.isolation.run_all(crm, access_of(), [call(seven, "a"), call(run, "b"), call(seven, "c")])
    fault = found[1]
    assert (found[0], fault.kind, fault.off, fault.plugin, found[2]) == (7, kind, False, PLUGIN, 7)
    assert fault.notice == "This part of “Sales” could not be loaded."
    assert [{name: one[name] for name in one if name != "at"} for one in lines] == [
        {
            "event": "plugin_failed", "log_level": "error", "plugin": "sales", "distribution": "confida-sales",
            "version": "1.2", "hook": "contact_panels", "key": "b", "kind": kind, "off": False,
        }
    ]  # fmt: skip
    assert SECRET not in repr(lines)
    assert "Ada" not in repr(fault)


async def test_place_in_the_code_is_logged(crm: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        await crm.isolation.run_one(crm, access_of(), call(raises))
    assert lines[0]["at"] == f"test_running.py:{raises.__code__.co_firstlineno + 1} raises"


async def test_whatever_hangs_is_given_up_and_cancelled(crm: Any, quick: None) -> None:
    ended = asyncio.Event()

    async def hangs(_: Access) -> int:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        return 1

    started = time.perf_counter()
    found = await crm.isolation.run_all(crm, access_of(), [call(seven, "a"), call(hangs, "b")])
    assert time.perf_counter() - started < 60
    assert [found[0], found[1].kind] == [7, "TimeoutError"]
    async with asyncio.timeout(60):
        await ended.wait()
    await nothing_left(crm)


async def test_whatever_swallows_its_cancellation_keeps_nobody_waiting(crm: Any, quick: None) -> None:
    enough, cancelled = asyncio.Event(), 0

    async def stubborn(_: Access) -> int:
        nonlocal cancelled
        while not enough.is_set():
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cancelled += 1
                if cancelled == 2:
                    enough.set()
        return 1

    started = time.perf_counter()
    fault = await crm.isolation.run_one(crm, access_of(), call(stubborn))
    assert time.perf_counter() - started < 60
    assert (fault.kind, crm.isolation.left > 0) == ("TimeoutError", True)
    # It is cancelled again and again, so that a loop over several tries comes to its end.
    async with asyncio.timeout(60):
        await enough.wait()
    await nothing_left(crm)


async def test_all_run_at_once(crm: Any) -> None:
    together = asyncio.Barrier(20)

    async def meets(_: Access) -> int:
        await together.wait()
        return 1

    assert await crm.isolation.run_all(crm, access_of(), [call(meets, str(number)) for number in range(20)]) == [1] * 20


async def test_callers_own_cancellation_ends_what_runs_and_counts_for_nothing(crm: Any) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(_: Access) -> int:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        return 1

    for _ in range(MOST_FAILURES + 1):
        begun.clear()
        ended.clear()
        page = asyncio.create_task(crm.isolation.run_one(crm, access_of(), call(slow)))
        await begun.wait()
        page.cancel()
        with pytest.raises(asyncio.CancelledError):
            await page
        async with asyncio.timeout(60):
            await ended.wait()
    assert await crm.isolation.run_one(crm, access_of(), call(seven)) == 7
    await crm.isolation.settle()
    assert await switched_off(crm) == []


async def test_callers_transaction_is_not_theirs(crm: Any) -> None:
    """A statement that fails in a panel would break a PostgreSQL transaction for all that follows."""

    async def asks_wrongly(_: Access) -> int:
        assert crm.data.current() is None
        await crm.data.fetch("SELECT nothing FROM nowhere")
        return 1

    async with crm.data.transaction():
        await crm.data.fetch("INSERT INTO setting (key, value) VALUES (?, ?)", "before", "1")
        fault = await crm.isolation.run_one(crm, access_of(), call(asks_wrongly))
        await crm.data.fetch("INSERT INTO setting (key, value) VALUES (?, ?)", "after", "2")
    rows = await crm.data.fetch("SELECT key FROM setting WHERE key IN (?, ?) ORDER BY key", "before", "after")
    assert (fault.kind, [row["key"] for row in rows]) == ("DatabaseError", ["after", "before"])


async def someone(crm: Any) -> UUID:
    writer = Access(
        actor=Actor(id=new_id(), permissions=frozenset({"contacts.read", "contacts.write"})),
        purpose="relationship", where="test",
    )  # fmt: skip
    return await create_contact(crm, writer, ContactKind.PERSON, ContactContent(display_name="Ada"))


async def test_what_a_failed_one_opened_is_in_the_read_log(crm: Any) -> None:
    ada = await someone(crm)

    async def opens_and_fails(own: Access) -> int:
        await visible_contact(crm, own, ada)
        raise ValueError

    access = access_of()
    await crm.isolation.run_one(crm, access, call(opens_and_fails))
    assert access.seen == {ada}
    await crm.door.read_log.settle(access)
    assert [(read.actor_id, read.place) for read in await crm.door.read_log.of(ada)] == [(access.actor.id, "GET /test")]


async def test_what_is_opened_after_the_page_has_left_is_logged_before_it_is_seen(crm: Any, quick: None) -> None:
    ada, go, done = await someone(crm), asyncio.Event(), asyncio.Event()

    async def opens_late(own: Access) -> int:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        await visible_contact(crm, own, ada)
        done.set()
        return 1

    access = access_of()
    await crm.isolation.run_one(crm, access, call(opens_late))
    assert access.seen == set()
    go.set()
    async with asyncio.timeout(60):
        await done.wait()
    assert (len(await crm.door.read_log.of(ada)), access.seen) == (1, set())


async def fail(crm: Any, times: int, isolation: Any = None) -> list[bool]:
    isolation = isolation or crm.isolation
    faults: list[Any] = [await isolation.run_one(crm, access_of(), call(raises)) for _ in range(times)]
    await isolation.settle()
    return [fault.off for fault in faults]


async def test_five_failures_in_a_row_switch_it_off_and_a_success_between_does_not(crm: Any) -> None:
    assert await fail(crm, 4) == [False] * 4
    assert await crm.isolation.run_one(crm, access_of(), call(seven)) == 7
    assert await fail(crm, 5) == [False] * 4 + [True]
    ran = []

    async def noted(_: Access) -> int:
        ran.append(1)
        return 1

    fault = await crm.isolation.run_one(crm, access_of(), call(noted))
    assert (fault.off, ran) == (True, [])
    assert fault.notice == "This part of “Sales” is switched off because it failed several times in a row."
    assert await crm.isolation.run_one(crm, access_of(), call(seven, "sales.other")) == 7
    (off,) = await switched_off(crm)
    assert (off.hook, off.key, off.plugin, off.version, off.kind) == (
        "contact_panels", "sales.deals", "sales", "1.2", "ValueError",
    )  # fmt: skip
    assert SECRET not in repr(off)


async def test_it_is_tried_again_after_a_while_by_one_visitor(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await fail(crm, 5)
    monkeypatch.setattr("confida_core.isolation.breakers.RETRY_SECONDS", 0.0)
    assert await fail(crm, 1) == [True]
    monkeypatch.setattr("confida_core.isolation.breakers.RETRY_SECONDS", 3600.0)
    assert isinstance(await crm.isolation.run_one(crm, access_of(), call(seven)), Fault)
    monkeypatch.setattr("confida_core.isolation.breakers.RETRY_SECONDS", 0.0)
    assert await crm.isolation.run_one(crm, access_of(), call(seven)) == 7
    await crm.isolation.settle()
    assert (await switched_off(crm), await fail(crm, 1)) == ([], [False])


async def test_administrator_switches_it_on_in_every_process(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Isolation()
    await fail(crm, 5)
    await fail(crm, 5, other)
    (off,) = await switched_off(crm)
    assert (await crm.isolation.breakers.switch_on(crm, off.id), await switched_off(crm)) == (True, [])
    assert await crm.isolation.run_one(crm, access_of(), call(seven)) == 7
    monkeypatch.setattr("confida_core.isolation.breakers.LOOK_SECONDS", 0.0)
    assert await other.run_one(crm, access_of(), call(seven)) == 7
    assert await crm.isolation.breakers.switch_on(crm, off.id) is False


async def test_after_a_restart_the_first_visitor_tries_it(crm: Any) -> None:
    origin = Origin(crm.registry.plugins[0], "contact_panels", "sales.deals")
    await crm.isolation.run_all(crm, access_of(), [Call(origin, raises, whole_number)] * 5)
    await crm.isolation.settle()
    after = Isolation()
    await after.breakers.remember(crm)
    found = await after.run_all(
        crm, access_of(), [Call(origin, raises, whole_number), Call(origin, seven, whole_number)]
    )
    assert [one.off for one in found if isinstance(one, Fault)] == [True, True]
    await after.settle()
    again = Isolation()
    await again.breakers.remember(crm)
    assert await again.run_one(crm, access_of(), Call(origin, seven, whole_number)) == 7
    await again.settle()
    assert await switched_off(crm) == []


async def test_mended_plugin_starts_anew(crm: Any) -> None:
    await fail(crm, 5)
    assert len(await switched_off(crm)) == 1
    await Isolation().breakers.remember(crm)
    assert await switched_off(crm) == []


@pytest.mark.parametrize("error", [Forbidden("x"), NotFound("x"), Busy("x")])
async def test_what_the_reader_or_the_machine_lacks_switches_nothing_off(crm: Any, error: Exception) -> None:
    async def refused(_: Access) -> int:
        raise error

    found = [await crm.isolation.run_one(crm, access_of(), call(refused)) for _ in range(MOST_FAILURES + 1)]
    assert [one.off for one in found] == [False] * len(found)


async def test_nothing_to_run_is_nothing(crm: Any) -> None:
    assert await crm.isolation.run_all(crm, access_of(), []) == []
