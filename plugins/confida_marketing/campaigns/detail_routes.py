"""One campaign at the browser: how far it is, what is missing, and what starts, pauses and stops it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, NotFound, Opened
from confida_marketing.campaigns.again import WHOM, send_again, whom_again
from confida_marketing.campaigns.audience import audience_of
from confida_marketing.campaigns.campaigns import CHANNELS, STATES, visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.deciding import decide_by_hand, scores_of
from confida_marketing.campaigns.list_routes import PURPOSE
from confida_marketing.campaigns.pages import CampaignPage, WayRow
from confida_marketing.campaigns.progress import progress_of, refusals_of
from confida_marketing.campaigns.shown import LIST, TONES, facts_of, figures_of, goal_of, money_of
from confida_marketing.campaigns.states import (
    SENT_BY_PROGRAM,
    continue_campaign,
    faults_of,
    pause_campaign,
    start_campaign,
    stop_campaign,
    unplan_campaign,
)
from confida_marketing.campaigns.why import reason_words
from confida_marketing.content.emails import Email, visible_email
from confida_marketing.content.variants import variants_of
from confida_web.api import Toast, access_for, formatter_of, gettext, ngettext, page, parse_form, redirect

ONE = LIST + "/{campaign_id:uuid}"
Act = Callable[[Installation, Access, UUID], Awaitable[Any]]


@get(ONE, permission="marketing.read")
async def campaign(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    """As a fragment its progress alone, which the page asks for again and again while it runs."""
    opened = await visible_campaign(request.state.crm, access_for(request, PURPOSE), campaign_id)
    return page(request, await campaign_page(request, opened), block="progress")


@get(ONE + "/audience", permission="marketing.read")
async def audience(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    """The same page with whom it would reach now, asked of the gate; that takes a second where it is for many."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_campaign(crm, access, campaign_id)
    try:
        found = await audience_of(crm, access, opened)
    except NotFound:
        error = gettext("A segment of this campaign is no longer there.")
        return page(request, await campaign_page(request, opened, error=error), block="audience")
    refused = tuple((reason_words(reason), number) for reason, number in found.refused.items())
    more = {"audience": len(found.ids), "excluded": found.excluded, "refused": refused}
    return page(request, await campaign_page(request, opened, **more), block="audience")


async def email_of(crm: Installation, access: Access, opened: Opened[CampaignContent]) -> Email | None:
    if opened.row["email_id"] is None:
        return None
    try:
        return await visible_email(crm, access, opened.row["email_id"])
    except NotFound:
        return None


async def campaign_page(request: Request[Any, Any, Any], opened: Opened[CampaignContent], **more: Any) -> CampaignPage:
    crm, access, f = request.state.crm, access_for(request, PURPOSE), formatter_of(request)
    row, content = opened.row, opened.content
    progress = (await progress_of(crm, [row["id"]]))[row["id"]]
    email = await email_of(crm, access, opened)
    faults = await faults_of(crm, access, opened) if row["state"] in ("draft", "paused") else {}
    reasons = await refusals_of(crm, row["id"]) if row["audience_at"] else {}
    return CampaignPage(
        id=str(row["id"]),
        name=content.name,
        channel=row["channel"],
        channel_label=gettext(CHANNELS[row["channel"]]),
        state=row["state"],
        state_label=gettext(STATES[row["state"]]),
        tone=TONES[row["state"]],
        live=row["state"] == "running" or bool(progress.of("waiting")),
        percent=progress.percent,
        total=progress.total,
        settled=progress.settled,
        figures=figures_of(progress),
        reasons=tuple((reason_words(reason), number) for reason, number in reasons.items()),
        faults=tuple(gettext(sentence) for sentence in faults.values()),
        facts=await facts_of(crm, f, opened, email.name if email else ""),
        email_id=str(email.id) if email else "",
        printed=bool(progress.of("printed")),
        goal=content.goal,
        goal_sentence=goal_of(f, row),
        note=content.note,
        message=content.message if row["channel"] != "email" else "",
        money=money_of(f, row, progress.of("sent") + progress.of("printed") + progress.of("called")),
        ways=await ways_of(crm, opened, email),
        test_ends_at=row["test_ends_at"],
        decided=bool(row["winner"]),
        decides_by_hand=row["decide_by"] == "hand",
        again=await again_of(crm, opened, access),
        may_write=access.actor.may("marketing.write"),
        may_send=access.actor.may("marketing.send"),
        version=row["version"],
        **more,
    )


async def ways_of(crm: Installation, opened: Opened[CampaignContent], email: Email | None) -> tuple[WayRow, ...]:
    """How those that are tried did; nothing where none is tried."""
    row = opened.row
    if not row["test_share"] or email is None or not row["audience_at"]:
        return ()
    subjects = {one.key: one.subject for one in variants_of(email.content)}
    by = "clicks" if row["decide_by"] == "clicks" else "replies"
    return tuple(
        WayRow(
            key=one.variant,
            subject=subjects.get(one.variant, ""),
            sent=one.sent,
            replies=one.replies,
            clicks=one.clicks,
            rate=100 * one.rate(by),
            winner=one.variant == row["winner"],
        )
        for one in await scores_of(crm, row["id"])
    )


async def again_of(
    crm: Installation, opened: Opened[CampaignContent], access: Access
) -> tuple[tuple[str, str, int], ...]:
    """To whom it could be sent once more: key, words, how many."""
    row = opened.row
    if (
        row["state"] not in ("done", "stopped")
        or row["channel"] not in SENT_BY_PROGRAM
        or not access.actor.may("marketing.send")
    ):
        return ()
    found = [(key, gettext(words), len(await whom_again(crm, row["id"], key))) for key, (words, _) in WHOM.items()]
    return tuple(one for one in found if one[2])


async def changed(request: Request[Any, Any, Any], campaign_id: UUID, act: Act, words: str) -> Response[Any]:
    """Do it, and say so; what stands in its way is said on the page."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        await act(crm, access, campaign_id)
    except InvalidContent as wrong:
        opened = await visible_campaign(crm, access, campaign_id)
        error = " ".join(gettext(sentence) for sentence in wrong.errors.values())
        return page(request, await campaign_page(request, opened, error=error), status=422)
    return redirect(request, f"{LIST}/{campaign_id}", Toast(message=words))


@post(ONE + "/start", permission="marketing.send", status_code=200)
async def start(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    return await changed(request, campaign_id, start_campaign, gettext("The campaign is started."))


@post(ONE + "/unplan", permission="marketing.send", status_code=200)
async def unplan(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    return await changed(request, campaign_id, unplan_campaign, gettext("The campaign is a draft again."))


@post(ONE + "/pause", permission="marketing.send", status_code=200)
async def pause(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    return await changed(request, campaign_id, pause_campaign, gettext("Paused. Nothing more leaves."))


@post(ONE + "/continue", permission="marketing.send", status_code=200)
async def go_on(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    return await changed(request, campaign_id, continue_campaign, gettext("The campaign goes on."))


@post(ONE + "/stop", permission="marketing.send", status_code=200)
async def stop(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    return await changed(request, campaign_id, stop_campaign, gettext("Stopped. What waited was called back."))


@post(ONE + "/decide", permission="marketing.send", status_code=200)
async def decide(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    way = (await parse_form(request)).get("way")[:1]

    async def act(crm: Installation, access: Access, one: UUID) -> None:
        await decide_by_hand(crm, access, one, way)

    return await changed(request, campaign_id, act, gettext("Everybody else gets this one."))


@post(ONE + "/again", permission="marketing.send", status_code=200)
async def again(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    which = (await parse_form(request)).get("which")
    number = 0

    async def act(crm: Installation, access: Access, one: UUID) -> None:
        nonlocal number
        number = await send_again(crm, access, one, which)

    answer = await changed(request, campaign_id, act, "")
    if number:
        words = ngettext("Once more to %(num)d person.", "Once more to %(num)d people.", number)
        return redirect(request, f"{LIST}/{campaign_id}", Toast(message=words))
    return answer


ROUTES = (campaign, audience, start, unplan, pause, go_on, stop, decide, again)
