"""Every decision about a request, each on a page of its own, so that it works with and without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_web.forms import parse_form
from confida_web.page import page
from confida_web.requests import steps_carrying, steps_correcting, steps_deciding, steps_identity
from confida_web.requests.forms import StepForm, asking, found, shown, taken

FORMS: dict[str, StepForm] = {
    one.key: one
    for one in (*steps_identity.FORMS, *steps_deciding.FORMS, *steps_carrying.FORMS, *steps_correcting.FORMS)
}


@get("/requests/{request_id:uuid}/step/{key:str}", permission="requests.decide")
async def step(request: Request[Any, Any, Any], request_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    return page(request, await shown(FORMS, request, request_id, key), block="form")


@post("/requests/{request_id:uuid}/step/{key:str}", permission="requests.decide", status_code=200)
async def take(request: Request[Any, Any, Any], request_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    return await taken(found(FORMS, key), await asking(request, request_id, form))


ROUTES = (step, take)
