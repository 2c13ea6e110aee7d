"""The form of a campaign: a new one, and one that is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, VersionConflict, active_accounts
from confida_marketing.campaigns.campaigns import (
    CHANNELS,
    DECISIONS,
    GOALS,
    OPEN,
    change_campaign,
    create_campaign,
    visible_campaign,
)
from confida_marketing.campaigns.form_reading import Reader, empty_values, read_campaign, values_of
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.campaigns.list_routes import PURPOSE
from confida_marketing.campaigns.pages import CampaignFormPage
from confida_marketing.campaigns.shown import LIST, options
from confida_marketing.content.choosing import email_options
from confida_marketing.segments.choosing import segment_options
from confida_marketing.segments.segments import purposes_offered
from confida_web.api import FormData, Option, Toast, access_for, formatter_of, gettext, page, parse_form, redirect

CHANGED = "Somebody changed it meanwhile. What you typed is below: look at the campaign, then save again."


def reader_of(request: Request[Any, Any, Any]) -> Reader:
    return Reader(str(formatter_of(request).locale), house_zone(request.state.crm))


async def form_page(
    request: Request[Any, Any, Any], values: dict[str, str], chosen: Mapping[str, Sequence[str]], **more: Any
) -> CampaignFormPage:
    """chosen: ids of segments by include and exclude."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    segments = await segment_options(crm)
    purposes = {
        key: one.declared.wording(request.state.frame.lang)[1].title
        for key, one in (await purposes_offered(crm)).items()
        if set(one.declared.channels) & set(CHANNELS)
    }

    def ticked(name: str) -> tuple[Option, ...]:
        return tuple(
            Option(value=one.value, label=one.label, chosen=one.value in chosen.get(name, ())) for one in segments
        )

    return CampaignFormPage(
        values=values,
        channels=options(CHANNELS, values["channel"]),
        purposes=tuple(
            Option(value=key, label=label, chosen=key == values["purpose"]) for key, label in purposes.items()
        ),
        include=ticked("include"),
        exclude=ticked("exclude"),
        emails=tuple(await email_options(crm, access, values["email"])),
        owners=tuple(Option(value=str(one.id), label=one.name) for one in await active_accounts(crm)),
        goals=options(GOALS, values["goal_kind"]),
        decisions=options(DECISIONS, values["decide_by"]),
        house_zone=crm.settings.time_zone,
        **more,
    )


@get(f"{LIST}/new", permission="marketing.write")
async def new_campaign(request: Request[Any, Any, Any]) -> Response[Any]:
    """`?segment=` and `?email=` choose one beforehand."""
    asked = {name: str(request.query_params.get(name, "")) for name in ("segment", "email")}
    values = empty_values() | {"email": asked["email"], "owner": str(access_for(request, PURPOSE).actor.id)}
    shown = await form_page(
        request, values, {"include": [asked["segment"]]}, action=LIST, cancel_href=LIST, is_new=True, begun=False
    )
    return page(request, shown)


@post(LIST, permission="marketing.write", status_code=200)
async def make_campaign(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        made = await create_campaign(crm, access, read_campaign(form, reader_of(request)))
    except InvalidContent as wrong:
        shown = await form_page(
            request, typed(form), chosen_of(form), action=LIST, cancel_href=LIST, is_new=True, begun=False,
            errors=translated(wrong.errors),
        )  # fmt: skip
        return page(request, shown, block="form", status=422)
    return redirect(request, f"{LIST}/{made}", Toast(message=gettext("Saved. Nothing is sent before you start it.")))


def typed(form: FormData) -> dict[str, str]:
    return {name: form.get(name, value) for name, value in empty_values().items()}


def chosen_of(form: FormData) -> dict[str, Sequence[str]]:
    return {name: form.all(name) for name in ("include", "exclude")}


def translated(errors: Mapping[str, str]) -> dict[str, str]:
    return {name: gettext(sentence) for name, sentence in errors.items()}


@get(LIST + "/{campaign_id:uuid}/edit", permission="marketing.write")
async def edit_campaign(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    campaign = await visible_campaign(request.state.crm, access_for(request, PURPOSE), campaign_id)
    content = campaign.content
    shown = await form_page(
        request,
        values_of(campaign, reader_of(request)),
        {"include": [str(one) for one in content.include], "exclude": [str(one) for one in content.exclude]},
        action=f"{LIST}/{campaign_id}/edit",
        cancel_href=f"{LIST}/{campaign_id}",
        is_new=False,
        begun=campaign.row["state"] not in OPEN,
        version=campaign.row["version"],
    )
    return page(request, shown)


@post(LIST + "/{campaign_id:uuid}/edit", permission="marketing.write", status_code=200)
async def save_campaign(request: Request[Any, Any, Any], campaign_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    campaign = await visible_campaign(crm, access, campaign_id)
    status, version = 422, form.integer("version")
    try:
        draft = read_campaign(form, reader_of(request))
        await change_campaign(crm, access, campaign_id, draft, seen=version)
    except InvalidContent as wrong:
        errors = translated(wrong.errors)
    except VersionConflict:
        status, errors, version = 409, {"": gettext(CHANGED)}, campaign.row["version"]
    else:
        return redirect(request, f"{LIST}/{campaign_id}", Toast(message=gettext("Saved.")))
    shown = await form_page(
        request, typed(form), chosen_of(form), action=f"{LIST}/{campaign_id}/edit",
        cancel_href=f"{LIST}/{campaign_id}", is_new=False, begun=campaign.row["state"] not in OPEN, version=version,
        errors=errors,
    )  # fmt: skip
    return page(request, shown, block="form", status=status)


ROUTES = (new_campaign, make_campaign, edit_campaign, save_campaign)
