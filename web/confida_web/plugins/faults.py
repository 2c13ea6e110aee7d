"""What of plugins is switched off because it failed again and again, and switching it on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.accounts.audit import record_event
from confida_core.installation import Installation
from confida_core.isolation.breakers import switched_off
from confida_core.vault.access import NotFound
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.plugins.pages import FaultRow
from confida_web.redirect import redirect

# Hook -> what people call what it declares.
CALLED = {
    "contact_panels": "Box on the contact page",
    "dashboard_widgets": "Box on My day",
    "nav_items": "Number in the navigation",
    "portal_items": "Number on the public side",
    "timeline_sources": "Part of the timeline",
    "search_sources": "Part of the search",
    "event_handlers": "Work after events",
}


async def fault_rows(crm: Installation) -> tuple[FaultRow, ...]:
    """What is off in any process; waits for what this one is just noting down."""
    await crm.isolation.settle()
    names = {plugin.info.key: plugin.info.name for plugin in crm.registry.plugins}
    return tuple(
        FaultRow(
            id=one.id,
            plugin=one.plugin,
            name=names.get(one.plugin, one.plugin),
            version=one.version,
            part=CALLED.get(one.hook, one.hook),
            key=one.key,
            since=datetime.fromisoformat(one.at),
            kind=one.kind,
            where=one.where,
        )
        for one in await switched_off(crm)
    )


@post("/settings/plugins/{key:str}/switch-on", permission="system.manage")
async def switch_on(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    """One part of a plugin; every process follows within ten seconds."""
    crm, which = request.state.crm, (await parse_form(request)).get("which")
    if which not in {one.id for one in await switched_off(crm) if one.plugin == key}:
        raise NotFound("fault")
    await crm.isolation.breakers.switch_on(crm, which)
    await record_event(crm, "plugin.switched_on", actor_id=request.state.actor.id, target_kind=key[:40], serious=True)
    return redirect(
        request, "/settings/plugins", Toast(message="Switched on. If it fails again, it is switched off again.")
    )


FAULT_ROUTES = (switch_on,)
