"""Everything a person said, newest first, in the clear part of each event: nothing is opened but the contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.declarations import Purpose
from confida_consent.history import histories
from confida_consent.purposes import all_purposes
from confida_consent.recorded import RecordedEvent
from confida_consent.rules.checking import InvalidRules
from confida_consent.vocabulary import Basis, Channel
from confida_core.accounts.staff import account_names
from confida_core.installation import Installation
from confida_web.consents.correcting import may_correct
from confida_web.consents.pages import ConsentHistoryPage, EventRow, PurposeLines
from confida_web.consents.panel import purpose_lines
from confida_web.consents.words import (
    KINDS,
    METHODS,
    basis_word,
    channel_options,
    channel_word,
    purpose_options,
    titles,
    tone_of,
    who_said,
)
from confida_web.contacts.head import head_of, open_contact
from confida_web.display import Tab
from confida_web.forms import whole_number
from confida_web.page import page

PER_PAGE = 50
BROKEN_RULES = (
    "A file with the rules of a country cannot be read, so nothing is sent on its ground. "
    "Whoever looks after this installation finds it in the folder “rules”."
)


@get("/contacts/{contact_id:uuid}/consents", permission="consents.read")
async def history(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await history_page(request, contact_id), block="events")


async def history_page(request: Request[Any, Any, Any], contact_id: UUID, **given: Any) -> ConsentHistoryPage:
    """Raises NotFound. given: fields of the page that an answer to a form brings."""
    crm, actor, lang = request.state.crm, request.state.actor, request.state.frame.lang
    _, contact = await open_contact(request, contact_id)
    purposes = await all_purposes(crm)
    lines = await lines_if_sound(crm, contact_id, lang, purposes)
    labels = titles(purposes, lang)
    everything = [each for events in (await histories(crm, [contact_id])).values() for each in events]
    wanted = str(request.query_params.get("purpose", ""))
    before = whole_number(str(request.query_params.get("before", "")), 2**62, highest=2**62)
    shown = sorted(
        (each for each in everything if wanted in {"", each.purpose} and each.ledger_index < before),
        key=lambda each: -each.ledger_index,
    )
    older = None
    if len(shown) > PER_PAGE:
        older = f"{base_of(contact_id)}?purpose={wanted}&before={shown[PER_PAGE - 1].ledger_index}"
    askable = [
        one
        for one in purposes.values()
        if not one.retired and one.declared.basis == Basis.CONSENT and Channel.EMAIL in one.declared.channels
    ]
    return ConsentHistoryPage(
        contact=head_of(crm, contact),
        lines=lines or (),
        problem="" if lines is not None else BROKEN_RULES,
        events=await event_rows(request, shown[:PER_PAGE], everything, labels),
        purposes=filter_tabs(contact_id, everything, labels, wanted),
        older_href=older,
        may_record=actor.may("consents.record") and contact.row["deleted_at"] is None,
        may_see_reads=actor.may("reads.read"),
        askable=purpose_options(askable, lang, given.pop("purpose", "")),
        ask_channels=channel_options({Channel.EMAIL}, {Channel.EMAIL}),
        **given,
    )


async def lines_if_sound(
    crm: Installation, contact_id: UUID, lang: str, purposes: Mapping[str, Purpose]
) -> tuple[PurposeLines, ...] | None:
    """None while a country's own file of rules cannot be read: what was said is shown all the same."""
    try:
        return await purpose_lines(crm, contact_id, lang, purposes)
    except InvalidRules:
        return None


def base_of(contact_id: UUID) -> str:
    return f"/contacts/{contact_id}/consents"


def filter_tabs(
    contact_id: UUID, events: Sequence[RecordedEvent], labels: Mapping[str, str], wanted: str
) -> tuple[Tab, ...]:
    """One chip for each purpose that something was said about; none where a choice makes no difference."""
    keys = sorted({each.purpose for each in events}, key=lambda key: labels.get(key, key).casefold())
    if len(keys) < 2:
        return ()
    everything = Tab(label="Everything", href=base_of(contact_id), current=not wanted)
    return (
        everything,
        *(
            Tab(label=labels.get(key, key), href=f"{base_of(contact_id)}?purpose={key}", current=key == wanted)
            for key in keys
        ),
    )


async def event_rows(
    request: Request[Any, Any, Any],
    shown: Sequence[RecordedEvent],
    everything: Sequence[RecordedEvent],
    labels: Mapping[str, str],
) -> tuple[EventRow, ...]:
    """everything: all events of this person, to know what corrects what."""
    actors = sorted({each.actor_id for each in shown if each.actor_id and each.actor_kind == "staff"})
    names = await account_names(request.state.crm, actors) if actors else {}
    may_record = request.state.actor.may("consents.record")
    return tuple(event_row(each, everything, labels, names, may_record=may_record) for each in shown)


def event_row(
    event: RecordedEvent,
    everything: Sequence[RecordedEvent],
    labels: Mapping[str, str],
    names: Mapping[UUID, str],
    *,
    may_record: bool,
) -> EventRow:
    href = f"{base_of(event.subject_id)}/{event.id}"
    return EventRow(
        id=str(event.id),
        at=event.indicated_at,
        purpose=labels.get(event.purpose, event.purpose),
        channel=channel_word(event.channel),
        what=KINDS.get(event.kind, event.kind),
        tone=tone_of(event.kind),
        how=METHODS.get(event.method, event.method),
        who=who_said(event, names),
        basis=basis_word(event.legal_basis),
        valid_until=event.valid_until,
        corrected=any(each.supersedes == event.id for each in everything),
        corrects=event.supersedes is not None,
        href=href,
        correct_href=f"{href}/correct" if may_record and may_correct(event, everything) else None,
    )


ROUTES = (history,)
