"""One opportunity: seen, written down, changed, thrown away and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import VersionConflict, account_names
from confida_sales.opportunities.board_routes import LIST, PURPOSE
from confida_sales.opportunities.moving_routes import MOVED_MEANWHILE, opened_with_way, shown_opportunity
from confida_sales.opportunities.opportunities import LOST_REASONS
from confida_sales.opportunities.pages import OpportunityPage, StageStep
from confida_sales.opportunities.pipelines import ShownStage, stages_by_id
from confida_sales.opportunities.related import PaperLink, papers_of
from confida_sales.opportunities.trash import delete_opportunity, restore_opportunity
from confida_web.api import PersonRef, Toast, access_for, page, parse_form, redirect


@get("/x/sales/opportunities/{opportunity_id:uuid}", permission="sales.read")
async def show_opportunity(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    # Only now: the plugin's module gathers what all parts declare, this one among them.
    from confida_sales.plugin import of_all_parts

    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened, way = await opened_with_way(request, opportunity_id)
    one = await shown_opportunity(request, access, opened, way)
    steps = await crm.data.fetch(
        "SELECT * FROM sales_stage_change WHERE opportunity_id = ? ORDER BY at, id", opportunity_id
    )
    names = await account_names(crm, sorted({step["by_id"] for step in steps}))
    links: Sequence[PaperLink] = of_all_parts("OPPORTUNITY_LINKS")
    content = OpportunityPage(
        one=one,
        way=way,
        contact=PersonRef(name=one.contact, href=f"/contacts/{one.contact_id}"),
        description=opened.content.description,
        competitors=opened.content.competitors,
        lost_reason=LOST_REASONS.get(opened.row["lost_reason"], ""),
        lost_note=opened.content.lost_note,
        steps=steps_of(steps, await stages_by_id(crm), names),
        papers=tuple(await papers_of(crm, access, opportunity_id, of_all_parts("OPPORTUNITY_PAPERS"))),
        links=tuple(link for link in links if access.actor.may(link.permission)),
        may_write=access.actor.may("sales.write"),
    )
    return page(request, content)


def steps_of(rows: Sequence[Any], stages: dict[UUID, ShownStage], names: dict[UUID, str]) -> tuple[StageStep, ...]:
    """The latest first; each with how long it had stood before."""
    found = []
    for at, row in enumerate(rows):
        before = stages.get(row["from_stage_id"])
        stage = stages.get(row["to_stage_id"])
        found.append(
            StageStep(
                at=row["at"],
                stage=stage.name if stage else "A stage that is gone",
                before=before.name if before else "",
                by=names.get(row["by_id"], ""),
                days=(row["at"] - rows[at - 1]["at"]).days if at else None,
            )
        )
    return tuple(reversed(found))


@post("/x/sales/opportunities/{opportunity_id:uuid}/delete", permission="sales.write", status_code=303)
async def throw_away(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        await delete_opportunity(crm, access, opportunity_id, seen=form.integer("version"))
    except VersionConflict:
        return redirect(
            request, f"{LIST}/{opportunity_id}", Toast(message=MOVED_MEANWHILE.partition(".")[0] + ".", tone="problem")
        )
    toast = Toast(message="Moved to the trash.", undo_url=f"{LIST}/{opportunity_id}/restore")
    return redirect(request, "/x/sales/board", toast)


@post("/x/sales/opportunities/{opportunity_id:uuid}/restore", permission="sales.write", status_code=303)
async def take_out(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_opportunity(request.state.crm, access_for(request, PURPOSE), opportunity_id)
    return redirect(request, f"{LIST}/{opportunity_id}", Toast(message="Taken out of the trash."))


ROUTES = (show_opportunity, throw_away, take_out)
