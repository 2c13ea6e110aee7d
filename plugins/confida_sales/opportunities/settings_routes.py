"""Settings of pipelines: which there are, and the stages of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound
from confida_sales.opportunities.board_routes import PURPOSE
from confida_sales.opportunities.pages import PipelineFormPage, PipelinesPage, StageRow
from confida_sales.opportunities.pipelines import (
    REQUIRABLE,
    USUAL,
    Outcome,
    StageDraft,
    archive_pipeline,
    archived_pipelines,
    pipeline,
    pipelines_in_use,
    save_pipeline,
    shift_pipeline,
)
from confida_sales.opportunities.state import is_id
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

SETTINGS = "/x/sales/settings/pipelines"
FIELD = re.compile(r"stages-(\d{1,9})-(id|name|probability|outcome|rot_days|required)")


@get(SETTINGS, permission="sales.manage")
async def show_pipelines(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ways = await pipelines_in_use(crm)
    archived = await archived_pipelines(crm, access)
    content = PipelinesPage(ways=tuple(ways), archived=tuple((str(row["id"]), row["name"]) for row in archived))
    return page(request, content)


@get(f"{SETTINGS}/new", permission="sales.manage")
async def new_pipeline(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, form_page(f"{SETTINGS}/new", "", rows_of(USUAL)), "form")


@post(f"{SETTINGS}/new", permission="sales.manage", status_code=200)
async def make_pipeline(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(SETTINGS + "/{pipeline_id:uuid}", permission="sales.manage")
async def edit_pipeline(request: Request[Any, Any, Any], pipeline_id: FromPath[UUID]) -> Response[Any]:
    way = await pipeline(request.state.crm, pipeline_id)
    stages = [
        StageDraft(
            id=one.id,
            name=one.name,
            probability=one.probability,
            outcome=one.outcome,
            required=one.required,
            rot_days=one.rot_days,
        )
        for one in way.stages
    ]
    content = form_page(f"{SETTINGS}/{pipeline_id}", way.name, rows_of(stages))
    return page(request, replace(content, new=False), "form")


@post(SETTINGS + "/{pipeline_id:uuid}", permission="sales.manage", status_code=200)
async def change_pipeline(request: Request[Any, Any, Any], pipeline_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, pipeline_id)


async def saved(request: Request[Any, Any, Any], pipeline_id: UUID | None) -> Response[Any]:
    """Saves, or shows the form once more: with a row more, less or elsewhere, or with what is wrong."""
    form = await parse_form(request)
    rows = posted_rows(form)
    shown = replace(form_page(f"{SETTINGS}/{pipeline_id or 'new'}", form.get("name"), rows), new=pipeline_id is None)
    for button, rearrange in REARRANGED.items():
        if button in form:
            return page(request, replace(shown, rows=tuple(rearrange(rows, form.get(button)))), "form")
    try:
        stages = [draft_of(row) for row in rows]
        await save_pipeline(request.state.crm, access_for(request, PURPOSE), form.get("name"), stages, pipeline_id)
    except InvalidContent as wrong:
        return page(request, replace(shown, errors=by_field(wrong.errors, rows)), "form", status=422)
    return redirect(request, SETTINGS, Toast(message="Saved."))


@post(SETTINGS + "/{pipeline_id:uuid}/{change:str}", permission="sales.manage", status_code=303)
async def arrange_pipeline(
    request: Request[Any, Any, Any], pipeline_id: FromPath[UUID], change: FromPath[str]
) -> Response[Any]:
    """change: up, down, archive or use."""
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    toast = None
    if change not in {"up", "down", "archive", "use"}:
        raise NotFound
    if change in {"up", "down"}:
        await shift_pipeline(crm, access, pipeline_id, -1 if change == "up" else 1)
    else:
        await archive_pipeline(crm, access, pipeline_id, archived=change == "archive")
        toast = Toast(message="In use again.")
        if change == "archive":
            toast = Toast(message="Archived. What is in it stays.", undo_url=f"{SETTINGS}/{pipeline_id}/use")
    return redirect(request, SETTINGS, toast)


def form_page(action: str, name: str, rows: Sequence[StageRow]) -> PipelineFormPage:
    return PipelineFormPage(action=action, name=name, rows=tuple(rows), requirable=tuple(REQUIRABLE.items()))


def rows_of(stages: Sequence[StageDraft]) -> list[StageRow]:
    return [
        StageRow(
            n=str(at),
            id=str(stage.id or ""),
            name=stage.name,
            probability=str(stage.probability),
            outcome=stage.outcome,
            rot_days=str(stage.rot_days or ""),
            required=stage.required,
        )
        for at, stage in enumerate(stages)
    ]


def posted_rows(form: FormData) -> list[StageRow]:
    """In the order in which they stand in the form; rows in which nothing was typed are left out."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in form.fields:
        if match := FIELD.fullmatch(key):
            row = found.setdefault(match[1], {"required": []})
            if match[2] == "required":
                row["required"].append(value)
            else:
                row[match[2]] = value
    rows = [StageRow(n=n, **(row | {"required": tuple(row["required"])})) for n, row in found.items()]
    return [row for row in rows if row.id or row.name.strip() or row.rot_days or row.required]


def added(rows: Sequence[StageRow], _: str) -> list[StageRow]:
    """One more, before those that end."""
    at = next((at for at, row in enumerate(rows) if row.outcome != "open"), len(rows))
    unused = str(max((int(row.n) for row in rows), default=0) + 1)
    return [*rows[:at], StageRow(n=unused), *rows[at:]]


def removed(rows: Sequence[StageRow], which: str) -> list[StageRow]:
    return [row for row in rows if f"stages-{row.n}" != which]


def shifted(rows: Sequence[StageRow], which: str, step: int) -> list[StageRow]:
    """The same rows, this one a place further up or down."""
    found = list(rows)
    at = next((at for at, row in enumerate(found) if row.n == which), None)
    if at is not None:
        found.insert(max(at + step, 0), found.pop(at))
    return found


def up(rows: Sequence[StageRow], which: str) -> list[StageRow]:
    return shifted(rows, which, -1)


def down(rows: Sequence[StageRow], which: str) -> list[StageRow]:
    return shifted(rows, which, 1)


REARRANGED = {"_add": added, "_remove": removed, "_up": up, "_down": down}


def draft_of(row: StageRow) -> StageDraft:
    """Numbers that are none are out of range, which `save_pipeline` says beside the field."""
    return StageDraft(
        id=UUID(row.id) if is_id(row.id) else None,
        name=row.name,
        probability=number(row.probability),
        outcome=cast(Outcome, row.outcome),
        required=row.required,
        rot_days=number(row.rot_days or "0"),
    )


def number(text: str) -> int:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 6 else -1


def by_field(errors: Mapping[str, str], rows: Sequence[StageRow]) -> dict[str, str]:
    """`stages.2.name` is the third row, whichever number its fields have."""
    found = {}
    for key, text in errors.items():
        parts = key.split(".")
        found["-".join(["stages", rows[int(parts[1])].n, *(parts[2:] or ["name"])]) if parts[1:] else key] = text
    return found


ROUTES = (show_pipelines, new_pipeline, make_pipeline, edit_pipeline, change_pipeline, arrange_pipeline)
