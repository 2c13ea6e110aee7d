"""Boxes, counts and results that plugins add to pages: each runs apart, and a notice stands for one that fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Request

from confida_core.installation import Installation
from confida_core.isolation.breakers import Origin
from confida_core.isolation.running import Call, Fault
from confida_core.isolation.shapes import Rubbish, listed, named, require_path, require_plain, whole_number
from confida_core.registry import Declared
from confida_core.vault.access import Access
from confida_web.declarations import Found, SearchSource
from confida_web.display import Panel
from confida_web.languages import speaking
from confida_web.page import build_environment, render_panel

Data = Mapping[str, Any]


async def filled(
    request: Request[Any, Any, Any],
    access: Access,
    hook: str,
    data: Callable[[Any, Access], Awaitable[Data]],
    more: Callable[[Any, Data], Any] | None = None,
) -> list[tuple[Panel, Any]]:
    """Every panel of a hook that this actor may see, in order, and what `more` makes of the same data (None if it failed).

    All ask for their data at once. data: given the declaration and an access of its own. more: may raise like the panel.
    """
    environment = getattr(request.app.state, "templates", None) or build_environment()
    # Each look at `request.state` makes an object of its own.
    crm, frame = request.state.crm, request.state.frame

    def shown(panel: Any, found: Any) -> tuple[Panel, Any]:
        context = named(found)
        html = render_panel(environment, panel.template, frame, context)
        return Panel(key=panel.key, title=panel.title, html=html), more(panel, context) if more else None

    items = in_order(crm, hook, lambda panel: access.actor.may(panel.permission))
    calls = [call_of(item, hook, data, shown) for item in items]
    with speaking(frame.words):
        results = await crm.isolation.run_all(crm, access, calls)
    return [
        (replaced(item.value, result), None) if isinstance(result, Fault) else result
        for item, result in zip(items, results, strict=True)
    ]


def replaced(panel: Any, fault: Fault) -> Panel:
    return Panel(key=panel.key, title=panel.title, html=None, notice=fault.notice)


def in_order(crm: Installation, hook: str, wanted: Callable[[Any], bool]) -> list[Declared]:
    """The declarations of a hook by `order` and key."""
    items = [item for item in crm.registry.with_owner(hook) if wanted(item.value)]
    return sorted(items, key=lambda item: (item.value.order, item.value.key))


def call_of(
    item: Declared,
    hook: str,
    run: Callable[[Any, Access], Awaitable[Any]],
    check: Callable[[Any, Any], Any],
) -> Call[Any]:
    value = item.value
    return Call(Origin(item.plugin, hook, value.key), lambda own: run(value, own), lambda found: check(value, found))


async def counted(
    crm: Installation,
    access: Access,
    hook: str,
    wanted: Callable[[Any], bool],
    badge: Callable[[Any, Access], Awaitable[int]],
) -> dict[str, int]:
    """Key -> how many things wait there, for every place that can say so; one that fails says 0."""
    items = [item for item in crm.registry.with_owner(hook) if item.value.badge is not None and wanted(item.value)]
    calls = [call_of(item, hook, badge, lambda _, found: whole_number(found)) for item in items]
    results = await crm.isolation.run_all(crm, access, calls) if calls else []
    return {
        item.value.key: 0 if isinstance(result, Fault) else result for item, result in zip(items, results, strict=True)
    }


async def wanted_scripts(crm: Installation, access: Access) -> tuple[str, ...]:
    """Static files of the scripts that this actor has on every page, in order; one that fails is left out."""
    items = in_order(crm, "page_scripts", lambda script: access.actor.may(script.permission))
    calls = [call_of(item, "page_scripts", lambda one, own: one.wanted(crm, own), yes_or_no) for item in items]
    results = await crm.isolation.run_all(crm, access, calls) if calls else []
    return tuple(item.value.src for item, result in zip(items, results, strict=True) if result is True)


def yes_or_no(_: Any, found: Any) -> bool:
    """Raises Rubbish."""
    if type(found) is not bool:
        raise Rubbish(f"yes or no was promised, not {type(found).__name__}")
    return found


async def searched(
    crm: Installation, access: Access, words: tuple[str, ...], limit: int
) -> list[tuple[SearchSource, Sequence[Found] | Fault]]:
    """What each declared source finds that this actor may search, in order; nothing for no words."""
    if not words:
        return []
    items = in_order(crm, "search_sources", lambda source: access.actor.may(source.permission))
    calls = [
        call_of(
            item, "search_sources", lambda source, own: source.find(crm, own, words, limit),
            lambda _, found: checked_results(found, limit),
        )
        for item in items
    ]  # fmt: skip
    results = await crm.isolation.run_all(crm, access, calls)
    return [(item.value, result) for item, result in zip(items, results, strict=True)]


def checked_results(found: Any, limit: int) -> Sequence[Found]:
    """A list of `Found` whose texts are plain and whose addresses are ours. Raises Rubbish."""
    results = listed(found, Found, limit)
    for one in results:
        require_plain(one, "label", "detail", "href", "icon")
        require_path(one.href)
    return results
