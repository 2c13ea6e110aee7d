"""Events are told from the change feed, after the commit, in order, at least once, and to each handler by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from confida_core import hooks
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import NewContact, create_contact, create_many, update_contact
from confida_core.contacts.trash import purge_contact, restore_contact, trash_contact
from confida_core.declarations import PluginInfo
from confida_core.events.checking import check_handlers
from confida_core.events.declarations import Event, EventHandler, EventKind
from confida_core.events.following import HANDLE, ensure_cursors, look
from confida_core.events.telling import events_after
from confida_core.hookspecs import hookimpl
from confida_core.installation import open_installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.interactions.tasks import complete_task, reopen_task
from confida_core.jobs.upkeep import prune_changes
from confida_core.jobs.worker import run_next, run_worker
from confida_core.registry import PluginError, load_registry
from confida_core.vault.access import system_access

pytestmark = pytest.mark.anyio
INSIDE = system_access("tests")


@dataclass
class Listener:
    """A handler that notes what it is told, and raises as often as somebody asked it to."""

    key: str
    raises: int = 0
    hangs: bool = False
    heard: list[Event] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, _: Any, events: Sequence[Event]) -> None:
        if self.hangs:
            await asyncio.sleep(60)
        if self.raises:
            self.raises -= 1
            raise RuntimeError("not now")
        self.heard += events
        self.told.set()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.heard]


def plugin(handlers: Sequence[EventHandler], kinds: Sequence[EventKind] = ()) -> ModuleType:
    module: Any = ModuleType("confida_listening")
    found: dict[str, Any] = {
        "plugin_info": PluginInfo(key="listening", name="Listening", summary="Listens."),
        "event_handlers": list(handlers),
        "event_kinds": list(kinds),
    }
    for name, value in found.items():

        def implementation(value: Any = value) -> Any:
            return value

        implementation.__name__ = name
        setattr(module, name, hookimpl(implementation))
    return module  # type: ignore[no-any-return]


@pytest.fixture
def ears() -> tuple[Listener, Listener]:
    return Listener("listening.first"), Listener("listening.second")


@pytest.fixture
async def crm(settings: Any, ears: tuple[Listener, Listener]) -> AsyncIterator[Any]:
    handlers = [EventHandler(key=ear.key, label="Ear", run=ear.run) for ear in ears]
    registry = load_registry((), built_in=[hooks, plugin(handlers)])
    async with open_installation(settings, registry) as installation:
        await ensure_cursors(installation)
        yield installation


async def work(crm: Any) -> None:
    """Everything that is due, the pauses between attempts over."""
    await look(crm)
    await crm.data.fetch("UPDATE job SET due_at = ? WHERE state = 'waiting'", now() - timedelta(seconds=1))
    while await run_next(crm):
        pass


async def make_ada(crm: Any) -> Any:
    return await create_contact(crm, INSIDE, ContactKind.PERSON, ContactContent(display_name="Ada"))


async def test_events_follow_a_contact_from_its_making_to_its_erasure(
    crm: Any, ears: tuple[Listener, Listener]
) -> None:
    ada = await make_ada(crm)
    await update_contact(crm, INSIDE, ada, ContactContent(display_name="Ada L."), seen=1)
    await work(crm)
    await trash_contact(crm, INSIDE, ada)
    await restore_contact(crm, INSIDE, ada)
    await work(crm)
    await purge_contact(crm, ada)
    await work(crm)
    for ear in ears:
        assert ear.kinds() == [
            "contact.created", "contact.updated", "contact.trashed", "contact.restored", "contact.erased",
        ]  # fmt: skip
        assert {(event.record_id, event.people) for event in ear.heard} == {(ada, (ada,))}
        assert len({event.id for event in ear.heard}) == 5


async def test_event_of_erased_contact_is_told_although_its_history_is_gone(
    crm: Any, ears: tuple[Listener, Listener]
) -> None:
    ada = await make_ada(crm)
    await update_contact(crm, INSIDE, ada, ContactContent(display_name="Ada L."), seen=1)
    await purge_contact(crm, ada)
    await work(crm)
    assert ears[0].kinds() == ["contact.erased"]


async def test_task_is_completed_once_and_again_after_it_was_reopened(
    crm: Any, ears: tuple[Listener, Listener]
) -> None:
    ada, grace = await make_ada(crm), await make_ada(crm)
    await work(crm)
    draft = InteractionDraft(kind="task", subject="Call", people=(ada, grace), planned=True)
    task = await log_interaction(crm, INSIDE, draft)
    await complete_task(crm, INSIDE, task)
    await work(crm)
    heard = [event for event in ears[0].heard if event.record_id == task]
    assert [(event.kind, set(event.people)) for event in heard] == [
        ("interaction.created", {ada, grace}), ("task.completed", {ada, grace}),
    ]  # fmt: skip
    async with crm.data.transaction():
        crm.feed.append("interaction", task, ada)
    await work(crm)
    await reopen_task(crm, INSIDE, task)
    await complete_task(crm, INSIDE, task)
    await work(crm)
    done = [event.id for event in ears[0].heard if event.kind == "task.completed"]
    assert (len(done), done[0] == done[1], done[1] == done[2]) == (3, True, False)


async def test_old_task_that_is_written_again_is_no_event(crm: Any, ears: tuple[Listener, Listener]) -> None:
    task = await log_interaction(crm, INSIDE, InteractionDraft(kind="task", subject="Call", planned=True))
    await complete_task(crm, INSIDE, task)
    await crm.data.fetch("UPDATE interaction SET done_at = ? WHERE id = ?", now() - timedelta(days=31), task)
    await work(crm)
    assert ears[0].kinds() == ["interaction.created"]


async def test_handler_that_fails_stops_no_other_and_hears_all_later_in_order(
    crm: Any, ears: tuple[Listener, Listener]
) -> None:
    first, second = ears
    first.raises = 3
    people = [await make_ada(crm)]
    for _ in range(3):
        await work(crm)
        people.append(await make_ada(crm))
    assert (first.heard, [event.record_id for event in second.heard]) == ([], people[:3])
    for _ in range(3):
        await work(crm)
    assert [event.record_id for event in first.heard] == people
    assert [event.record_id for event in second.heard] == people


async def test_handler_that_fails_for_good_is_a_dead_letter_and_goes_on_once_it_is_retried(
    crm: Any, ears: tuple[Listener, Listener]
) -> None:
    from confida_core.jobs.overview import retry_job

    first, second = ears
    first.raises = 5
    ada = await make_ada(crm)
    for _ in range(7):
        await work(crm)
    rows = await crm.data.fetch("SELECT id, state, error FROM job WHERE key = ? AND state <> 'done'", HANDLE)
    assert [(row["state"], row["error"]) for row in rows] == [("dead", "RuntimeError")]
    assert (first.heard, second.kinds()) == ([], ["contact.created"])
    [finding] = await check_handlers(crm)
    assert (finding.state, finding.text.split(" failed")[0]) == (
        "warning", "listening.first of confida 0.1.0 (plugin listening)",
    )  # fmt: skip
    await retry_job(crm, INSIDE, rows[0]["id"])
    await work(crm)
    assert [event.record_id for event in first.heard] == [ada]


async def test_running_worker_tells_what_happens(crm: Any, ears: tuple[Listener, Listener]) -> None:
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(crm, stop))
    ada = await make_ada(crm)
    async with asyncio.timeout(20):
        for ear in ears:
            await ear.told.wait()
    stop.set()
    await worker
    assert [[event.record_id for event in ear.heard] for ear in ears] == [[ada], [ada]]


async def test_handler_that_hangs_fails_and_stops_no_other(
    crm: Any, ears: tuple[Listener, Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    from confida_core.events import following

    assert following.HANDLER_SECONDS == 30
    monkeypatch.setattr(following, "HANDLER_SECONDS", 0.2)
    ears[0].hangs = True
    ada = await make_ada(crm)
    await work(crm)
    rows = await crm.data.fetch("SELECT error FROM job WHERE key = ? AND state = 'waiting'", HANDLE)
    assert ([row["error"] for row in rows], [event.record_id for event in ears[1].heard]) == (["TimeoutError"], [ada])
    ears[0].hangs = False
    await work(crm)
    assert [event.record_id for event in ears[0].heard] == [ada]


async def test_nothing_is_told_of_what_was_rolled_back(crm: Any, ears: tuple[Listener, Listener]) -> None:
    async def undone() -> None:
        async with crm.data.transaction():
            await make_ada(crm)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    ada = await make_ada(crm)
    await work(crm)
    assert [event.record_id for event in ears[0].heard] == [ada]


async def test_long_feed_is_told_in_parts_that_split_no_record(crm: Any, ears: tuple[Listener, Listener]) -> None:
    start = await crm.feed.head()
    people = await create_many(
        crm,
        INSIDE,
        [NewContact(kind=ContactKind.PERSON, content=ContactContent(display_name=str(n))) for n in range(7)],
    )
    meeting = await log_interaction(crm, INSIDE, InteractionDraft(kind="meeting", subject="All", people=tuple(people)))
    heard: list[Event] = []
    position, more = start, True
    while more:
        told = await events_after(crm, position, 9)
        heard += told.events
        position, more = told.position, told.more
    assert [event.record_id for event in heard if event.kind == "contact.created"] == people
    assert [set(event.people) for event in heard if event.record_id == meeting] == [set(people)]
    whole = await events_after(crm, start)
    assert [event.id for event in heard] == [event.id for event in whole.events]


async def test_new_handler_starts_with_what_happens_from_now_on(settings: Any) -> None:
    late = Listener("listening.late")
    async with open_installation(settings, load_registry((), built_in=[hooks])) as crm:
        await make_ada(crm)
    handler = EventHandler(key=late.key, label="Late", run=late.run)
    async with open_installation(settings, load_registry((), built_in=[hooks, plugin([handler])])) as crm:
        await ensure_cursors(crm)
        grace = await make_ada(crm)
        await work(crm)
    assert [event.record_id for event in late.heard] == [grace]


async def test_feed_keeps_what_a_handler_has_not_heard(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from confida_core.contacts.indexing import ContactSource
    from confida_core.jobs import upkeep

    monkeypatch.setattr(upkeep, "CHANGES_KEPT", 0)
    await make_ada(crm)
    await crm.index.catch_up(ContactSource(crm))
    seen = (await crm.data.fetch("SELECT min(position) AS seen FROM event_cursor"))[0]["seen"]
    await prune_changes(crm, {})
    assert [change.position > seen for change in await crm.feed.after(0)] == [True, True]
    await work(crm)
    await crm.data.fetch("UPDATE event_cursor SET position = ?", await crm.feed.head())
    await prune_changes(crm, {})
    assert await crm.feed.after(0) == []


@pytest.mark.parametrize(
    ("handlers", "kinds", "words"),
    [
        ([EventHandler(key="listening.x", label="X", run=Listener("x").run, kinds=("cow.mooed",))], [], "cow.mooed"),
        ([], [EventKind(key="listening.y", label="Y", table="no_table", change="created")], "no_table"),
    ],
)
def test_registry_refuses_events_of_nothing(handlers: list[EventHandler], kinds: list[EventKind], words: str) -> None:
    with pytest.raises(PluginError, match=words):
        load_registry((), built_in=[hooks, plugin(handlers, kinds)])
