"""Whom a fixed list names: found and put on it, and taken off it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import NotFound, display_names, likely_contacts
from confida_marketing.segments.kept import Segment, every_segment, in_use, visible_segment
from confida_marketing.segments.list_filling import fill_from
from confida_marketing.segments.lists import add_members, members_shown, remove_members
from confida_marketing.segments.pages import ChosenPage, ListedPage
from confida_marketing.segments.segments import SegmentDraft, save_segment
from confida_marketing.segments.showing import PURPOSE, SEGMENTS
from confida_web.api import (
    BadBody,
    FormData,
    Option,
    Paging,
    Toast,
    access_for,
    page,
    parse_form,
    redirect,
)

ONE = SEGMENTS + "/{segment_id:uuid}"
HITS = 8
MOST_CHOSEN = 1_000


async def listed_page(request: Request[Any, Any, Any], segment: Segment, q: str = "") -> ListedPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    after = request.query_params.get("after")
    try:
        place = UUID(str(after)) if after else None
    except ValueError:
        raise NotFound from None
    people, following = await members_shown(crm, access, segment.id, after=place)
    hits = await likely_contacts(crm, access, q, limit=HITS) if q else ()
    here = f"{SEGMENTS}/{segment.id}/people"
    others = in_use(await every_segment(crm)).values()
    return ListedPage(
        id=segment.id, name=segment.name, people=tuple(people),
        paging=Paging(previous=here if place else None, following=f"{here}?after={following}" if following else None),
        q=q, hits=tuple((one.row["id"], one.content.display_name) for one in hits),
        sources=tuple(Option(value=str(one.id), label=one.name) for one in others if one.id != segment.id),
        may_write=request.state.actor.may("marketing.write"),
    )  # fmt: skip


async def fixed_list(request: Request[Any, Any, Any], segment_id: UUID) -> Segment:
    """Raises NotFound for a living segment, too: it names nobody."""
    segment = await visible_segment(request.state.crm, access_for(request, PURPOSE), segment_id)
    if segment.living:
        raise NotFound
    return segment


@get(f"{ONE}/people", permission="marketing.read")
async def people(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await listed_page(request, await fixed_list(request, segment_id)), "hits")


@post(f"{ONE}/people", permission="marketing.read", status_code=200)
async def find_people(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    """Words in the body, because addresses are logged."""
    q = (await parse_form(request)).get("q").strip()[:200]
    return page(request, await listed_page(request, await fixed_list(request, segment_id), q), "hits")


@post(f"{ONE}/people/add", permission="marketing.write", status_code=303)
async def add_people(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    await fixed_list(request, segment_id)
    added = await add_members(request.state.crm, access_for(request, PURPOSE), segment_id, chosen(form))
    return redirect(request, f"{SEGMENTS}/{segment_id}/people", Toast(message=f"{added} put on the list."))


@post(f"{ONE}/people/take", permission="marketing.write", status_code=303)
async def take_people(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    await fixed_list(request, segment_id)
    message = await fill_from(request.state.crm, access_for(request, PURPOSE), form.get("source"), segment_id)
    return redirect(request, f"{SEGMENTS}/{segment_id}/people", Toast(message=message))


@post(f"{ONE}/people/remove", permission="marketing.write", status_code=303)
async def remove_people(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    """One person; undo puts them on it again."""
    form = await parse_form(request)
    await fixed_list(request, segment_id)
    (one,) = chosen(form)[:1] or (UUID(int=0),)
    removed = await remove_members(request.state.crm, access_for(request, PURPOSE), segment_id, [one])
    undo = f"{SEGMENTS}/{segment_id}/people/{one}/again" if removed else None
    return redirect(request, f"{SEGMENTS}/{segment_id}/people", Toast(message="Taken off the list.", undo_url=undo))


@post(f"{ONE}/people/{{contact_id:uuid}}/again", permission="marketing.write", status_code=303)
async def put_on_again(
    request: Request[Any, Any, Any], segment_id: FromPath[UUID], contact_id: FromPath[UUID]
) -> Response[Any]:
    await parse_form(request)
    await fixed_list(request, segment_id)
    await add_members(request.state.crm, access_for(request, PURPOSE), segment_id, [contact_id])
    return redirect(request, f"{SEGMENTS}/{segment_id}/people", Toast(message="Put on the list again."))


@post(f"{SEGMENTS}/chosen", permission="marketing.write", status_code=200)
async def choose_list(request: Request[Any, Any, Any]) -> Response[Any]:
    """Contacts that were ticked in the list of contacts; then, with `list` or `name`, put on a list."""
    form = await parse_form(request)
    crm, access, ids = request.state.crm, access_for(request, PURPOSE), chosen(form)
    if not ids:
        return redirect(request, "/contacts", Toast(message="Nobody was chosen.", tone="notice"))
    if form.get("_do") != "put":
        names = await display_names(crm, access, ids)
        lists = [one for one in in_use(await every_segment(crm)).values() if not one.living]
        shown = ChosenPage(
            people=tuple((one, names[one]) for one in ids if one in names),
            lists=tuple(Option(value=str(one.id), label=one.name) for one in lists),
        )
        return page(request, shown)
    target = await list_meant(request, form)
    added = await add_members(crm, access, target, ids)
    return redirect(request, f"{SEGMENTS}/{target}", Toast(message=f"{added} put on the list."))


async def list_meant(request: Request[Any, Any, Any], form: FormData) -> UUID:
    """One that is there, or a new one, for the newsletter until somebody says otherwise."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    if form.get("list"):
        try:
            return (await fixed_list(request, UUID(form.get("list")))).id
        except ValueError:
            raise NotFound from None
    name = form.get("name").strip() or "Chosen people"
    draft = SegmentDraft(name=name[:80], purpose="newsletter", channel="email", living=False)
    return await save_segment(crm, access, draft)


def chosen(form: FormData) -> list[UUID]:
    """Raises BadBody for anything that is no id, or too many."""
    try:
        ids = [UUID(one) for one in dict.fromkeys(form.all("ids"))]
    except ValueError:
        raise BadBody(422, "One of the chosen contacts is none.") from None
    if len(ids) > MOST_CHOSEN:
        raise BadBody(422, f"At most {MOST_CHOSEN} contacts at once.")
    return ids


ROUTES = (people, find_people, add_people, take_people, remove_people, put_on_again, choose_list)
