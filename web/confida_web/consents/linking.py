"""The way to a person's own page: a link to hand over, made anew each time and shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_consent.tokens import LIFE, make_token
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_web.consents.history import history_page
from confida_web.contacts.head import open_contact
from confida_web.forms import parse_form
from confida_web.page import page


@post("/contacts/{contact_id:uuid}/consents/link", permission="consents.record", status_code=200)
async def link(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """Only its hash is kept, so that it can never be shown again; links made before go on working."""
    await parse_form(request)
    crm = request.state.crm
    await open_contact(request, contact_id)
    token = await make_token(crm, contact_id, "preferences")
    shown = await history_page(
        request, contact_id, link=f"{address_of(crm)}/my/p/{token}", link_until=now() + LIFE["preferences"]
    )
    return page(request, shown, block="ask")


ROUTES = (link,)
