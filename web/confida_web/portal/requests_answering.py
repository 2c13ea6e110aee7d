"""What a person gets: the answer, once and after renewed proof (step 10); the plan of an erasure and its certificate (12, 13)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_consent.rights.certificate import certificate_name, certificate_of
from confida_consent.rights.declared import HOLD
from confida_consent.rights.erasure_facts import ErasurePlan, Staying
from confida_consent.rights.erasure_plan import plan_erasure
from confida_consent.rights.package_delivery import DeliveryGrant, deliver_package
from confida_consent.rights.package_review import NotReady
from confida_consent.rights.package_words import Voice
from confida_consent.rights.portal_messages import PLAN_CONFIRMED, SUPPRESSION_WANTED
from confida_consent.rights.steps import INSIDE, take_step
from confida_consent.rights.vocabulary import RequestKind
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import NotFound
from confida_web.forms import parse_form
from confida_web.languages import gettext, speaking
from confida_web.portal.receipts import attachment
from confida_web.portal.requests_holding import Holding, holding_of
from confida_web.portal.requests_pages import ErasePage, PlanLine
from confida_web.portal.requests_status import (
    CERTIFICATE_LASTS,
    back_to,
    finished_erasure,
    has_step,
)
from confida_web.portal.requests_words import GROUNDS, HELD, LINKS
from confida_web.portal.showing import refused, show

# Nothing in it is a page of ours, whatever is in it.
SANDBOX = "sandbox; default-src 'none'"


@post("/my/requests/{token:str}/package", public=True, csrf="portal")
async def fetch(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any] | Stream:
    """The released answer, once, to whoever typed a fresh code in this browser."""
    holding = await holding_of(request, token)
    if holding is None or not holding.status.known:
        return refused(request)
    if holding.proved_at is None or not holding.status.verified:
        return back_to(holding)
    grant = DeliveryGrant(request_id=holding.row["id"], verified_at=holding.proved_at)
    try:
        name, pieces = await deliver_package(request.state.crm, grant)
    except (NotReady, NotFound):
        return back_to(holding, "late")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": SANDBOX}
    return Stream(pieces, status_code=200, media_type="application/zip", headers=headers)


def may_plan(holding: Holding | None) -> bool:
    return (
        holding is not None
        and holding.trusted
        and holding.open
        and holding.row["kind"] == RequestKind.ERASURE
        and holding.row["contact_id"] is not None
    )


@get("/my/requests/{token:str}/erasure", public=True)
async def plan(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """What goes now, what stays, on which ground and until when: for the person alone, before they confirm it."""
    holding = await holding_of(request, token)
    if holding is None:
        return refused(request)
    if not may_plan(holding) or await has_step(request.state.crm, holding.row["id"], PLAN_CONFIRMED):
        return back_to(holding)
    return show(request, await plan_page(request, holding))


async def plan_page(request: Request[Any, Any, Any], holding: Holding, **changes: Any) -> ErasePage:
    crm, person = request.state.crm, holding.row["contact_id"]
    found = await plan_erasure(crm, INSIDE, person)
    voice = Voice(request.state.frame.words, crm.settings.time_zone)
    return ErasePage(
        at=holding.at,
        reference=holding.status.reference,
        goes=going(voice, found),
        stays=tuple(
            PlanLine(
                what=voice.say(one.label),
                count=one.count,
                ground=ground_of(voice, one),
                until=one.until,
            )
            for one in found.stays
        ),
        shared=tuple(PlanLine(what=voice.say(one.label), count=one.records, people=one.people) for one in found.shared),
        recipients=tuple(one.name for one in found.recipients),
        held_since=tuple(one.given_at for one in found.blocked_by),
        seen=fingerprint(found),
        **changes,
    )


def ground_of(voice: Voice, one: Staying) -> str:
    """In words for the person; of what plugins keep for reasons of their own, theirs."""
    words = HELD if one.key == HOLD.name else GROUNDS.get(one.retention_class, "")
    with speaking(voice.language):
        return gettext(words) if words else f"{voice.say(one.ground)} {one.provision}".strip()


def going(voice: Voice, plan: ErasurePlan) -> tuple[PlanLine, ...]:
    """By what people call it: tables that differ only in the name they have in the database are one line."""
    counts = Counter[str]()
    for one in plan.goes:
        counts[one.label.partition(" (")[0]] += one.count
    with speaking(voice.language):
        words = {label: gettext(LINKS) if label == LINKS else voice.say(label) for label in counts}
    return tuple(PlanLine(what=words[label], count=count) for label, count in counts.items())


def fingerprint(plan: ErasurePlan) -> str:
    """Of what was shown, so that nobody confirms something else."""
    lines = [*map(str, plan.goes), "-", *map(str, plan.stays)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@post("/my/requests/{token:str}/erasure", public=True, csrf="portal")
async def confirm(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The person has seen it and wants it; carried out by whoever decides about requests. Confirming twice is once."""
    holding, form, crm = await holding_of(request, token), await parse_form(request), request.state.crm
    if holding is None:
        return refused(request)
    if not may_plan(holding) or await has_step(crm, holding.row["id"], PLAN_CONFIRMED):
        return back_to(holding)
    found = await plan_erasure(crm, INSIDE, holding.row["contact_id"])
    if found.blocked or form.get("seen") != fingerprint(found):
        return show(request, await plan_page(request, holding, changed=not found.blocked), status=409)
    try:
        await take_step(crm, INSIDE, holding.row["id"], PLAN_CONFIRMED, confirmed_words(found, form.flag("suppress")))
    except InvalidContent:
        return back_to(holding, "late")
    return back_to(holding, "confirmed")


def confirmed_words(plan: ErasurePlan, suppress: bool) -> str:
    """For the file, in English like all of it."""
    lines = ["Goes:", *map(str, plan.goes), "Stays:", *map(str, plan.stays)]
    wish = SUPPRESSION_WANTED if suppress else "Suppression list asked for: no"
    return "\n".join(lines)[:18_000] + f"\n{wish}"


@get("/my/requests/{token:str}/certificate", public=True)
async def certificate(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Holds nothing personal, and there is nobody left to prove anything by: the link is enough, for thirty days."""
    holding, crm = await holding_of(request, token), request.state.crm
    done = await finished_erasure(crm, holding.row["id"]) if holding is not None and holding.status.known else None
    if done is None or done["finished_at"] + CERTIFICATE_LASTS <= now():
        return refused(request)
    return attachment(certificate_name(done["id"]), "application/zip", await certificate_of(crm, INSIDE, done["id"]))


ROUTES = (fetch, plan, confirm, certificate)
