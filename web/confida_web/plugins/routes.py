"""Which plugins there are, what they declare, and what can be done about them."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_web.page import page
from confida_web.plugins.about import ABOUT_ROUTES
from confida_web.plugins.faults import FAULT_ROUTES
from confida_web.plugins.listing import plugins_page
from confida_web.plugins.purging import PURGE_ROUTES


@get("/settings/plugins", permission="system.manage")
async def plugins(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await plugins_page(request))


ROUTES = (plugins, *ABOUT_ROUTES, *PURGE_ROUTES, *FAULT_ROUTES)
