"""One journey at the browser: its steps and diagram, what switches it on and off, and its steps moved and taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, NotFound, VersionConflict
from confida_marketing.journeys.form_reading import moved, without_step
from confida_marketing.journeys.journeys import LIST, change_steps, take_back_steps, visible_journey
from confida_marketing.journeys.shown import PURPOSE, journey_page
from confida_marketing.journeys.states import continue_journey, move_over, pause_journey, switch_off, switch_on
from confida_web.api import Toast, access_for, gettext, ngettext, page, parse_form, redirect

ONE = LIST + "/{journey_id:uuid}"
CHANGED = "Somebody changed it at the same moment. Look at it, and try again."


@get(ONE, permission="marketing.read")
async def journey(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_journey(request.state.crm, access_for(request, PURPOSE), journey_id)
    return page(request, await journey_page(request, opened))


async def done(
    request: Request[Any, Any, Any],
    journey_id: UUID,
    work: Callable[[Installation, Access, UUID], Awaitable[Any]],
    words: Callable[[Any], str],
) -> Response[Any]:
    """Do it, then show the journey again; what stands against it is shown on its page."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    try:
        found = await work(crm, access, journey_id)
    except InvalidContent:
        error = gettext("It cannot be switched on before this is mended.")
        return page(request, await journey_page(request, opened, error=error), status=422)
    except NotFound:
        return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext(CHANGED), tone="problem"))
    return redirect(request, f"{LIST}/{journey_id}", Toast(message=words(found)))


@post(ONE + "/on", permission="marketing.send", status_code=200)
async def switched_on(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    words = gettext("It is on. People begin within a minute.")
    return await done(request, journey_id, switch_on, lambda _: words)


@post(ONE + "/pause", permission="marketing.send", status_code=200)
async def paused(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    return await done(request, journey_id, pause_journey, lambda _: gettext("Everybody waits where they are."))


@post(ONE + "/continue", permission="marketing.send", status_code=200)
async def continued(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    return await done(request, journey_id, continue_journey, lambda _: gettext("It goes on."))


@post(ONE + "/off", permission="marketing.send", status_code=200)
async def switched_off(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    return await done(request, journey_id, switch_off, off_words)


def off_words(number: int) -> str:
    return ngettext("It is off. %(num)d person left it.", "It is off. %(num)d people left it.", number)


@post(ONE + "/move-over", permission="marketing.send", status_code=200)
async def moved_over(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    return await done(request, journey_id, move_over, over_words)


def over_words(number: int) -> str:
    return ngettext("%(num)d person goes on in the new version.", "%(num)d people go on in the new version.", number)


@post(ONE + "/steps/{key:str}/move", permission="marketing.write", status_code=303)
async def move_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    up = (await parse_form(request)).get("to") == "up"
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    try:
        await change_steps(crm, access, opened, moved(opened.content.plan, key, up))
    except VersionConflict:
        return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext(CHANGED), tone="problem"))
    return redirect(request, f"{LIST}/{journey_id}#step-{key}")


@post(ONE + "/steps/{key:str}/remove", permission="marketing.write", status_code=303)
async def remove_step(request: Request[Any, Any, Any], journey_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    if opened.content.plan.step(key) is None:
        raise NotFound
    try:
        await change_steps(crm, access, opened, without_step(opened.content.plan, key))
    except VersionConflict:
        return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext(CHANGED), tone="problem"))
    undo = f"{LIST}/{journey_id}/undo"
    return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext("The step is gone."), undo_url=undo))


@post(ONE + "/undo", permission="marketing.write", status_code=303)
async def undo_steps(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    await take_back_steps(request.state.crm, access_for(request, PURPOSE), journey_id)
    return redirect(request, f"{LIST}/{journey_id}", Toast(message=gettext("As it was before.")))


ROUTES = (
    journey, switched_on, paused, continued, switched_off, moved_over, move_step, remove_step, undo_steps,
)  # fmt: skip
