"""The page on which somebody says how they were served; works without scripts, and opening it says nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent
from confida_service.service_levels.surveys import answer_survey, survey_of
from confida_web.api import Errors, Option, Page, mark, parse_form, show_portal

SURVEY = "/my/x/service/survey/{token:str}"
WORDS = {
    5: mark("Very content"),
    4: mark("Content"),
    3: mark("Neither"),
    2: mark("Not content"),
    1: mark("Not content at all"),
}


@dataclass(frozen=True, kw_only=True)
class SurveyPage(Page):
    """done: it was answered just now."""

    template: ClassVar[str] = "service/service_levels/survey.html"
    title: ClassVar[str] = mark("How did we do?")

    action: str
    scores: tuple[Option, ...] = ()
    comment: str = ""
    done: bool = False
    errors: Errors = field(default_factory=dict)


@get(SURVEY, public=True)
async def show_survey(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    opened = await survey_of(request.state.crm, token)
    return show_portal(request, survey_page(request, opened.row["score"] or 0, opened.content.comment))


@post(SURVEY, public=True, status_code=200)
async def take_survey(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    score, comment = form.integer("score", 0), form.get("comment")
    try:
        await answer_survey(request.state.crm, token, score, comment)
    except InvalidContent as wrong:
        return show_portal(request, survey_page(request, score, comment, errors=wrong.errors), status=422)
    return show_portal(request, SurveyPage(action=request.url.path, done=True))


def survey_page(
    request: Request[Any, Any, Any], score: int, comment: str, *, errors: Errors | None = None
) -> SurveyPage:
    return SurveyPage(
        action=request.url.path,
        scores=tuple(Option(value=str(key), label=label, chosen=key == score) for key, label in WORDS.items()),
        comment=comment,
        errors=errors or {},
    )


PORTAL_ROUTES = (show_survey, take_survey)
