"""Erasure: what goes and what stays, on which ground and until when, shown before anybody confirms it (step 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.certificate import certificate_name, certificate_of
from confida_consent.rights.erasure import ErasureBlocked, ErasureFailed, erase_person
from confida_consent.rights.erasure_plan import plan_erasure
from confida_consent.rights.erasure_rows import ErasureRow, erasures
from confida_consent.rights.portal_messages import PLAN_CONFIRMED, SUPPRESSION_WANTED
from confida_consent.rights.requests import OpenedRequest, request_of
from confida_consent.rights.requests_carrying import note
from confida_consent.rights.vocabulary import ErasureStage, RequestKind, RequestState
from confida_core.contacts.people import display_names
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_web.display import Errors
from confida_web.files.routes import SANDBOX, disposition
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.requests.listing import HERE
from confida_web.requests.packaging import access_of
from confida_web.requests.pages_carrying import ErasurePage, StayLine

# Answered is not among them: the letter may have to go before the address does.
NOT_WANTED = frozenset({RequestState.WITHDRAWN, RequestState.REFUSED, RequestState.REVIEW, RequestState.EXPIRED})


@get("/requests/{request_id:uuid}/erasure", permission="requests.decide")
async def erasure(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[Any]:
    """evidence=yes: the plan in which proof of consents goes too."""
    wish = Wish(evidence=request.query_params.get("evidence") == "yes")
    return page(request, await erasure_page(request, request_id, wish), block="form")


@dataclass(frozen=True, slots=True)
class Wish:
    """evidence: the proof of consents goes too. suppress: None for what the person asked for."""

    evidence: bool = False
    suppress: bool | None = None


def asked_to_suppress(one: OpenedRequest) -> bool:
    """Whether the person, when they confirmed the plan, asked for the suppression list."""
    confirmed = [step.text for step in one.steps if step.step == PLAN_CONFIRMED]
    return bool(confirmed) and confirmed[-1].endswith(SUPPRESSION_WANTED)


async def erasure_page(
    request: Request[Any, Any, Any], request_id: UUID, wish: Wish, errors: Errors | None = None
) -> ErasurePage:
    crm, href = request.state.crm, f"{HERE}/{request_id}"
    one = await request_of(crm, access_of(request), request_id)
    begun = await latest(crm, access_of(request), request_id)
    base: dict[str, Any] = {
        "reference": one.reference,
        "back": href,
        "action": f"{href}/erasure",
        "errors": errors or {},
        "evidence": wish.evidence,
        "suppress": asked_to_suppress(one) if wish.suppress is None else wish.suppress,
        "confirmed": any(step.step == PLAN_CONFIRMED for step in one.steps),
    }
    if begun is not None:
        done = begun.stage == ErasureStage.DONE
        certificate = f"{href}/certificate.zip" if done else ""
        base |= {
            "stage": begun.stage,
            "done": done,
            "finished_at": begun.finished_at,
            "certificate_href": certificate,
        }
    if begun is None and one.contact_id is not None:
        base |= await planned(request, one.contact_id, wish)
    return ErasurePage(**base)


async def latest(crm: Installation, access: Access, request_id: UUID) -> ErasureRow | None:
    """The erasure that was begun for this request, if any."""
    return next(iter(await erasures(crm, access, request_id=request_id, limit=1)), None)


async def planned(request: Request[Any, Any, Any], contact_id: UUID, wish: Wish) -> dict[str, Any]:
    crm, access = request.state.crm, access_of(request)
    plan = await plan_erasure(crm, access, contact_id, evidence=wish.evidence)
    names = await display_names(crm, access, [contact_id])
    return {
        "name": names.get(contact_id, ""),
        "goes": tuple((one.label, one.count) for one in plan.goes),
        "stays": tuple(
            StayLine(
                what=one.label,
                count=one.count,
                ground=f"{one.ground} {one.provision}".strip(),
                until=one.until,
                citation=one.citation,
            )
            for one in plan.stays
        ),
        "shared": tuple((one.label, one.records, one.people) for one in plan.shared),
        "recipients": tuple((one.name, one.times, one.last) for one in plan.recipients),
        "holds": tuple((one.name or "A hold without a name", one.given_at) for one in plan.blocked_by),
        "backups": plan.backups,
    }


@post("/requests/{request_id:uuid}/erasure", permission="requests.decide", status_code=200)
async def erase(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    one = await request_of(request.state.crm, access_of(request), request_id)
    wish = Wish(evidence=form.flag("evidence"), suppress=form.flag("suppress"))
    try:
        if not form.flag("seen"):
            raise InvalidContent({"seen": "Confirm that you have looked at what goes and what stays."})
        await carry_out(request, one, wish)
    except InvalidContent as wrong:
        return page(request, await erasure_page(request, request_id, wish, wrong.errors), block="form", status=422)
    return redirect(request, f"{HERE}/{request_id}/erasure", Toast(message="Erased. The certificate is ready."))


async def carry_out(request: Request[Any, Any, Any], one: OpenedRequest, wish: Wish) -> None:
    """Raises InvalidContent with the reason where it cannot be done, or was not completed."""
    if one.contact_id is None or not one.verified:
        raise InvalidContent({"": "First it has to be proved who asks."})
    if one.kind is not RequestKind.ERASURE or one.state in NOT_WANTED or one.row["merged_into"] is not None:
        raise InvalidContent({"": "This request does not ask for an erasure, or not any more."})
    crm, access = request.state.crm, access_of(request)
    try:
        done = await erase_person(
            crm, access, one.contact_id, request_id=one.id, suppress=bool(wish.suppress), evidence=wish.evidence
        )
    except ErasureBlocked as blocked:
        raise InvalidContent({"": f"{len(blocked.holds)} legal holds keep these data. Nothing was erased."}) from None
    except ErasureFailed as failed:
        raise InvalidContent({"": f"It stopped at “{failed.what}” and goes on by itself; or confirm again."}) from None
    await note(crm, access, one.id, certificate_name(done.id))


@get("/requests/{request_id:uuid}/certificate.zip", permission="requests.read")
async def certificate(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[bytes]:
    """For the person: it proves the erasure offline and holds nothing about them."""
    crm, access = request.state.crm, access_of(request)
    await request_of(crm, access, request_id)
    begun = await latest(crm, access, request_id)
    if begun is None:
        raise NotFound
    content = await certificate_of(crm, access, begun.id)
    headers = {"Content-Disposition": disposition(certificate_name(begun.id)), "Content-Security-Policy": SANDBOX}
    return Response(content, media_type="application/zip", headers=headers)


ROUTES = (erasure, erase, certificate)
