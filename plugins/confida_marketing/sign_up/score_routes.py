"""The rules of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, plugin_settings
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.settings import MarketingSettings
from confida_marketing.sign_up.pages import SCORES, tabs_of
from confida_marketing.sign_up.scores import Rule, add_rule, remove_rule, rules_of
from confida_web.api import Errors, Option, Page, Tab, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"


@dataclass(frozen=True, kw_only=True)
class ScoresPage(Page):
    """GET and POST /x/marketing/forms/scores. least: points from which somebody is handed over to sales, 0 for never."""

    template: ClassVar[str] = "marketing/sign_up/scores.html"
    title: ClassVar[str] = "Scores"

    tabs: tuple[Tab, ...]
    rules: tuple[Rule, ...] = ()
    segments: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    scored: int = 0
    may_manage: bool = False
    errors: Errors = field(default_factory=dict)


@get(SCORES, permission="marketing.read")
async def show_scores(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await scores_page(request, {}))


@post(SCORES, permission="marketing.manage", status_code=200)
async def add_one(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name)[:200] for name in ("name", "points", "segment")}
    try:
        points = int(values["points"]) if values["points"].strip().lstrip("+-").isdecimal() else 0
        segment_id = UUID(values["segment"]) if values["segment"] else None
        await add_rule(request.state.crm, access_for(request, PURPOSE), values["name"], points, segment_id)
    except InvalidContent as wrong:
        return page(request, await scores_page(request, values, wrong.errors), status=422)
    except ValueError:
        return page(
            request, await scores_page(request, values, {"segment": "Please choose whom it is for."}), status=422
        )
    return redirect(request, SCORES, Toast(message="Saved. The scores follow in a moment."))


@post(SCORES + "/{rule_id:uuid}/remove", permission="marketing.manage", status_code=303)
async def remove_it(request: Request[Any, Any, Any], rule_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_rule(request.state.crm, access_for(request, PURPOSE), rule_id)
    return redirect(request, SCORES, Toast(message="Removed. The scores follow in a moment."))


async def scores_page(
    request: Request[Any, Any, Any], values: dict[str, str], errors: Errors | None = None
) -> ScoresPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    segments = [one for one in in_use(await every_segment(crm)).values() if one.living]
    counted = await crm.data.fetch("SELECT count(*) AS number FROM marketing_score")
    return ScoresPage(
        tabs=tabs_of(SCORES),
        rules=tuple(await rules_of(crm)),
        segments=tuple(
            Option(value=str(one.id), label=one.name, chosen=str(one.id) == values.get("segment")) for one in segments
        ),
        values={"name": "", "points": "", "segment": ""} | values,
        least=(await plugin_settings(crm, MarketingSettings)).qualified_at,
        scored=counted[0]["number"],
        may_manage=access.actor.may("marketing.manage"),
        errors=errors or {},
    )


ROUTES = (show_scores, add_one, remove_it)
