"""What somebody said on paper, by telephone or face to face, written down with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.declarations import Purpose
from confida_consent.events import Indication, IndicationRefused, RecordedEvent, record_events, settle, states_of
from confida_consent.history import histories
from confida_consent.purposes import all_purposes
from confida_consent.receipts.foreign import ForeignReceipt, UnreadableReceipt, read_foreign_receipt
from confida_consent.scans import keep_scans, make_scan_keys
from confida_consent.vocabulary import OBJECTABLE, YES, Basis, Channel, Kind
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.sealed_files import (
    ReceivedFile,
    collected,
    discard_files,
    largest,
    only,
    receive_file,
)
from confida_web.consents.correcting import may_correct
from confida_web.consents.history import base_of
from confida_web.consents.pages import RecordPage
from confida_web.consents.reading import EVERYTHING, Said, read_said
from confida_web.consents.words import SPOKEN, channel_options, language_name, options, titles
from confida_web.contacts.head import head_of, open_contact
from confida_web.display import Errors, Option
from confida_web.formatting import formatter
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

FIELDS = ("day", "time", "indicated_by", "script", "note")
# The words of a refusal name a field of the record; the form has its own names for some of them.
FORM_FIELDS = {
    "channel": "channels",
    "indicated_at": "day",
    "purpose_version": "day",
    "evidence": "note",
    "detail": "note",
    "kind": "purpose",
}


@dataclass(slots=True)
class Received:
    """Files of a form while it arrives: at most one scan, and one receipt of another controller."""

    scans: list[ReceivedFile] = field(default_factory=list)
    receipt: ForeignReceipt | None = None
    errors: dict[str, str] = field(default_factory=dict)


@get("/contacts/{contact_id:uuid}/consents/record", permission="consents.record")
async def form(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    query = request.query_params
    given = tuple((name, str(query.get(name, ""))) for name in ("answer", "purpose", "method"))
    channels = tuple(("channels", str(query[name])) for name in ("channel",) if name in query)
    return page(request, await record_page(request, contact_id, FormData((*given, *channels))))


async def record_page(
    request: Request[Any, Any, Any], contact_id: UUID, form: FormData, errors: Errors | None = None
) -> RecordPage:
    crm, frame = request.state.crm, request.state.frame
    _, contact = await open_contact(request, contact_id)
    answer = "no" if form.get("answer") == "no" else "yes"
    purposes = choosable(await all_purposes(crm), answer)
    languages = sorted({tag for one in purposes.values() for tag in one.declared.texts})
    spoken = form.get("language") or contact.content.language or crm.settings.language
    return RecordPage(
        contact=head_of(crm, contact),
        answer="no" if answer == "no" else "yes",
        purposes=purpose_choices(purposes, answer, frame.lang, form.get("purpose")),
        channels=channel_options(
            {each for one in purposes.values() for each in one.declared.channels}, form.all("channels")
        ),
        methods=options(SPOKEN, {form.get("method") or "paper"}),
        languages=options({tag: language_name(tag, frame.lang) for tag in languages}, {spoken, spoken.split("-")[0]}),
        values={name: form.get(name) for name in FIELDS if name in form},
        today=formatter(frame.lang, frame.time_zone).today().isoformat(),
        max_size_bytes=largest(crm),
        errors=errors or {},
        may_see_reads=request.state.actor.may("reads.read"),
    )


def choosable(purposes: Mapping[str, Purpose], answer: str) -> dict[str, Purpose]:
    """A yes needs a purpose that asks for it; a no is taken wherever one can be said, to retired ones too."""
    if answer == "yes":
        return {key: one for key, one in purposes.items() if one.declared.basis == Basis.CONSENT and not one.retired}
    answerable = OBJECTABLE | {Basis.CONSENT}
    return {key: one for key, one in purposes.items() if one.declared.basis in answerable}


def purpose_choices(purposes: Mapping[str, Purpose], answer: str, lang: str, chosen: str) -> tuple[Option, ...]:
    labels = titles(purposes, lang)
    every = {EVERYTHING: "Everything that is not needed for an agreement"} if answer == "no" else {}
    return options({**labels, **every}, {chosen})


@post("/contacts/{contact_id:uuid}/consents/record", permission="consents.record", status_code=200)
async def record(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """One event for each channel, all of them or none."""
    crm = request.state.crm
    await open_contact(request, contact_id)
    received = Received()
    form = await receive(request, received)
    try:
        purposes = choosable(await all_purposes(crm), "no" if form.get("answer") == "no" else "yes")
        said, errors = read_said(request, form, purposes, proved=bool(received.scans or received.receipt))
        errors |= received.errors
        if errors or said is None:
            return await refused(request, contact_id, form, received, errors)
        events = await write_down(request, contact_id, said, purposes, received)
    except IndicationRefused as wrong:
        problem = {FORM_FIELDS.get(wrong.field, wrong.field): sentence(wrong)}
        return await refused(request, contact_id, form, received, problem)
    except BaseException:
        await discard_files(crm, received.scans)
        raise
    return redirect(request, f"/contacts/{contact_id}", await told(request, contact_id, said, events))


def sentence(wrong: IndicationRefused) -> str:
    return f"{wrong.sentence[:1].upper()}{wrong.sentence[1:]}."


async def refused(
    request: Request[Any, Any, Any], contact_id: UUID, form: FormData, received: Received, errors: Errors
) -> Response[Any]:
    """The form again with everything typed; a file has to be chosen again, browsers will have it so."""
    await discard_files(request.state.crm, received.scans)
    if received.scans and "scan" not in errors:
        errors = {**errors, "scan": "Please choose the file again."}
    return page(request, await record_page(request, contact_id, form, errors), block="form", status=422)


async def receive(request: Request[Any, Any, Any], received: Received) -> FormData:
    """The form; files are sealed while they arrive."""
    crm = request.state.crm

    async def save(file: UploadedFile) -> None:
        if file.field == "receipt":
            await read_receipt(file, received)
        elif file.field == "scan" and not received.scans:
            received.scans.append(await receive_file(crm, file.filename, file.pieces))

    try:
        form = await parse_form(request, save)
        if received.receipt is not None and not received.scans:
            # Kept whole, as the file it is; beside a scan its every field stands in the evidence.
            name = received.receipt.file_name
            received.scans.append(await receive_file(crm, name, only(received.receipt.content)))
    except BaseException:
        await discard_files(crm, received.scans)
        raise
    return form


async def read_receipt(file: UploadedFile, received: Received) -> None:
    try:
        received.receipt = read_foreign_receipt(await collected(file.pieces, 512 * 1024))
    except (UnreadableReceipt, TooLarge) as wrong:
        received.errors["receipt"] = str(wrong) if isinstance(wrong, UnreadableReceipt) else "This file is too large."


async def write_down(
    request: Request[Any, Any, Any],
    contact_id: UUID,
    said: Said,
    purposes: Mapping[str, Purpose],
    received: Received,
) -> list[RecordedEvent]:
    """The events and the file that proves them, together. Raises IndicationRefused."""
    crm, access = request.state.crm, access_for(request, "consent")
    evidence = said.evidence(
        file_id=received.scans[0].id.hex if received.scans else "",
        origin=received.receipt.origin() if received.receipt else "",
    )
    states = {key: one.state for key, one in (await states_of(crm, contact_id)).items()}
    indications = [replace(each, evidence=evidence) for each in indications_of(contact_id, said, purposes, states)]
    await make_scan_keys(crm, received.scans)
    async with crm.data.transaction():
        events = await record_events(crm, access, indications)
        await keep_scans(crm, received.scans, events[0].id)
    await settle(crm, events)
    return events


def indications_of(
    contact_id: UUID, said: Said, purposes: Mapping[str, Purpose], states: Mapping[tuple[str, str], str]
) -> list[Indication]:
    keys = purposes if said.purpose == EVERYTHING else (said.purpose,)
    return [
        Indication(
            subject_id=contact_id,
            purpose=key,
            channel=channel,
            kind=kind_of(said.answer, purposes[key].declared.basis, states.get((key, channel), "")),
            method=said.method,
            indicated_at=said.at,
            language=said.language,
        )
        for key in keys
        for channel in said.channels_of(purposes[key])
    ]


def kind_of(answer: str, basis: str, state: str) -> Kind:
    """What a yes or a no is called, after what was said before: never a consent where there was none to give."""
    if answer == "yes":
        return Kind.RENEWED if state in YES else Kind.GIVEN
    if basis in OBJECTABLE:
        return Kind.OBJECTED
    return Kind.WITHDRAWN if state in YES | {Kind.EXPIRED} else Kind.REFUSED


async def told(request: Request[Any, Any, Any], contact_id: UUID, said: Said, events: Sequence[RecordedEvent]) -> Toast:
    """What was done; with a way back where one event was recorded and what was said before allows it."""
    message = "The consent is recorded." if said.answer == "yes" else "The no is recorded. It holds from now on."
    known = (await histories(request.state.crm, [contact_id])).values() if len(events) == 1 else ()
    undoable = len(events) == 1 and may_correct(events[0], [each for some in known for each in some])
    undo = f"{base_of(contact_id)}/{events[0].id}/undo" if undoable else None
    return Toast(message=message, undo_url=undo)


ROUTES = (form, record)

__all__ = ["ROUTES", "Channel", "record_page"]
