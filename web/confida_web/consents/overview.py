"""Where everything about consent can be seen at a glance: who says what, what ends soon, what was refused, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get

from confida_consent.declarations import Purpose
from confida_consent.expiry import expiring_soon
from confida_consent.figures import Figures, consent_figures
from confida_consent.own_settings import soon_days
from confida_consent.purposes import all_purposes
from confida_consent.vocabulary import CHANNEL_LABELS, OBJECTABLE, Basis
from confida_core.outbound.content import MessageState
from confida_core.outbound.log import outbound_log
from confida_web.consents.expiring import expiring_rows
from confida_web.consents.ledger import ledger_status
from confida_web.consents.listing import ChannelCounts, OverviewPage, PurposeChart
from confida_web.consents.messages import message_rows
from confida_web.consents.words import basis_word, channel_word, title_of
from confida_web.display import Tab
from confida_web.page import page
from confida_web.security.access import access_for

SHOWN = 5
PLACES = (
    ("/consents", "Overview", "consents.read"),
    ("/consents/purposes", "Purposes", "consents.read"),
    ("/consents/expiring", "Ending soon", "consents.read"),
    ("/consents/messages", "Messages", "outbound.read"),
    ("/consents/suppressions", "Suppression list", "consents.manage"),
    ("/consents/import", "Imports", "consents.manage"),
    ("/consents/ledger", "Ledger", "consents.read"),
)


@get("/consents", permission="consents.read")
async def overview(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, actor, access = request.state.crm, request.state.actor, access_for(request, "consent")
    purposes = await all_purposes(crm)
    days = await soon_days(crm)
    figures = await consent_figures(crm, access, days)
    soon = await expiring_soon(crm, access, days, limit=SHOWN)
    reading = access_for(request, "relationship")
    refused = await outbound_log(crm, reading, state=MessageState.REFUSED, limit=SHOWN)
    content = OverviewPage(
        charts=charts_of(purposes, figures, request.state.frame.lang),
        expiring=await expiring_rows(request, soon),
        expiring_count=sum(one.expiring for one in figures.values()),
        refused=await message_rows(request, refused.entries),
        ledger=await ledger_status(crm),
        links=places_of(request),
        may_manage=actor.may("consents.manage"),
        may_record=actor.may("consents.record"),
    )
    return page(request, content)


def places_of(request: Request[Any, Any, Any]) -> tuple[Tab, ...]:
    """The pages about consent that this account may see."""
    path = request.scope["path"]
    return tuple(
        Tab(label=label, href=href, current=href == path)
        for href, label, permission in PLACES
        if request.state.actor.may(permission)
    )


def charts_of(
    purposes: Mapping[str, Purpose], figures: Mapping[tuple[str, str], Figures], lang: str
) -> tuple[PurposeChart, ...]:
    """Purposes that people decide on, those with most answers first; their bars compare with each other."""
    most = max((max(one.given, one.withdrawn, one.objected) for one in figures.values()), default=1)
    charts = [
        chart_of(
            purpose,
            {channel: one for (key, channel), one in figures.items() if key == purpose.declared.key},
            most,
            lang,
        )
        for purpose in purposes.values()
        if purpose.declared.basis in OBJECTABLE | {Basis.CONSENT} and not purpose.retired
    ]
    return tuple(sorted(charts, key=lambda chart: (not chart.asks, -people_in(chart), chart.title.casefold())))


def chart_of(purpose: Purpose, figures: Mapping[str, Figures], most: int, lang: str) -> PurposeChart:
    declared = purpose.declared
    shown = {one: figures.get(one) for one in CHANNEL_LABELS if one in figures or one in declared.channels}
    known = {one: found for one, found in shown.items() if found is not None}
    asks = declared.basis == Basis.CONSENT
    return PurposeChart(
        key=declared.key,
        title=title_of(declared, declared.key, lang),
        finding=finding_of(known, asks=asks),
        basis=basis_word(declared.basis),
        asks=asks,
        channels=tuple(
            ChannelCounts(
                channel=channel_word(one),
                given=found.given,
                withdrawn=found.withdrawn,
                expiring=found.expiring,
                objected=found.objected + (0 if asks else found.withdrawn),
            )
            for one, found in known.items()
        ),
        most=most,
    )


def people_in(chart: PurposeChart) -> int:
    return sum(one.given + one.withdrawn + one.objected for one in chart.channels)


def finding_of(figures: Mapping[str, Figures], *, asks: bool) -> str:
    """The one thing the chart shows, as a sentence."""
    if not asks:
        objections = sum(one.objected + one.withdrawn for one in figures.values())
        if not objections:
            return "Nobody has objected."
        return f"{objections:,} {'objection' if objections == 1 else 'objections'} so far."
    given = {channel: one.given for channel, one in figures.items() if one.given}
    if not given:
        return "Nobody has said yes so far."
    best = max(given, key=lambda channel: given[channel])
    most = given[best]
    people = "1 person says" if most == 1 else f"{most:,} people say"
    others = "; fewer by other ways" if len(given) > 1 else ""
    return f"{people} yes to {in_a_sentence(best)}{others}."


def in_a_sentence(channel: str) -> str:
    word = channel_word(channel)
    return word if word.isupper() else word[:1].lower() + word[1:]


ROUTES = (overview,)
