"""The list: which systems are told what happens, and which may tell us."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get

from confida_core.inbound.hooks import Inbound, list_inbound
from confida_core.outbound.webhooks.content import REASONS
from confida_core.outbound.webhooks.deliveries import dead_letters
from confida_core.outbound.webhooks.endpoints import Endpoint, list_endpoints
from confida_web.page import page
from confida_web.security.access import access_for
from confida_web.webhooks.pages import EndpointRow, InboundRow, WebhooksPage

HERE = "/settings/webhooks"


@get(HERE, permission="webhooks.manage")
async def webhooks(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "operation")
    dead = await dead_letters(crm)
    content = WebhooksPage(
        endpoints=tuple(endpoint_row(one, dead.get(one.id, 0)) for one in await list_endpoints(crm, access)),
        inbound=tuple(inbound_row(one) for one in await list_inbound(crm, access)),
    )
    return page(request, content)


def endpoint_row(one: Endpoint, dead: int) -> EndpointRow:
    return EndpointRow(
        id=str(one.id),
        name=one.name,
        host=urlsplit(one.url).netloc,
        recipient=one.recipient,
        state=one.state.value,
        reason=REASONS.get(one.reason, ""),
        dead=dead,
        failures=one.failures,
        succeeded_at=one.succeeded_at,
        failed_at=one.failed_at,
    )


def inbound_row(one: Inbound) -> InboundRow:
    return InboundRow(
        key=one.declared.key,
        label=one.declared.label,
        summary=one.declared.summary,
        signed=one.declared.signature == "standard",
        since=one.since,
        received_at=one.received_at,
        secrets_until=one.secrets_until,
    )


ROUTES = (webhooks,)
