"""The timeline: every source merged by time, paged without loss, and alive when one of them fails."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from confida_core.declarations import PluginInfo, TimelineSource
from confida_core.ids import new_id
from confida_core.index.cursors import InvalidCursor
from confida_core.interactions.timeline import (
    Place,
    TimelineItem,
    read_cursor,
    read_timeline,
    write_cursor,
)
from confida_core.loaded_plugin import Declared, LoadedPlugin
from tests.core.interactions.cast import NOON, OLGA, access_of, log, make, plan, received

pytestmark = pytest.mark.anyio


class Registry:
    """The real registry with the timeline sources of a plugin beside core's."""

    def __init__(self, registry: Any, *sources: TimelineSource) -> None:
        self._registry, self._sources = registry, sources

    def with_owner(self, hook: str) -> tuple[Declared, ...]:
        own: tuple[Declared, ...] = self._registry.with_owner(hook)
        plugin = LoadedPlugin(PluginInfo(key="membership", name="Membership", summary=""), "x", "1.0", object())
        return (*own, *(Declared(plugin, source) for source in self._sources)) if hook == "timeline_sources" else own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._registry, name)


def with_sources(crm: Any, *sources: TimelineSource) -> Any:
    return dataclasses.replace(crm, registry=Registry(crm.registry, *sources))


def source_of(items: list[TimelineItem], key: str = "membership.fees") -> TimelineSource:
    """What a plugin would declare: its own things, newest first, older than the place."""

    async def entries(
        crm: Any, access: Any, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
    ) -> list[TimelineItem]:
        ordered = sorted(items, key=lambda item: item.place, reverse=True)
        return [item for item in ordered if before is None or item.place < before][:limit]

    return TimelineSource(key=key, label="Fees", entries=entries)


async def all_pages(crm: Any, contact_id: UUID, limit: int, **more: Any) -> list[TimelineItem]:
    found: list[TimelineItem] = []
    cursor = None
    while True:
        page = await read_timeline(crm, access_of(), contact_id, cursor=cursor, limit=limit, **more)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_entries_stand_newest_first_with_what_was_said(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    early = await log(crm, ada, at=NOON - timedelta(days=1))
    late = await log(crm, ada, mats, files=[await received(crm)], body="Text", duration_minutes=5, direction="in")
    page = await read_timeline(crm, access_of(), ada)
    assert [item.id for item in page.items] == [late, early]
    first = page.items[0]
    assert (first.subject, first.body, first.direction, first.duration_minutes) == ("About the engine", "Text", "in", 5)
    assert (first.created_by, first.at, [file.name for file in first.attachments]) == (OLGA.id, NOON, ["minutes.txt"])
    assert (dict(page.names), page.next_cursor, page.failed) == ({mats: "Mats"}, None, ())


async def test_only_the_wanted_kinds_are_shown(crm: Any) -> None:
    ada = await make(crm)
    call, note = await log(crm, ada), await log(crm, ada, kind="note")
    await log(crm, ada, kind="letter")
    items = await all_pages(crm, ada, 1, kinds=frozenset({"call", "note"}))
    assert {item.id for item in items} == {call, note}


async def test_timeline_of_one_says_nothing_of_another(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    await log(crm, mats)
    assert (await read_timeline(crm, access_of(), ada)).items == ()


async def test_planned_entry_stands_on_its_day(crm: Any) -> None:
    ada = await make(crm)
    await plan(crm, ada, due_on=NOON.date())
    item = (await read_timeline(crm, access_of(), ada)).items[0]
    assert (item.at, item.state, item.due_on, item.was_planned) == (NOON, "planned", NOON.date(), True)


async def test_restricted_company_is_not_named(crm: Any) -> None:
    ada, hidden = await make(crm), await make(crm, "Hidden")
    await log(crm, ada, hidden)
    await crm.orders.give("restriction", hidden)
    page = await read_timeline(crm, access_of(), ada)
    assert (len(page.items), dict(page.names)) == (1, {})


async def test_sources_are_merged_by_time_and_paged_without_loss(crm: Any) -> None:
    ada = await make(crm)
    own = [await log(crm, ada, at=NOON + timedelta(hours=hours)) for hours in (0, 2, 2, 4)]
    foreign = [TimelineItem(id=new_id(), at=NOON + timedelta(hours=hours), kind="fee") for hours in (1, 2, 3, 5)]
    merged = with_sources(crm, source_of(foreign))
    expected = [(NOON + timedelta(hours=hours)) for hours in (5, 4, 3, 2, 2, 2, 1, 0)]
    for limit in (1, 2, 3, 8, 20):
        items = await all_pages(merged, ada, limit)
        assert [item.at for item in items] == expected
        assert {item.id for item in items} == {*own, *(item.id for item in foreign)}


async def test_source_that_raises_is_named_and_the_page_lives(crm: Any) -> None:
    async def entries(*args: Any, **more: Any) -> list[TimelineItem]:
        raise RuntimeError("Ada Lovelace")

    ada = await make(crm)
    one = await log(crm, ada)
    broken = with_sources(crm, TimelineSource(key="membership.fees", label="Fees", entries=entries))
    page = await read_timeline(broken, access_of(), ada)
    assert ([item.id for item in page.items], [(label, fault.plugin.info.name) for label, fault in page.failed]) == (
        [one],
        [("Fees", "Membership")],
    )


def item_with(**changes: Any) -> TimelineItem:
    return TimelineItem(**{"id": new_id(), "at": NOON, "kind": "fee", **changes})


RUBBISH: dict[str, Any] = {
    "nothing": None,
    "an endless list": itertools.repeat(item_with()),
    "more than was asked for": [item_with()] * 200,
    "other things": [{"id": 1}],
    "a naive time": [item_with(at=datetime(2026, 3, 1))],  # noqa: DTZ001 -- The point is that it is naive.
    "no time": [item_with(at="yesterday")],
    "text for an id": [item_with(id="7")],
    "endless people": [item_with(people=itertools.repeat(new_id()))],
    "escaped text": [item_with(subject=Markup("<script>alert(1)</script>"))],
    "no text": [item_with(body=None)],
    "an address elsewhere": [item_with(href="javascript:alert(1)")],
    "a writer that cannot be looked up": [item_with(created_by=[])],
    "a date in words": [item_with(due_on="tomorrow")],
    "attachments that are none": [item_with(attachments=("a.pdf",))],
}


@pytest.mark.parametrize("what", RUBBISH)
async def test_source_that_returns_rubbish_is_named_and_the_page_lives(crm: Any, what: str) -> None:
    async def entries(*args: Any, **more: Any) -> Any:
        return RUBBISH[what]

    ada = await make(crm)
    one = await log(crm, ada)
    broken = with_sources(crm, TimelineSource(key="membership.fees", label="Fees", entries=entries))
    page = await read_timeline(broken, access_of(), ada)
    assert [item.id for item in page.items] == [one]
    assert [(fault.kind, fault.origin.key) for _, fault in page.failed] == [("Rubbish", "membership.fees")]


async def test_source_that_ignores_the_place_does_not_page_forever(crm: Any) -> None:
    ada, fee = await make(crm), item_with()
    older = await log(crm, ada, at=NOON - timedelta(hours=1))

    async def entries(*args: Any, **more: Any) -> list[TimelineItem]:
        return [fee]

    broken = with_sources(crm, TimelineSource(key="membership.fees", label="Fees", entries=entries))
    first = await read_timeline(broken, access_of(), ada, limit=1)
    second = await read_timeline(broken, access_of(), ada, cursor=first.next_cursor, limit=1)
    assert [[item.id for item in page.items] for page in (first, second)] == [[fee.id], [older]]
    assert [len(page.failed) for page in (first, second)] == [0, 1]


async def test_failure_of_a_source_is_logged_without_its_text(crm: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def entries(*args: Any, **more: Any) -> list[TimelineItem]:
        raise RuntimeError("Ada Lovelace")

    broken = with_sources(crm, TimelineSource(key="membership.fees", label="Fees", entries=entries))
    await read_timeline(broken, access_of(), await make(crm))
    said = capsys.readouterr()
    logged = said.out + said.err
    assert ("membership.fees" in logged, "RuntimeError" in logged, "Lovelace" in logged) == (True, True, False)


async def test_number_of_queries_is_the_same_for_one_entry_and_three(crm: Any) -> None:
    ada, counts = await make(crm), []
    for number in range(3):
        await log(crm, ada, await make(crm, f"Guest {number}"))
        await read_timeline(crm, access_of(), ada)
        seen: list[str] = []
        crm.data.observers.append(seen.append)
        await read_timeline(crm, access_of(), ada)
        crm.data.observers.remove(seen.append)
        counts.append(len([sql for sql in seen if sql.startswith("SELECT")]))
    # Links, rows, keys of the rows, names of the others.
    assert counts == [4, 4, 4]


@pytest.mark.parametrize(
    "cursor", ["x", "ü", "AAAA", "A" * 31, "A" * 33, "=" * 32, "f" + "_" * 31, "' OR 1=1", "A" * 5000]
)
def test_malformed_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor(cursor)


INSTANTS = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- The strategy wants naive bounds.


@given(at=INSTANTS, id=st.uuids())
def test_cursor_comes_back_as_the_place_it_was(at: datetime, id: UUID) -> None:
    assert read_cursor(write_cursor(Place(at, id))) == Place(at, id)


@given(
    offsets=st.lists(st.integers(0, 6), min_size=1, max_size=12),
    limit=st.integers(1, 5),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_writing_pages_to_everything_once_in_order(crm: Any, offsets: list[int], limit: int) -> None:
    ada = await make(crm)
    for offset in offsets:
        await log(crm, ada, at=NOON + timedelta(microseconds=offset, seconds=offset % 2))
    items = await all_pages(crm, ada, limit)
    places = [item.place for item in items]
    assert places == sorted(places, reverse=True)
    assert (len(places), len(set(places))) == (len(offsets), len(offsets))
