"""How a request stands, and what its person can do about it: write, withdraw it. Opening the page changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.clock import Step
from confida_consent.rights.declared import LETTER, STEP
from confida_consent.rights.portal_messages import PLAN_CONFIRMED, keep_message
from confida_consent.rights.requests_deciding import withdraw
from confida_consent.rights.steps import INSIDE, opened_file
from confida_consent.rights.vocabulary import ErasureStage, PackageState, RequestKind
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access
from confida_web.forms import parse_form
from confida_web.languages import gettext, speaking
from confida_web.multipart import BadBody
from confida_web.portal.entering import note_attempt
from confida_web.portal.requests_asking import session_person
from confida_web.portal.requests_holding import Holding, holding_of
from confida_web.portal.requests_pages import LetterRow, StatusPage, StepRow
from confida_web.portal.requests_words import KINDS, STATES, STEPS
from confida_web.portal.showing import refused, show
from confida_web.redirect import elsewhere
from confida_web.security.access import access_for

LONGEST_MESSAGE = 10_000
MOST_LETTERS = 100
CERTIFICATE_LASTS = timedelta(days=30)
TOLD = frozenset({"sent", "proved", "written", "withdrawn", "confirmed", "taken", "late"})
SHOWN_PACKAGES = (PackageState.READY, PackageState.DELIVERED, PackageState.EXPIRED)


@get("/my/requests/{token:str}", public=True)
async def status(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    holding = await holding_of(request, token)
    if holding is None:
        return refused(request)
    done = request.query_params.get("done", "")
    return show(request, await status_page(request, holding, done=done if done in TOLD else ""))


async def status_page(request: Request[Any, Any, Any], holding: Holding, **changes: Any) -> StatusPage:
    """What this holder may see; for one who merely typed an identifier, the same whether or not anybody has it."""
    stands = holding.status
    page = {
        "at": holding.at,
        "reference": stands.reference,
        "kind": stands.kind.value,
        "asked": KINDS[stands.kind].title,
        "state": stands.state.value,
        "state_words": STATES[stands.state],
        "received_at": stands.received_at,
        "due_on": stands.due_on,
        **changes,
    }
    if stands.known:
        page |= await known_parts(request, holding)
    return StatusPage(**page)


async def known_parts(request: Request[Any, Any, Any], holding: Holding) -> dict[str, Any]:
    crm, stands, person = request.state.crm, holding.status, session_person(request)
    found: dict[str, Any] = {
        "known": True,
        "verified": stands.verified,
        "proven": holding.proven,
        "fresh": holding.proved_at is not None,
        "open": holding.open,
        "mine": person is not None and holding.session and not stands.verified,
        "extended": stands.extended,
        "closed_at": stands.closed_at,
        "steps": tuple(StepRow(at=at, what=STEPS[step]) for step, at in stands.steps),
        **await package_parts(crm, holding.row["id"]),
        **await erasure_parts(crm, holding),
    }
    if holding.proven:
        access = access_for(request, "data_subject_rights")
        file = await opened_file(crm, INSIDE, holding.row)
        found["mandate"] = bool(file.mandate) and not stands.verified
        if holding.trusted or stands.kind is RequestKind.COMPLAINT:
            found["authority"] = file.complaint_told
            found["reasons"] = await told_reasons(crm, access, holding.row["id"])
            found["letters"] = await letters(crm, access, holding.row["id"])
    return found


async def told_reasons(crm: Installation, access: Access, request_id: UUID) -> str:
    """Of the extension or refusal that the person was told of last; one that is only proposed is nobody's yet."""
    rows = await crm.data.fetch(
        "SELECT * FROM rights_step WHERE request_id = ? AND step IN (?, ?) ORDER BY at DESC, id DESC LIMIT 1",
        request_id, Step.EXTENDED.value, Step.REFUSED.value,
    )  # fmt: skip
    opened = await crm.door.open(access, STEP, rows)
    return str(opened[0].content.text) if opened else ""


async def letters(crm: Installation, access: Access, request_id: UUID) -> tuple[LetterRow, ...]:
    """The correspondence, the newest first; opened for the person, who stands in the read log."""
    rows = await crm.data.fetch(
        "SELECT * FROM rights_letter WHERE request_id = ? ORDER BY at DESC, id DESC LIMIT ?", request_id, MOST_LETTERS
    )
    return tuple(
        LetterRow(
            at=one.row["at"], ours=one.row["direction"] == "out", subject=one.content.subject, text=one.content.text
        )
        for one in await crm.door.open(access, LETTER, rows)
    )


async def package_parts(crm: Installation, request_id: UUID) -> dict[str, Any]:
    """Of the newest answer, once it was released."""
    rows = await crm.data.fetch(
        "SELECT state, expires_at, delivered_at FROM rights_package WHERE request_id = ? ORDER BY id DESC LIMIT 1",
        request_id,
    )
    if not rows or rows[0]["state"] not in SHOWN_PACKAGES or rows[0]["expires_at"] is None:
        return {}
    row = rows[0]
    over = row["state"] == PackageState.READY and row["expires_at"] <= now()
    return {
        "package": PackageState.EXPIRED.value if over else row["state"],
        "package_until": row["expires_at"],
        "package_taken": row["delivered_at"],
    }


async def erasure_parts(crm: Installation, holding: Holding) -> dict[str, Any]:
    if holding.row["kind"] != RequestKind.ERASURE:
        return {}
    done = await finished_erasure(crm, holding.row["id"])
    until: datetime | None = done["finished_at"] + CERTIFICATE_LASTS if done else None
    return {
        "plan_confirmed": await has_step(crm, holding.row["id"], PLAN_CONFIRMED),
        "certificate": until is not None and until > now(),
        "certificate_until": until,
    }


async def finished_erasure(crm: Installation, request_id: UUID) -> Row | None:
    rows = await crm.data.fetch(
        "SELECT id, finished_at FROM rights_erasure WHERE request_id = ? AND stage = ? ORDER BY id DESC LIMIT 1",
        request_id, ErasureStage.DONE.value,
    )  # fmt: skip
    return rows[0] if rows and rows[0]["finished_at"] is not None else None


async def has_step(crm: Installation, request_id: UUID, step: str) -> bool:
    return bool(
        await crm.data.fetch("SELECT id FROM rights_step WHERE request_id = ? AND step = ? LIMIT 1", request_id, step)
    )


@post("/my/requests/{token:str}/message", public=True, csrf="portal")
async def write(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """What the person writes goes into the file. Of somebody not known yet: how else to find out who they are (escalation).

    A reply to a question sets the clock going again only if it comes by a link that went to stored contact data.
    """
    await note_attempt(request.state.crm, request, f"portal request message {token[:100]}")
    holding, form = await holding_of(request, token), await parse_form(request)
    if holding is None:
        return refused(request)
    text = form.get("text").strip()
    if not text or len(text) > LONGEST_MESSAGE:
        with speaking(request.state.frame.words):
            errors = {"text": gettext("Please write a text of at most %(most)s characters.", most=LONGEST_MESSAGE)}
        return show(request, await status_page(request, holding, errors=errors), status=422)
    stands = holding.status
    known = stands.known and (stands.verified or holding.proven)
    try:
        await keep_message(request.state.crm, holding.row["id"], stands.reference, text, known=known)
    except InvalidContent:
        raise BadBody(422, "The text holds a character that cannot be stored.") from None
    return back_to(holding, "written")


@post("/my/requests/{token:str}/withdraw", public=True, csrf="portal")
async def take_back(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Only by a link that went to stored contact data, or by the person: nobody ends what somebody else asked for."""
    holding = await holding_of(request, token)
    if holding is None or not holding.status.known:
        return refused(request)
    if not holding.open:
        return back_to(holding, "late")
    try:
        await withdraw(request.state.crm, INSIDE, holding.row["id"])
    except InvalidContent:
        return back_to(holding, "late")
    return back_to(holding, "withdrawn")


def back_to(holding: Holding, done: str = "") -> Response[Any]:
    return elsewhere(f"{holding.at}?done={done}" if done else holding.at)


ROUTES = (status, write, take_back)
