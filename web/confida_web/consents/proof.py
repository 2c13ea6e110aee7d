"""The proof of one event: the facts, what was shown, the evidence, and its place in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.events import IndicationRefused, OpenedEvent, RecordedEvent
from confida_consent.events import event as opened_event
from confida_consent.history import histories
from confida_consent.ledger.commitments import commitment_of
from confida_consent.ledger.log import LedgerBroken, NoSuchLeaf, inclusion
from confida_consent.notices import notice
from confida_consent.purposes import all_purposes
from confida_consent.receipts import files
from confida_consent.receipts.issuing import receipt_of
from confida_consent.vocabulary import ConsentType
from confida_core.storage.sealed_files import OpenFile, open_file
from confida_core.vault.access import NotFound
from confida_web.consents.correcting import LONGEST_REASON, correct, correction_of, correction_says, find_correction
from confida_web.consents.history import base_of, event_rows
from confida_web.consents.pages import Download, LedgerPlace, NoticeText, ProofPage, ScanFile
from confida_web.consents.words import (
    KINDS,
    METHODS,
    basis_word,
    channel_word,
    language_name,
    titles,
)
from confida_web.contacts.head import head_of, open_contact
from confida_web.display import Errors
from confida_web.files.routes import SANDBOX, disposition
from confida_web.formatting import Formatter, formatter
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

DOWNLOADS = {
    files.JSONLD: ("JSON-LD", "ISO/IEC TS 27560, for programs"),
    files.KANTARA: ("Kantara receipt 1.1", "JSON, for programs"),
    files.NOTICE: ("The notice", "the exact bytes that were shown"),
    files.PROOF: ("Proof from the ledger", "opens the entry; holds what it says in the clear"),
}
TYPES = {
    ConsentType.IMPLIED: "implied",
    ConsentType.EXPRESSED: "expressed",
    ConsentType.EXPLICIT: "explicitly expressed",
}
EVIDENCE = {
    "indicated_by": "Who said it",
    "address": "Said for",
    "detail": "Note",
    "script": "What was asked",
    "source": "Where",
    "origin": "Origin",
    "request_id": "Request",
    "ip": "Network address",
    "browser": "Browser",
}


@get("/contacts/{contact_id:uuid}/consents/{event_id:uuid}", permission="consents.read")
async def proof(request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await proof_page(request, contact_id, event_id))


async def visible_event(request: Request[Any, Any, Any], contact_id: UUID, event_id: UUID) -> OpenedEvent:
    """One event of this contact, opened through the door. Raises NotFound."""
    await open_contact(request, contact_id)
    opened = await opened_event(request.state.crm, access_for(request, "consent"), event_id)
    if opened.event.subject_id != contact_id:
        raise NotFound("event")
    return opened


async def proof_page(
    request: Request[Any, Any, Any], contact_id: UUID, event_id: UUID, errors: Errors | None = None
) -> ProofPage:
    crm, frame = request.state.crm, request.state.frame
    opened = await visible_event(request, contact_id, event_id)
    _, contact = await open_contact(request, contact_id)
    event, f = opened.event, formatter(frame.lang, frame.time_zone)
    everything = [each for some in (await histories(crm, [contact_id])).values() for each in some]
    purposes = await all_purposes(crm)
    correction = correction_of(event, everything)
    following = next((each.id for each in everything if each.supersedes == event.id), None)
    return ProofPage(
        contact=head_of(crm, contact),
        event=(await event_rows(request, [event], everything, titles(purposes, frame.lang)))[0],
        facts=tuple(facts_of(event, purposes, f, frame.lang)),
        evidence=tuple(evidence_of(opened.evidence, f)),
        notice=await notice_of(request, event),
        scan=await scan_of(request, opened),
        ledger=await place_of(request, opened),
        downloads=downloads_of(event, await receipt_names(request, event_id)),
        corrected_by=f"{base_of(contact_id)}/{following}" if following else None,
        corrects=f"{base_of(contact_id)}/{event.supersedes}" if event.supersedes else None,
        may_see_reads=request.state.actor.may("reads.read"),
        correct_says=correction_says(correction) if correction else "",
        errors=errors or {},
    )


def facts_of(
    event: RecordedEvent, purposes: Mapping[str, Purpose], f: Formatter, lang: str
) -> Iterable[tuple[str, str]]:
    title = titles(purposes, lang).get(event.purpose, event.purpose)
    yield "What", KINDS.get(event.kind, event.kind)
    yield "Purpose", f"{title}, version {event.purpose_version}" if event.purpose_version else title
    yield "By", channel_word(event.channel)
    yield "Counts from", f.at(event.indicated_at)
    if event.valid_until:
        yield "Until", f.at(event.valid_until)
    yield "How", METHODS.get(event.method, event.method)
    yield "Ground", basis_word(event.legal_basis) or "none"
    if event.consent_type:
        yield "Kind of consent", TYPES.get(ConsentType(event.consent_type), event.consent_type)
    yield "Recorded", f.at(event.recorded_at)
    yield "Event", str(event.id)


def evidence_of(evidence: Evidence, f: Formatter) -> Iterable[tuple[str, str]]:
    for name, label in EVIDENCE.items():
        if value := getattr(evidence, name):
            yield label, value
    for label, moment in (("Date on it", evidence.stated_at), ("Confirmed", evidence.confirmed_at)):
        if moment:
            yield label, f.at(moment)
    if evidence.token_hash:
        yield "Hash of the link", evidence.token_hash


async def notice_of(request: Request[Any, Any, Any], event: RecordedEvent) -> NoticeText | None:
    if event.notice_id is None:
        return None
    found = await notice(request.state.crm, event.notice_id)
    return NoticeText(
        title=found.purpose,
        language=language_name(found.language, request.state.frame.lang),
        number=found.number,
        text=found.text,
        sha256=found.sha256.hex(),
        href=f"/consents/notices/{found.id}",
    )


async def scan_of(request: Request[Any, Any, Any], opened: OpenedEvent) -> ScanFile | None:
    """None if there is none, and once it was erased."""
    try:
        file = await opened_scan(request, opened)
    except NotFound:
        return None
    href = f"{base_of(opened.event.subject_id)}/{opened.event.id}/scan"
    return ScanFile(name=file.content.name, href=href, size=file.content.size)


async def opened_scan(request: Request[Any, Any, Any], opened: OpenedEvent) -> OpenFile:
    """Raises NotFound."""
    if not opened.evidence.file_id:
        raise NotFound("file")
    file = await open_file(request.state.crm, access_for(request, "consent"), UUID(hex=opened.evidence.file_id))
    if file.row["permission"] != "consents.read":
        raise NotFound("file")
    return file


async def place_of(request: Request[Any, Any, Any], opened: OpenedEvent) -> LedgerPlace:
    """Its inclusion is worked out now; a ledger that does not hold it is shown as what it is."""
    evidence, index = opened.evidence, opened.event.ledger_index
    value = commitment_of(evidence.salt, evidence.payload).hex() if evidence.salt else ""
    try:
        found = await inclusion(request.state.crm, index)
    except (LedgerBroken, NoSuchLeaf):
        return LedgerPlace(index=index, commitment=value)
    return LedgerPlace(
        index=index,
        size=found.size,
        proved=True,
        commitment=value,
        checkpoint=found.checkpoint.decode("utf-8", "replace"),
    )


async def receipt_names(request: Request[Any, Any, Any], event_id: UUID) -> tuple[str, ...]:
    """Which forms a receipt of this event has; none where the ledger cannot prove it."""
    try:
        receipt = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    except (LedgerBroken, NoSuchLeaf):
        return ()
    return tuple(files.files_of(receipt))


def downloads_of(event: RecordedEvent, names: tuple[str, ...]) -> tuple[Download, ...]:
    if not names:
        return ()
    base = f"{base_of(event.subject_id)}/{event.id}"
    whole = Download(
        label="Everything in one file",
        href=f"{base}/receipt.zip",
        hint="to hand to the person, with the program that checks it",
    )
    paper = Download(
        label="To read and print", href=f"{base}/receipt", hint="a page in the person’s language", page=True
    )
    return (
        paper,
        whole,
        *(
            Download(label=DOWNLOADS[name][0], href=f"{base}/files/{name}", hint=DOWNLOADS[name][1])
            for name in names
            if name in DOWNLOADS
        ),
    )


@get("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/scan", permission="consents.read")
async def scan(request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]) -> Stream:
    """The very bytes that were sealed, never shown in place."""
    file = await opened_scan(request, await visible_event(request, contact_id, event_id))
    return Stream(
        file.pieces,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(file.content.name),
            "Content-Length": str(file.content.size),
            "Content-Security-Policy": SANDBOX,
        },
    )


def sent(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return Response(content, media_type=media_type, headers=headers)


@get("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/receipt.zip", permission="consents.read")
async def archive(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]
) -> Response[bytes]:
    await visible_event(request, contact_id, event_id)
    receipt = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    return sent(files.receipt_archive(receipt), "application/zip", files.archive_name(receipt))


@get("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/files/{name:str}", permission="consents.read")
async def one_file(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID], name: FromPath[str]
) -> Response[bytes]:
    await visible_event(request, contact_id, event_id)
    receipt = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    found = files.files_of(receipt).get(name)
    if found is None:
        raise NotFound("file")
    return sent(found[1], found[0], name)


@post("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/correct", permission="consents.record", status_code=200)
async def put_right(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]
) -> Response[Any]:
    """A mistake of ours, with the reason."""
    form = await parse_form(request)
    correction = await find_correction(request, contact_id, event_id)
    reason, errors = form.get("reason").strip(), dict[str, str]()
    if not 1 <= len(reason) <= LONGEST_REASON:
        errors = {"reason": "Say in a sentence what went wrong."}
    else:
        try:
            event = await correct(request, correction, reason)
        except IndicationRefused as refused:
            errors = {"reason": f"It cannot be corrected: {refused.sentence}."}
    if errors:
        shown = await proof_page(request, contact_id, event_id, errors)
        return page(request, shown, block="form", status=422)
    return redirect(request, f"{base_of(contact_id)}/{event.id}", Toast(message="Corrected. Both stay in the history."))


ROUTES = (proof, scan, archive, one_file, put_right)
