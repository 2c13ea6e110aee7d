"""The facts of an existing customer, where the law of a country allows writing to them without consent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.grounds import GroundRefused, WhatTheLawAsks, note_ground, what_the_law_asks
from confida_consent.indications import IndicationRefused
from confida_consent.purposes import purpose_of
from confida_consent.rules.checking import InvalidRules
from confida_consent.rules.model import FACTS
from confida_core.vault.access import NotFound
from confida_web.consents.history import BROKEN_RULES, base_of
from confida_web.consents.pages import CustomerPage
from confida_web.consents.reading import read_moment
from confida_web.consents.words import channel_word, options, title_of
from confida_web.contacts.head import head_of, open_contact
from confida_web.display import Errors
from confida_web.formatting import formatter
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.multipart import BadBody
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

LONGEST = 20_000
ONLY_CONSENT = "The law of this person\u2019s country asks for a consent here; no other facts will do."
NOTHING = "For this purpose and this way nothing has to be noted."


@get("/contacts/{contact_id:uuid}/consents/customer", permission="consents.record")
async def form(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    query = request.query_params
    given = FormData(tuple((name, str(query.get(name, ""))) for name in ("purpose", "channel")))
    return page(request, await customer_page(request, contact_id, given))


async def customer_page(
    request: Request[Any, Any, Any], contact_id: UUID, form: FormData, errors: Errors | None = None
) -> CustomerPage:
    """Raises NotFound for an unknown purpose, or one that does not use the channel."""
    crm, lang = request.state.crm, request.state.frame.lang
    _, contact = await open_contact(request, contact_id)
    key, channel = form.get("purpose"), form.get("channel")
    declared = (await purpose_of(crm, key)).declared
    if channel not in declared.channels:
        raise NotFound("channel")
    try:
        asked = await what_the_law_asks(crm, access_for(request, "consent"), contact_id, key, channel)
    except InvalidRules:
        raise BadBody(409, BROKEN_RULES) from None
    return CustomerPage(
        contact=head_of(crm, contact),
        purpose=title_of(declared, key, lang),
        channel=channel_word(channel),
        purpose_key=key,
        channel_key=channel,
        facts=options({fact: FACTS[fact] for fact in asked.facts}, form.all("facts")),
        citations=tuple((country.citation(rule), rule.says) for country, rule in asked.rules),
        nothing=nothing_to_note(asked),
        detail=form.get("detail"),
        day=form.get("day"),
        errors=errors or {},
        may_see_reads=request.state.actor.may("reads.read"),
    )


def nothing_to_note(asked: WhatTheLawAsks) -> str:
    if asked.only_consent_helps:
        return ONLY_CONSENT
    return "" if asked.facts else NOTHING


@post("/contacts/{contact_id:uuid}/consents/customer", permission="consents.record", status_code=200)
async def note(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    crm, frame = request.state.crm, request.state.frame
    form = await parse_form(request)
    shown = await customer_page(request, contact_id, form)
    errors: dict[str, str] = {}
    since = read_moment(form.get("day"), "", formatter(frame.lang, frame.time_zone), errors)
    detail = form.get("detail").strip()
    if not 1 <= len(detail) <= LONGEST:
        errors["detail"] = "Say what happened, and where that can be seen."
    if not errors:
        try:
            await note_ground(
                crm, access_for(request, "consent"), contact_id, shown.purpose_key, shown.channel_key,
                facts=form.all("facts"), detail=detail, since=since,
            )  # fmt: skip
        except GroundRefused as refused:
            errors["facts" if refused.facts else ""] = refused.sentence
        except IndicationRefused as refused:
            errors[""] = f"It cannot be noted: {refused.sentence}."
    if errors:
        return page(request, await customer_page(request, contact_id, form, errors), block="form", status=422)
    message = Toast(message="The facts are noted. They can object at any time.")
    return redirect(request, base_of(contact_id), message)


ROUTES = (form, note)
