"""One webhook: what it is told, how the deliveries went, and what can be done about them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.vocabulary import CHANNEL_LABELS
from confida_core.outbound.gates import purposes_to_choose
from confida_core.outbound.webhooks.content import REASONS, DeliveryState, EndpointState
from confida_core.outbound.webhooks.deliveries import (
    Delivered,
    dead_letters,
    list_deliveries,
    replay_delivery,
    replay_range,
    send_test,
)
from confida_core.outbound.webhooks.endpoints import (
    Endpoint,
    endpoint,
    remove_endpoint,
    rotate_secret,
    set_state,
)
from confida_web.display import Paging, Tab
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.registers.words import day_in
from confida_web.security.access import access_for
from confida_web.webhooks.listing import HERE, endpoint_row
from confida_web.webhooks.pages import DeliveryRow, EndpointPage

ONE = f"{HERE}/{{endpoint_id:uuid}}"
TABS = {
    "": "All",
    DeliveryState.WAITING: "Waiting",
    DeliveryState.DELIVERED: "Delivered",
    DeliveryState.REFUSED: "Not allowed",
    DeliveryState.DEAD: "Dead letters",
}
TOASTS = {
    EndpointState.ACTIVE: "It goes on; what was kept meanwhile is sent.",
    EndpointState.PAUSED: "Paused. What happens meanwhile is kept and sent later.",
    EndpointState.DISABLED: "Switched off. Nothing is sent any more.",
}


@get(ONE, permission="webhooks.manage")
async def show(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await endpoint_page(request, endpoint_id))


async def endpoint_page(request: Request[Any, Any, Any], endpoint_id: UUID, *, secret: str = "") -> EndpointPage:
    crm, access = request.state.crm, access_for(request, "operation")
    one = await endpoint(crm, access, endpoint_id)
    state = _state(request.query_params.get("state", ""))
    found = await list_deliveries(
        crm, access, endpoint_id=endpoint_id, state=state, before=_id(request.query_params.get("before", ""))
    )
    older = {"state": state.value if state else "", "before": str(found.next_before)}
    return EndpointPage(
        endpoint=endpoint_row(one, (await dead_letters(crm)).get(endpoint_id, 0)),
        url=one.url,
        purpose=(await purposes_to_choose(crm)).get(one.purpose, one.purpose),
        channel={str(key): label for key, label in CHANNEL_LABELS.items()}.get(one.channel, one.channel),
        public_key=one.public_key,
        secrets_until=one.secrets_until,
        told=told_words(request, one),
        tabs=tuple(
            Tab(label=label, href=f"{HERE}/{endpoint_id}?{urlencode({'state': key})}", current=(state or "") == key)
            for key, label in TABS.items()
        ),
        deliveries=tuple(delivery_row(each) for each in found.entries),
        paging=Paging(following=f"{HERE}/{endpoint_id}?{urlencode(older)}" if found.next_before else None),
        secret=secret,
    )


def told_words(request: Request[Any, Any, Any], one: Endpoint) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each event in words, with the labels of the fields that are told of it."""
    kinds = request.state.crm.registry.event_kinds
    return tuple(
        (kinds[key].label, tuple(field.label for field in kinds[key].fields if field.key in chosen))
        for key, chosen in one.kinds.items()
        if key in kinds
    )


def delivery_row(one: Delivered) -> DeliveryRow:
    names = (
        "message_id", "kind", "attempts", "code", "left_out", "test", "happened_at", "due_at", "finished_at", "may_replay",
    )  # fmt: skip
    same: dict[str, Any] = {name: getattr(one, name) for name in names}
    return DeliveryRow(**same, id=str(one.id), state=one.state.value, why=REASONS.get(one.reason, ""))


def _state(text: str) -> DeliveryState | None:
    return DeliveryState(text) if text in set(DeliveryState) else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@post(f"{ONE}/state", permission="webhooks.manage")
async def change_state(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    state = EndpointState(form.get("state")) if form.get("state") in set(EndpointState) else EndpointState.PAUSED
    await set_state(request.state.crm, access_for(request, "operation"), endpoint_id, state)
    return redirect(request, f"{HERE}/{endpoint_id}", Toast(message=TOASTS[state]))


@post(f"{ONE}/rotate", permission="webhooks.manage", status_code=200)
async def rotate(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """The new secret stands on the answer, and nowhere afterwards."""
    await parse_form(request)
    secret, _ = await rotate_secret(request.state.crm, access_for(request, "operation"), endpoint_id)
    return page(request, await endpoint_page(request, endpoint_id, secret=secret))


@post(f"{ONE}/test", permission="webhooks.manage")
async def test(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await send_test(request.state.crm, access_for(request, "operation"), endpoint_id)
    return redirect(request, f"{HERE}/{endpoint_id}", Toast(message="A test without any content is on its way."))


@post(f"{ONE}/remove", permission="webhooks.manage")
async def remove(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_endpoint(request.state.crm, access_for(request, "operation"), endpoint_id)
    return redirect(request, HERE, Toast(message="Removed. The register of disclosures still says what went there."))


@post(f"{HERE}/deliveries/{{delivery_id:uuid}}/replay", permission="webhooks.manage")
async def replay(request: Request[Any, Any, Any], delivery_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    endpoint_id = await replay_delivery(request.state.crm, access_for(request, "operation"), delivery_id)
    return redirect(request, f"{HERE}/{endpoint_id}", Toast(message="It is sent again, under the same id."))


@post(f"{ONE}/replay", permission="webhooks.manage")
async def replay_days(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    """What happened on these days: the dead letters, or everything that was delivered too."""
    form = await parse_form(request)
    since, until = day_in(form.get("since")), day_in(form.get("until"))
    if since is None or until is None or until < since:
        return redirect(
            request,
            f"{HERE}/{endpoint_id}",
            Toast(message="Choose two days, the first not after the second.", tone="problem"),
        )
    states = [DeliveryState.DEAD, *([DeliveryState.DELIVERED] if form.flag("delivered") else [])]
    zone = ZoneInfo(request.state.frame.time_zone)
    count = await replay_range(
        request.state.crm,
        access_for(request, "operation"),
        endpoint_id,
        since=datetime.combine(since, time(), zone).astimezone(UTC),
        until=datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC),
        states=states,
    )
    return redirect(request, f"{HERE}/{endpoint_id}", Toast(message=f"Sent again: {count}."))


ROUTES = (show, change_state, rotate, test, remove, replay, replay_days)
