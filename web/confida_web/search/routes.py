"""Finding somebody from anywhere: the palette, the page of results, and whom to add as participant."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_core.contacts.content import ContactContent
from confida_core.contacts.lists import likely_contacts, list_contacts
from confida_core.index.query import IndexQuery
from confida_core.isolation.running import Fault
from confida_core.vault.door import Opened
from confida_web.contacts.list_state import LONGEST_TEXT
from confida_web.display import Option
from confida_web.forms import parse_form
from confida_web.isolation import searched
from confida_web.page import page
from confida_web.search import sources
from confida_web.search.commands import commands_for
from confida_web.search.pages import Hit, PalettePage, PeopleChoices, SearchPage
from confida_web.search.words import words_of
from confida_web.security.access import access_for

IN_PALETTE = 8
ON_PAGE = 50
PER_SOURCE = 20
IN_PALETTE_PER_SOURCE = 4


SEARCH_SOURCES = sources.SEARCH_SOURCES


def hit_of(contact: Opened[ContactContent], group: str = "") -> Hit:
    content, kind = contact.content, contact.row["kind"]
    mail = content.emails[0].address if content.emails else ""
    return Hit(
        label=content.display_name,
        href=f"/contacts/{contact.row['id']}",
        detail=", ".join(part for part in (content.organisation, mail) if part),
        icon="organisation" if kind == "organisation" else "user",
        group=group,
    )


@get("/search", permission="contacts.read")
async def empty_search(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, SearchPage(), block="results")


@post("/search", permission="contacts.read", status_code=200)
async def search(request: Request[Any, Any, Any]) -> Response[Any]:
    text = (await parse_form(request)).get("q").strip()[:LONGEST_TEXT]
    if not text:
        return page(request, SearchPage(), block="results")
    query = IndexQuery(text=text, archived=None, limit=ON_PAGE)
    found = await list_contacts(request.state.crm, access_for(request, "relationship"), query)
    hits = tuple(hit_of(one) for one in found.contacts)
    others, failed = await found_elsewhere(request, text, PER_SOURCE)
    shown = SearchPage(q=text, hits=hits, more=found.page.next_cursor is not None, others=others, failed=failed)
    return page(request, shown, block="results")


@post("/search/palette", permission="contacts.read", status_code=200)
async def palette(request: Request[Any, Any, Any]) -> Response[Any]:
    """The few contacts most likely meant while somebody types, what else is found, and what can be done."""
    text = (await parse_form(request)).get("q").strip()[:LONGEST_TEXT]
    found = await likely_contacts(request.state.crm, access_for(request, "relationship"), text, limit=IN_PALETTE)
    hits = [hit_of(one, "Contacts") for one in found]
    others, failed = await found_elsewhere(request, text, IN_PALETTE_PER_SOURCE)
    hits += others
    for one in commands_for(request.state.crm.registry, request.state.actor, words_of(text)):
        hits.append(Hit(label=one.label, href=one.href, action=one.action, icon=one.icon, group="Go to"))
    return page(request, PalettePage(q=text, hits=tuple(hits), failed=failed), block="options")


async def found_elsewhere(
    request: Request[Any, Any, Any], text: str, limit: int
) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """What the declared sources find, and a sentence for each that cannot be searched."""
    found = await searched(request.state.crm, access_for(request, "relationship"), words_of(text), limit)
    hits: list[Hit] = []
    failed = []
    for source, results in found:
        if isinstance(results, Fault):
            failed.append(f"{source.label}: {results.notice}")
        else:
            hits += [
                Hit(label=one.label, href=one.href, detail=one.detail, icon=one.icon, group=source.label)
                for one in results
            ]
    return tuple(hits), tuple(failed)


@post("/search/people", permission="contacts.read", status_code=200)
async def people(request: Request[Any, Any, Any]) -> Response[Any]:
    """Whom to add as participant; the page keeps those that were chosen before."""
    text = (await parse_form(request)).get("people-q").strip()[:LONGEST_TEXT]
    found = await likely_contacts(request.state.crm, access_for(request, "relationship"), text, limit=IN_PALETTE)
    options = (Option(value=str(one.row["id"]), label=one.content.display_name) for one in found)
    return page(request, PeopleChoices(people=tuple(options)), block="choices")


ROUTES = (empty_search, search, palette, people)
