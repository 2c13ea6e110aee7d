"""What leaves a campaign by hand: letters, addresses, and calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, NotFound
from confida_marketing.campaigns.calling import OUTCOMES, note_call, people_to_call
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.letters import addresses_csv, letters_pdf
from confida_marketing.campaigns.pages import CallRow, CallsPage
from confida_marketing.campaigns.progress import progress_of
from confida_marketing.campaigns.shown import LIST, options
from confida_marketing.campaigns.wording import BrokenWords, words_for
from confida_web.api import NoPDF, Toast, access_for, disposition, gettext, page, parse_form, redirect

ONE = LIST + "/{campaign_id:uuid}"
NOBODY = "Nobody is left on the list who may be written to."


def handed_out(content: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response(content, media_type=media_type, headers=headers, status_code=200)


@post(ONE + "/letters.pdf", permission="marketing.send", status_code=200)
async def letters(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    """The next letters; with `again` those that were printed before."""
    again = (await parse_form(request)).flag("again")
    crm, access = request.state.crm, access_for(request, "relationship")
    await visible_campaign(crm, access, campaign_id)
    try:
        pdf = await letters_pdf(crm, access, campaign_id, again=again)
    except NotFound:
        return redirect(request, f"{LIST}/{campaign_id}", Toast(message=gettext(NOBODY), tone="notice"))
    except (NoPDF, BrokenWords) as problem:
        return redirect(request, f"{LIST}/{campaign_id}", Toast(message=gettext(problem.sentence), tone="problem"))
    return handed_out(pdf, "letters.pdf", "application/pdf")


@post(ONE + "/addresses.csv", permission="marketing.send", fresh=True, status_code=200)
async def addresses(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    """The next addresses; with `again` those that were handed out before."""
    again = (await parse_form(request)).flag("again")
    crm, access = request.state.crm, access_for(request, "relationship")
    await visible_campaign(crm, access, campaign_id)
    try:
        content = await addresses_csv(crm, access, campaign_id, again=again)
    except NotFound:
        return redirect(request, f"{LIST}/{campaign_id}", Toast(message=gettext(NOBODY), tone="notice"))
    return handed_out(content, "addresses.csv", "text/csv; charset=utf-8")


@get(ONE + "/calls", permission="marketing.write")
async def calls(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "relationship")
    return page(request, await calls_page(crm, access, campaign_id), block="calls")


async def calls_page(crm: Installation, access: Access, campaign_id: UUID) -> CallsPage:
    """Raises NotFound unless it is a telephone campaign that runs."""
    campaign = await visible_campaign(crm, access, campaign_id)
    found = await people_to_call(crm, access, campaign_id)
    filled = await words_for(crm, campaign.content.message)
    progress = (await progress_of(crm, [campaign_id]))[campaign_id]
    return CallsPage(
        id=str(campaign_id),
        name=campaign.content.name,
        rows=tuple(
            CallRow(
                contact_id=str(one.contact.row["id"]),
                name=one.contact.content.display_name,
                numbers=tuple(phone.number for phone in one.contact.content.phones),
                outcome=one.outcome,
                words=filled(one.contact.content),
            )
            for one in found
        ),
        left=progress.of("listed"),
        called=progress.of("called"),
        outcomes=options(OUTCOMES, ""),
        may_write=access.actor.may("marketing.write") and access.actor.may("interactions.write"),
    )


@post(ONE + "/calls/{contact_id:uuid}", permission="marketing.write", status_code=200)
async def call(
    request: Request[Any, Any, Any], campaign_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, "relationship")
    back = f"{LIST}/{campaign_id}/calls"
    try:
        await note_call(crm, access, campaign_id, contact_id, (form.get("outcome"), form.get("note").strip()))
    except InvalidContent as wrong:
        sentence = gettext(next(iter(wrong.errors.values())))
        return redirect(request, back, Toast(message=sentence, tone="problem"))
    after = await visible_campaign(crm, access, campaign_id)
    return redirect(
        request, back if after.row["state"] == "running" else f"{LIST}/{campaign_id}", Toast(message=gettext("Noted."))
    )


ROUTES = (letters, addresses, calls, call)
