"""Consents that end soon, to be asked for again in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get

from confida_consent.expiry import EndingConsent, expiring_soon
from confida_consent.own_settings import soon_days
from confida_consent.purposes import all_purposes
from confida_web.consents.listing import ExpiringPage, ExpiringRow
from confida_web.consents.words import channel_word, titles
from confida_web.display import PersonRef, Tab
from confida_web.forms import whole_number
from confida_web.page import page
from confida_web.security.access import access_for

SPANS = (30, 60, 90, 180)
MOST = 200


@get("/consents/expiring", permission="consents.read")
async def expiring(request: Request[Any, Any, Any]) -> Response[Any]:
    soon = await soon_days(request.state.crm)
    days = whole_number(str(request.query_params.get("days", "")), soon, lowest=1, highest=3_660)
    found = await expiring_soon(request.state.crm, access_for(request, "consent"), days, limit=MOST)
    spans = tuple(
        Tab(label=f"{span} days", href=f"/consents/expiring?days={span}", current=span == days)
        for span in sorted({*SPANS, soon})
    )
    content = ExpiringPage(
        rows=await expiring_rows(request, found),
        days=days,
        spans=spans,
        count=len(found),
        more=len(found) == MOST,
        may_ask=request.state.actor.may("consents.manage"),
    )
    return page(request, content)


async def expiring_rows(request: Request[Any, Any, Any], found: Sequence[EndingConsent]) -> tuple[ExpiringRow, ...]:
    labels = titles(await all_purposes(request.state.crm), request.state.frame.lang) if found else {}
    return tuple(
        ExpiringRow(
            value=f"{one.subject_id}:{one.purpose}:{one.channel}",
            contact=PersonRef(name=one.name, href=f"/contacts/{one.subject_id}"),
            purpose=labels.get(one.purpose, one.purpose),
            channel=channel_word(one.channel),
            until=one.valid_until,
            proof_href=f"/contacts/{one.subject_id}/consents/{one.event_id}",
        )
        for one in found
    )


ROUTES = (expiring,)
