"""The preference centre: how a person stands, and every decision by one button (CF-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_consent.content import Evidence
from confida_consent.events import Indication, RecordedEvent, record_event, record_events, states_of
from confida_consent.gpc import record_signal
from confida_consent.notices import current_notice, notice
from confida_consent.purposes import all_purposes
from confida_consent.suppression import make_way, stored_addresses
from confida_consent.vocabulary import OBJECTABLE, YES, Basis, Kind, Method
from confida_core.installation import Installation
from confida_core.vault.access import NotFound
from confida_web.forms import FormData, parse_form
from confida_web.multipart import BadBody
from confida_web.portal.pages import ChoicesPage, StoryPage, StoryRow
from confida_web.portal.showing import enter_first, person_or_none, show
from confida_web.portal.signal import is_signalled
from confida_web.portal.standing import cards_of
from confida_web.portal.visit import Person
from confida_web.redirect import elsewhere
from confida_web.security.access import access_for

SOURCE = "/my/consents"
KINDS = {
    "give": Kind.GIVEN,
    "withdraw": Kind.WITHDRAWN,
    "object": Kind.OBJECTED,
    "end_objection": Kind.OBJECTION_ENDED,
}
YESES = frozenset({"give", "end_objection"})
DONE = frozenset({*KINDS, "all", "changed"})


@get(["/my/consents", "/my/p/{token:str}", "/my/p/{token:str}/consents"], public=True)
async def choices(request: Request[Any, Any, Any]) -> Response[Any]:
    person = person_or_none(request)
    if person is None:
        return enter_first(request)
    gpc, done = is_signalled(request), request.query_params.get("done", "")
    cards = await cards_of(request.state.crm, person, request.state.frame.words, gpc=gpc)
    return show(request, ChoicesPage(cards=cards, done=done if done in DONE else "", gpc=gpc))


@post(["/my/consents", "/my/p/{token:str}/consents"], public=True, csrf="portal")
async def decide(request: Request[Any, Any, Any]) -> Response[Any]:
    """One decision on one purpose and channel. A no needs nothing but its button; a yes names the text it is about."""
    person = person_or_none(request)
    if person is None:
        return enter_first(request)
    form, crm = await parse_form(request), request.state.crm
    do, purpose, channel = form.get("do"), form.get("purpose"), form.get("channel")
    known = (await all_purposes(crm)).get(purpose)
    # What a law or an agreement asks for is nobody's consent: withdrawing it would keep the next code from the person.
    if do not in KINDS or (do == "withdraw" and known is not None and known.declared.basis != Basis.CONSENT):
        raise BadBody(422, "There is no such decision.")
    shown = await shown_notice(crm, form) if do in YESES else None
    if do in YESES and shown is None:
        return elsewhere(f"{person.base}/consents?done=changed")
    said = indication(person, purpose, channel, KINDS[do], shown)
    access = access_for(request, "consent")
    event = await record_event(crm, access, said)
    if do == "end_objection":
        await make_way_again(crm, event)
    if is_signalled(request):
        await record_signal(crm, access, person.id, but={(purpose, channel)}, source=SOURCE)
    return elsewhere(f"{person.base}/consents?done={do}")


async def shown_notice(crm: Installation, form: FormData) -> UUID | None:
    """The notice that the form was shown with, if it is still the one that would be shown. Raises NotFound."""
    try:
        found = await notice(crm, UUID(form.get("notice")))
    except ValueError:
        raise NotFound("notice") from None
    if found.purpose != form.get("purpose"):
        raise NotFound("notice")
    current = await current_notice(crm, found.purpose, found.language)
    return found.id if current.id == found.id else None


def indication(person: Person, purpose: str, channel: str, kind: Kind, shown: UUID | None) -> Indication:
    return Indication(
        subject_id=person.id,
        purpose=purpose,
        channel=channel,
        kind=kind,
        method=Method.PREFERENCE_CENTRE,
        notice_id=shown,
        evidence=Evidence(indicated_by=person.name[:200], source=SOURCE),
    )


async def make_way_again(crm: Installation, event: RecordedEvent) -> None:
    """Who takes an objection back also takes this purpose off the suppression list for their own addresses.

    (A consent does so by itself, wherever it is recorded.)
    """
    for address in await stored_addresses(crm, event.subject_id, event.channel):
        await make_way(crm, event, address)


@post(["/my/withdraw-all", "/my/p/{token:str}/withdraw-all"], public=True, csrf="portal")
async def withdraw_all(request: Request[Any, Any, Any]) -> Response[Any]:
    person = person_or_none(request)
    if person is None:
        return enter_first(request)
    crm, access = request.state.crm, access_for(request, "consent")
    await record_events(crm, access, await every_no(crm, person))
    if is_signalled(request):
        await record_signal(crm, access, person.id, source=SOURCE)
    return elsewhere(f"{person.base}/consents?done=all")


async def every_no(crm: Installation, person: Person) -> list[Indication]:
    """Withdraws each yes, refuses each question, objects wherever that is possible; what is ended already is left alone."""
    purposes, states = await all_purposes(crm), await states_of(crm, person.id)
    said = [
        indication(person, key, channel, Kind.OBJECTED, None)
        for key, purpose in purposes.items()
        if purpose.declared.basis in OBJECTABLE
        for channel in purpose.declared.channels
        if not ((state := states.get((key, channel))) and state.state == Kind.OBJECTED)
    ]
    for (key, channel), state in states.items():
        objectable = key in purposes and purposes[key].declared.basis != Basis.CONSENT
        if not objectable and state.state in YES:
            said.append(indication(person, key, channel, Kind.WITHDRAWN, None))
        elif not objectable and state.state == Kind.REQUESTED:
            said.append(indication(person, key, channel, Kind.REFUSED, None))
    return said


@get(["/my/history", "/my/p/{token:str}/history"], public=True)
async def history(request: Request[Any, Any, Any]) -> Response[Any]:
    person = person_or_none(request)
    if person is None:
        return enter_first(request)
    rows = await story_of(request.state.crm, person, request.state.frame.words)
    return show(request, StoryPage(rows=rows))


async def story_of(crm: Installation, person: Person, language: str) -> tuple[StoryRow, ...]:
    """Every event of the person, the newest first; opens nothing."""
    purposes = await all_purposes(crm)
    titles: dict[str, str] = {key: one.declared.wording(language)[1].title for key, one in purposes.items()}
    events = await crm.data.fetch(
        "SELECT id, purpose, channel, kind, method, actor_kind, indicated_at FROM consent_event "
        "WHERE subject_id = ? ORDER BY ledger_index DESC",
        person.id,
    )
    return tuple(
        StoryRow(
            at=event["indicated_at"],
            what=event["kind"],
            how=event["method"],
            purpose=titles.get(event["purpose"]) or event["purpose"],
            channel=event["channel"],
            by_staff=event["actor_kind"] == "staff",
            receipt=f"{person.base}/receipts/{event['id']}",
        )
        for event in events
    )


ROUTES = (choices, decide, withdraw_all, history)
