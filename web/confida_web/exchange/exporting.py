"""The export page, and the file it answers with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.response import Stream

from confida_consent.vocabulary import CHANNEL_LABELS
from confida_core.clock import now
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.indexing import index_fields
from confida_core.contacts.lists import follow, select_ids
from confida_core.contacts.views import View, saved_views
from confida_core.exchange.exports import ExportOrder, export_figures, start_export
from confida_core.exchange.handover import HandedOver
from confida_core.index.conditions import EVERYTHING, InvalidCondition, by_key
from confida_core.index.plan import Scope
from confida_core.index.reading import read_condition
from confida_core.outbound.gates import purposes_to_choose
from confida_web.display import Option
from confida_web.exchange.pages import ExportPage, FormatOption, Handover
from confida_web.files.routes import SANDBOX, disposition
from confida_web.forms import FormData, parse_form
from confida_web.page import page
from confida_web.security.access import access_for

LONGEST_REASON = 300
EVERYBODY = "all"
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for; errors by field."""

    order: ExportOrder | None
    errors: Mapping[str, str]


@get("/export", permission="exchange.export", fresh=True)
async def export_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await export_page(request, FormData()))


async def export_page(
    request: Request[Any, Any, Any], form: FormData, errors: Mapping[str, str] | None = None
) -> ExportPage:
    crm = request.state.crm
    views = await saved_views(crm, access_for(request, "relationship"))
    await follow(crm, await custom_fields(crm))
    count, exact = await crm.index.count(Scope())
    scope = form.get("scope", EVERYBODY)
    purposes = await purposes_to_choose(crm)
    options = [(EVERYBODY, "Everybody"), *((str(view.id), view.content.name) for view in views)]
    return ExportPage(
        scopes=tuple(Option(value=value, label=label, chosen=value == scope) for value, label in options),
        count=count,
        count_exact=exact and not views,
        formats=tuple(
            FormatOption(value=one.key, label=one.label, hint=one.hint, chosen=one.key == form.get("format", "vcard"))
            for one in sorted(crm.registry.exporters.values(), key=lambda one: one.key != "vcard")
        ),
        archived=form.flag("archived"),
        reason=form.get("reason"),
        use=form.get("use", "own"),
        recipient=form.get("recipient"),
        purposes=choices(purposes, form.get("purpose")),
        channels=choices(CHANNEL_LABELS, form.get("channel")),
        errors=errors or {},
    )


def choices(labels: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=str(key), label=label, chosen=key == chosen) for key, label in labels.items())


@post("/export", permission="exchange.export", fresh=True, status_code=200)
async def export(request: Request[Any, Any, Any]) -> Response[Any] | Stream:
    """The file, piece by piece; each piece only after it is written down who has read it."""
    form = await parse_form(request)
    wanted = await read_form(request, form)
    if wanted.order is None:
        return page(request, await export_page(request, form, wanted.errors), block="form", status=422)
    if wanted.order.handed is None or form.get("seen") == key_of(form):
        return await exported_file(request, wanted.order)
    figures = await export_figures(request.state.crm, access_for(request, "import_export"), wanted.order)
    handover = Handover(allowed=figures.allowed, refused=figures.refused, left_out=figures.left_out, key=key_of(form))
    shown = replace(await export_page(request, form), handover=handover)
    return page(request, shown, block="form")


def key_of(form: FormData) -> str:
    """What the figures were for: somebody who changes anything afterwards sees new ones first."""
    asked = "\0".join(form.get(name) for name in ("scope", "archived", "recipient", "purpose", "channel"))
    return hashlib.sha256(asked.encode()).hexdigest()


async def exported_file(request: Request[Any, Any, Any], order: ExportOrder, stem: str = "") -> Stream:
    """The answer with the file. Raises Forbidden; the caller asks for a fresh proof of identity. stem: its name."""
    pieces = await start_export(request.state.crm, access_for(request, "import_export"), order)
    exporter = request.state.crm.registry.exporters[order.format]
    name = f"{stem or f'contacts-{now():%Y-%m-%d}'}.{exporter.suffix}"
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return Stream(pieces, media_type=exporter.media_type, headers=headers)


async def read_form(request: Request[Any, Any, Any], form: FormData) -> Wanted:
    errors = {}
    reason, archived = form.get("reason").strip(), form.flag("archived")
    if not 1 <= len(reason) <= LONGEST_REASON:
        errors["reason"] = f"Say in at most {LONGEST_REASON} characters what it is for."
    if form.get("format") not in request.state.crm.registry.exporters:
        errors["format"] = "Choose a format."
    views = await saved_views(request.state.crm, access_for(request, "relationship"))
    scope = form.get("scope", EVERYBODY)
    view = next((view for view in views if str(view.id) == scope), None)
    if scope != EVERYBODY and view is None:
        errors["scope"] = "Choose whom to export."
    handed, more = await read_handover(request, form)
    errors |= more
    if errors:
        return Wanted(None, errors)
    try:
        ids = None if view is None else await ids_of(request, view, archived=archived)
    except InvalidCondition:
        return Wanted(None, {"scope": "This view asks for a field that does not exist any more."})
    order = ExportOrder(format=form.get("format"), ids=ids, archived=archived, reason=reason, handed=handed)
    return Wanted(order, {})


async def read_handover(request: Request[Any, Any, Any], form: FormData) -> tuple[HandedOver | None, dict[str, str]]:
    """To whom the file goes, None for ourselves, and what is wrong with the answer."""
    if form.get("use", "own") != "other":
        return None, {}
    recipient, purpose, channel = (form.get(name).strip() for name in ("recipient", "purpose", "channel"))
    errors = {}
    if not 1 <= len(recipient) <= LONGEST_REASON:
        errors["recipient"] = f"Say in at most {LONGEST_REASON} characters who gets the file."
    if purpose not in await purposes_to_choose(request.state.crm):
        errors["purpose"] = "Choose what they get it for."
    if channel not in CHANNEL_LABELS:
        errors["channel"] = "Choose in which way they will use it."
    return HandedOver(recipient=recipient, purpose=purpose, channel=channel), errors


async def ids_of(request: Request[Any, Any, Any], view: View | None, *, archived: bool) -> Sequence[UUID]:
    """The contacts of a saved view; without one, everybody. Raises InvalidCondition."""
    crm = request.state.crm
    definitions = await custom_fields(crm)
    source, text = (view.content.condition, view.content.text) if view else ("", "")
    condition = read_condition(source, by_key(index_fields(crm, definitions))) if source else EVERYTHING
    scope = Scope(condition=condition, text=text, archived=None if archived else False)
    return await select_ids(crm, access_for(request, "relationship"), scope, definitions=definitions, limit=MOST)


EXPORT_ROUTES = (export_form, export)
