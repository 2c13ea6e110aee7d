"""What the script on every page asks: a stream that says "a call", and what of it this colleague may see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response, get
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from confida_core.api import Installation
from confida_service.telephone.open_items import FOR_CARDS, panels_of
from confida_service.telephone.pages import CardsPage
from confida_service.telephone.showing import cards_of
from confida_service.telephone.streaming import switchboard
from confida_web.api import access_for, page

PURPOSE = "relationship"
# Then the browser asks again, and it is looked at whether it still may.
LONGEST_SECONDS = 300
STILL_THERE_SECONDS = 15
RETRY_MILLISECONDS = 1_000


@get("/x/service/calls/stream", permission="service.read")
async def call_stream(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """Events `call` with the id of a call and nothing else."""
    stopping: asyncio.Event = request.app.state.stopping
    return ServerSentEvent(told(request.state.crm, request.state.actor.id, stopping))


async def told(crm: Installation, account_id: Any, stopping: asyncio.Event) -> AsyncIterator[ServerSentEventMessage]:
    """A first event, so that the browser knows that it hears; then whatever comes, and a sign of life where nothing does."""
    yield ServerSentEventMessage(event="ready", data="", retry=RETRY_MILLISECONDS)
    clock = asyncio.get_running_loop().time
    ends = clock() + LONGEST_SECONDS
    news = switchboard(crm).news_for(crm, account_id, stopping)
    waiting = asyncio.ensure_future(anext(news, None))
    try:
        while clock() < ends:
            await asyncio.wait({waiting}, timeout=STILL_THERE_SECONDS)
            if not waiting.done():
                yield ServerSentEventMessage(comment="")
                continue
            one = waiting.result()
            if one is None:
                return
            yield ServerSentEventMessage(event="call", data=str(one.call_id), id=one.position)
            waiting = asyncio.ensure_future(anext(news, None))
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await news.aclose()


@get("/x/service/calls/now", permission="service.read")
async def calls_now(request: Request[Any, Any, Any]) -> Response[Any]:
    """What rings for this colleague, or is under way; empty where nothing is."""
    access = access_for(request, PURPOSE)
    cards = await cards_of(request.state.crm, access)
    first = cards[0].call.contact_id if cards else None
    shown = CardsPage(
        cards=cards,
        panels=await panels_of(request, first, FOR_CARDS) if first else (),
        may_write=access.actor.may("service.write"),
    )
    return page(request, shown, "cards")


ROUTES = (call_stream, calls_now)
