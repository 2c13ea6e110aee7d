"""The pages of what was sent by forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, VersionConflict, account_names, active_accounts, display_names
from confida_marketing.sign_up.handing_over import hand_over, somebody_takes_it, was_handed_over
from confida_marketing.sign_up.pages import (
    CHANGED_MEANWHILE,
    SUBMISSIONS,
    SubmissionPage,
    SubmissionRow,
    SubmissionsPage,
    tabs_of,
)
from confida_marketing.sign_up.submissions import A_PAGE, change_submission, list_submissions, visible_submission
from confida_web.api import Option, PersonRef, Tab, Toast, access_for, mark, page, parse_form, redirect

PURPOSE = "relationship"
ONE = SUBMISSIONS + "/{submission_id:uuid}"


@get(SUBMISSIONS, permission="marketing.read")
async def show_submissions(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    asked = request.query_params
    done = asked.get("kind") == "done"
    found = await list_submissions(crm, access, done=done, before=moment_of(asked.get("before", "")))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found])
    staff = await account_names(crm, [one.row["assignee_id"] for one in found if one.row["assignee_id"]])
    rows = tuple(
        SubmissionRow(
            id=str(one.row["id"]), who=person_of(one.row["contact_id"], names), form=one.content.form,
            at=one.row["at"], first=one.content.message.split("\n", 1)[0][:120], asks=bool(one.content.purposes),
            assignee=staff.get(one.row["assignee_id"], ""), done=done,
        )
        for one in found[:A_PAGE]
    )  # fmt: skip
    older = ""
    if found[A_PAGE:]:
        older = f"{SUBMISSIONS}?" + urlencode(
            {"kind": "done" if done else "", "before": found[A_PAGE - 1].row["at"].isoformat()}
        )
    kinds = (
        Tab(label=mark("Open"), href=SUBMISSIONS, current=not done),
        Tab(label=mark("Done"), href=f"{SUBMISSIONS}?kind=done", current=done),
    )
    return page(request, SubmissionsPage(tabs=tabs_of(SUBMISSIONS), kinds=kinds, rows=rows, older=older))


def person_of(contact_id: UUID, names: Any) -> PersonRef:
    return PersonRef(name=names.get(contact_id, ""), href=f"/contacts/{contact_id}")


def moment_of(text: str) -> datetime | None:
    """An aware moment as a link of ours writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 2000 <= moment.year <= 2200 else None


@get(ONE, permission="marketing.read")
async def show_submission(request: Request[Any, Any, Any], submission_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    one = await visible_submission(crm, access, submission_id)
    row, content = one.row, one.content
    names = await display_names(crm, access, [row["contact_id"]])
    colleagues = await active_accounts(crm)
    shown = SubmissionPage(
        id=str(row["id"]), who=person_of(row["contact_id"], names), form=content.form, at=row["at"],
        sent=tuple(content.sent), message=content.message, purposes=tuple(content.purposes),
        new_contact=row["made_contact"], done=row["handled_at"] is not None, version=row["version"],
        colleagues=tuple(
            Option(value=str(each.id), label=each.name, chosen=each.id == row["assignee_id"]) for each in colleagues
        ),
        may_write=access.actor.may("marketing.write"),
        can_hand=somebody_takes_it(crm),
        handed=await was_handed_over(crm, row["contact_id"]),
    )  # fmt: skip
    return page(request, shown)


@post(ONE, permission="marketing.write", status_code=303)
async def change_it(request: Request[Any, Any, Any], submission_id: FromPath[UUID]) -> Response[Any]:
    form, here = await parse_form(request), f"{SUBMISSIONS}/{submission_id}"
    try:
        await change_submission(
            request.state.crm, access_for(request, PURPOSE), submission_id, assignee_id=account_in(form.get("assignee")),
            done=form.flag("done"), seen=form.integer("version"),
        )  # fmt: skip
    except VersionConflict:
        return redirect(request, here, Toast(message=CHANGED_MEANWHILE))
    except InvalidContent as wrong:
        return redirect(request, here, Toast(message=" ".join(wrong.errors.values())))
    return redirect(request, SUBMISSIONS if form.flag("done") else here, Toast(message="Saved."))


@post(ONE + "/hand-over", permission="marketing.write", status_code=303)
async def hand_it_over(request: Request[Any, Any, Any], submission_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    one = await visible_submission(crm, access, submission_id)
    await hand_over(crm, access, one.row["contact_id"], f"{one.content.form}\n{one.content.message}".strip())
    return redirect(request, f"{SUBMISSIONS}/{submission_id}", Toast(message="Handed over to sales."))


def account_in(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


ROUTES = (show_submissions, show_submission, change_it, hand_it_over)
