"""A segment written and changed: groups of conditions, with what they come to while one writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.api import CHANNEL_LABELS
from confida_core.api import FIELD_OPERATORS, InvalidContent, VersionConflict
from confida_marketing.segments.form import HOW, TypedSegment, typed_of, typed_segment, written
from confida_marketing.segments.kept import Segment, visible_segment
from confida_marketing.segments.list_filling import fill_from
from confida_marketing.segments.pages import Found, SegmentFormPage
from confida_marketing.segments.ready_made import offered
from confida_marketing.segments.segments import SegmentDraft, drafted, purposes_offered, save_segment
from confida_marketing.segments.showing import (
    PURPOSE,
    SEGMENTS,
    Surroundings,
    found_of,
    segment_choices,
    surroundings,
)
from confida_web.api import (
    Errors,
    FormData,
    Option,
    Toast,
    access_for,
    filter_fields,
    operator_options,
    page,
    parse_form,
    redirect,
)

ONE = SEGMENTS + "/{segment_id:uuid}"
CHANGED_MEANWHILE = "Somebody else changed this segment meanwhile. Save again to replace theirs."
LOOK_AGAIN = "Please look at the conditions again."
GONE = "It asked for something that is no longer there. Saving it now replaces what it asked."


@get(f"{SEGMENTS}/new", permission="marketing.write")
async def new_segment(request: Request[Any, Any, Any]) -> Response[Any]:
    around = await surroundings(request.state.crm)
    fixed = request.query_params.get("kind") == "fixed"
    ready = {one.key: one for one in offered(around.fields)}.get(str(request.query_params.get("ready", "")))
    draft = SegmentDraft(name="", purpose="newsletter", channel="email", living=not fixed)
    if ready is not None:
        draft = SegmentDraft(
            name=ready.name, note=ready.note, condition=written(ready.condition), purpose=ready.purpose, channel="email"
        )
    return page(request, await form_page(request, typed_of(draft, around.fields), around, with_count=ready is not None))


@get(f"{ONE}/edit", permission="marketing.write")
async def edit_segment(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    crm = request.state.crm
    one = await visible_segment(crm, access_for(request, PURPOSE), segment_id)
    around = await surroundings(crm)
    typed = typed_of(draft_of(one), around.fields)
    errors = {"conditions": GONE} if typed.wrong else {}
    return page(request, await form_page(request, typed, around, there=one, errors=errors, with_count=not errors))


def draft_of(one: Segment) -> SegmentDraft:
    return SegmentDraft(
        name=one.name,
        note=one.note,
        condition=one.condition,
        purpose=one.purpose,
        channel=one.channel,
        living=one.living,
    )


@post(f"{SEGMENTS}/new", permission="marketing.write", status_code=200)
async def add_segment(request: Request[Any, Any, Any]) -> Response[Any]:
    return await answered(request, None)


@post(f"{ONE}/edit", permission="marketing.write", status_code=200)
async def change_segment(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    return await answered(request, await visible_segment(request.state.crm, access_for(request, PURPOSE), segment_id))


async def answered(request: Request[Any, Any, Any], there: Segment | None) -> Response[Any]:
    """What a button of the form asks for: a row or group more or less, what it comes to, or to keep it."""
    form = await parse_form(request)
    around = await surroundings(request.state.crm)
    typed = as_kind(typed_segment(form, around.fields), form, there)
    if form.get("_do") == "count":
        return page(request, await form_page(request, typed, around, there=there, with_count=True), "found")
    if form.get("_add") or form.get("_remove"):
        asked = bool(typed.draft.condition)
        return page(request, await form_page(request, typed, around, there=there, with_count=asked))
    if typed.wrong:
        shown = await form_page(request, typed, around, there=there, errors={"conditions": LOOK_AGAIN})
        return page(request, shown, status=422)
    try:
        return await saved(request, typed, form, there)
    except InvalidContent as wrong:
        shown = await form_page(request, typed, around, there=there, errors=wrong.errors)
        return page(request, shown, status=422)
    except VersionConflict as conflict:
        errors = {"": CHANGED_MEANWHILE}
        shown = await form_page(request, typed, around, there=there, errors=errors, version=conflict.current or 0)
        return page(request, shown, status=409)


def as_kind(typed: TypedSegment, form: FormData, there: Segment | None) -> TypedSegment:
    """A fixed list has no conditions."""
    living = there.living if there else form.get("kind") != "fixed"
    return replace(typed, draft=replace(typed.draft, living=living))


async def saved(
    request: Request[Any, Any, Any], typed: TypedSegment, form: FormData, there: Segment | None
) -> Response[Any]:
    """Raises InvalidContent and VersionConflict."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    kept = await save_segment(
        crm, access, typed.draft, segment_id=there.id if there else None, seen=form.integer("version")
    )
    message = "Saved."
    if there is None and not typed.draft.living:
        message = await fill_from(crm, access, form.get("source"), kept)
    return redirect(request, f"{SEGMENTS}/{kept}", Toast(message=message))


async def form_page(
    request: Request[Any, Any, Any],
    typed: TypedSegment,
    around: Surroundings,
    *,
    there: Segment | None = None,
    errors: Errors | None = None,
    version: int | None = None,
    with_count: bool = False,
) -> SegmentFormPage:
    draft, offers = typed.draft, await purposes_offered(request.state.crm)
    channels = dict.fromkeys(channel for one in offers.values() for channel in one.declared.channels)
    seen = there.version if there else 0
    return SegmentFormPage(
        action=f"{SEGMENTS}/{there.id}/edit" if there else f"{SEGMENTS}/new",
        back=f"{SEGMENTS}/{there.id}" if there else SEGMENTS,
        new=there is None,
        fixed=not draft.living,
        version=seen if version is None else version,
        values={"name": draft.name, "note": draft.note},
        match=typed.match,
        groups=typed.groups,
        hows=tuple(Option(value=value, label=label) for value, label in HOW.items()),
        filter_fields=filter_fields(around.fields, around.fields["owner"].choices),
        operators=operators(),
        purposes=tuple(
            Option(value=key, label=one.declared.wording("en")[1].title, chosen=key == draft.purpose)
            for key, one in offers.items()
        ),
        channels=tuple(
            Option(value=one, label=CHANNEL_LABELS[one], chosen=one == draft.channel)
            for one in channels if one != "profiling"
        ),
        sources=segment_choices(around),
        found=await seen_while_writing(request, typed, around, there) if with_count else None,
        errors=errors or {},
    )  # fmt: skip


def operators() -> tuple[tuple[str, str, str], ...]:
    """Value, label, and the types of fields that take it, for a script that offers only these."""
    return tuple(
        (one.value, one.label, " ".join(kind for kind, taken in FIELD_OPERATORS.items() if one.value in taken))
        for one in operator_options()
    )


async def seen_while_writing(
    request: Request[Any, Any, Any], typed: TypedSegment, around: Surroundings, there: Segment | None
) -> Found | None:
    """Nothing while a condition is not whole yet; a form for a fixed list has none."""
    if typed.wrong or not typed.draft.living:
        return None
    return await found_of(request, drafted(typed.draft, there.id if there else None), around)


ROUTES = (new_segment, edit_segment, add_segment, change_segment)
