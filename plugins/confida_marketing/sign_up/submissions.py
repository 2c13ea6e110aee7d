"""What was sent by forms, for colleagues: read, given to somebody, done with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, Opened, active_accounts, now
from confida_marketing.sign_up.content import SUBMISSION, SubmissionContent
from confida_web.api import mark

A_PAGE = 50


async def list_submissions(
    crm: Installation,
    access: Access,
    *,
    done: bool = False,
    before: datetime | None = None,
    form_id: UUID | None = None,
) -> list[Opened[SubmissionContent]]:
    """The newest first, one more than a page where there are more; those of people in the trash are left out.

    Raises Forbidden.
    """
    access.actor.require("marketing.read")
    wanted = ["s.handled_at IS NOT NULL" if done else "s.handled_at IS NULL"]
    values: list[object] = []
    if before is not None:
        wanted.append("s.at < ?")
        values.append(before)
    if form_id is not None:
        wanted.append("s.form_id = ?")
        values.append(form_id)
    rows = await crm.data.fetch(
        "SELECT s.* FROM marketing_submission AS s JOIN contact AS c ON c.id = s.contact_id AND c.deleted_at IS NULL "
        f"WHERE {' AND '.join(wanted)} ORDER BY s.at DESC, s.id DESC LIMIT {A_PAGE + 1}",
        *values,
    )
    return list(await crm.door.open(access, SUBMISSION, rows))


async def visible_submission(crm: Installation, access: Access, submission_id: UUID) -> Opened[SubmissionContent]:
    """The gate to one. Raises Forbidden and NotFound."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch(
        "SELECT s.* FROM marketing_submission AS s JOIN contact AS c ON c.id = s.contact_id AND c.deleted_at IS NULL "
        "WHERE s.id = ?",
        submission_id,
    )
    opened: Opened[SubmissionContent] | None = await crm.door.open_one(access, SUBMISSION, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def change_submission(
    crm: Installation, access: Access, submission_id: UUID, *, assignee_id: UUID | None, done: bool, seen: int
) -> None:
    """Give it to somebody, and say whether it is done. Raises Forbidden, NotFound, VersionConflict, InvalidContent."""
    access.actor.require("marketing.write")
    opened = await visible_submission(crm, access, submission_id)
    if assignee_id is not None and assignee_id not in {one.id for one in await active_accounts(crm)}:
        raise InvalidContent({"assignee": mark("Please choose somebody who is here.")})
    handled = (opened.row["handled_at"] or now()) if done else None
    columns = {
        "id": submission_id, "contact_id": opened.row["contact_id"], "assignee_id": assignee_id, "handled_at": handled,
    }  # fmt: skip
    await crm.records.update(SUBMISSION, columns, opened.content, seen=seen)
