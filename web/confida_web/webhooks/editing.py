"""A webhook is made and changed: where it goes, for what, and which fields of which events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.vocabulary import CHANNEL_LABELS
from confida_core.contacts.validation import InvalidContent
from confida_core.events.declarations import EventKind
from confida_core.installation import Installation
from confida_core.outbound.gates import purposes_to_choose
from confida_core.outbound.webhooks.endpoints import EndpointDraft, create_endpoint, endpoint, save_endpoint
from confida_web.display import Errors, Option
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.webhooks.listing import HERE
from confida_web.webhooks.pages import EndpointFormPage, KindChoice
from confida_web.webhooks.showing import endpoint_page

NOTES = {
    "permitted": "",
    "follows": "An end of something, such as a withdrawal, is told to whoever was told of the person before, and to nobody else.",
    "always": "Names nobody: it holds an id only.",
}


@get(f"{HERE}/new", permission="webhooks.manage")
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await form_page(request, EndpointDraft(name="", url="", recipient="", purpose="", channel="")))


@post(f"{HERE}/new", permission="webhooks.manage", status_code=200)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    draft = draft_of(request.state.crm, await parse_form(request))
    try:
        endpoint_id, secret = await create_endpoint(request.state.crm, access_for(request, "operation"), draft)
    except InvalidContent as wrong:
        return page(request, await form_page(request, draft, errors=wrong.errors), block="form", status=422)
    return page(request, await endpoint_page(request, endpoint_id, secret=secret))


@get(f"{HERE}/{{endpoint_id:uuid}}/edit", permission="webhooks.manage")
async def edit(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    one = await endpoint(request.state.crm, access_for(request, "operation"), endpoint_id)
    draft = EndpointDraft(
        name=one.name, url=one.url, recipient=one.recipient, purpose=one.purpose, channel=one.channel, kinds=one.kinds
    )
    return page(request, await form_page(request, draft, endpoint_id, version=one.version))


@post(f"{HERE}/{{endpoint_id:uuid}}/edit", permission="webhooks.manage", status_code=200)
async def save(request: Request[Any, Any, Any], endpoint_id: FromPath[UUID]) -> Response[Any]:
    crm, access, form = request.state.crm, access_for(request, "operation"), await parse_form(request)
    draft, version = draft_of(crm, form), form.integer("version", 0, lowest=0, highest=2**31)
    await endpoint(crm, access, endpoint_id)
    try:
        await save_endpoint(crm, access, endpoint_id, draft, seen=version)
    except InvalidContent as wrong:
        shown = await form_page(request, draft, endpoint_id, version=version, errors=wrong.errors)
        return page(request, shown, block="form", status=422)
    return redirect(
        request, f"{HERE}/{endpoint_id}", Toast(message="Saved. What happens from now on is told this way.")
    )


def draft_of(crm: Installation, form: FormData) -> EndpointDraft:
    """As the form gives it; kinds and fields that nobody declares are passed over."""
    chosen = set(form.all("kinds"))
    return EndpointDraft(
        name=form.get("name"),
        url=form.get("url"),
        recipient=form.get("recipient"),
        purpose=form.get("purpose"),
        channel=form.get("channel"),
        kinds={key: form.all(f"fields-{key}") for key in crm.registry.event_kinds if key in chosen},
    )


async def form_page(
    request: Request[Any, Any, Any],
    draft: EndpointDraft,
    endpoint_id: UUID | None = None,
    *,
    version: int = 0,
    errors: Errors | None = None,
) -> EndpointFormPage:
    crm = request.state.crm
    back = f"{HERE}/{endpoint_id}" if endpoint_id else HERE
    return EndpointFormPage(
        action=f"{back}/edit" if endpoint_id else f"{HERE}/new",
        back=back,
        new=endpoint_id is None,
        values={"name": draft.name, "url": draft.url, "recipient": draft.recipient},
        purposes=options(await purposes_to_choose(crm), draft.purpose),
        channels=options(CHANNEL_LABELS, draft.channel),
        kinds=tuple(kind_choice(kind, draft.kinds) for _, kind in sorted(crm.registry.event_kinds.items())),
        version=version,
        errors=errors or {},
    )


def options(labels: Mapping[Any, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=str(key), label=label, chosen=str(key) == chosen) for key, label in labels.items())


def kind_choice(kind: EventKind, chosen: Mapping[str, Sequence[str]]) -> KindChoice:
    fields = chosen.get(kind.key, ())
    return KindChoice(
        key=kind.key,
        label=kind.label,
        chosen=kind.key in chosen,
        fields=tuple(Option(value=one.key, label=one.label, chosen=one.key in fields) for one in kind.fields),
        note=NOTES[kind.goes],
    )


ROUTES = (new, create, edit, save)
