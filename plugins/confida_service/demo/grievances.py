"""How far the invented complaints are, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation
from confida_service.complaints.causes import causes
from confida_service.complaints.complaints import ComplaintDraft, complaint_of, move_complaint, save_complaint
from confida_service.complaints.steps import DATES
from confida_service.demo.desk import CAUSES
from confida_service.equipment.equipment import today_of

CURRENCY = "EUR"
# By the place of the ticket among the complaints, the oldest first: the steps after the first one, and what is known.
TRACKS: tuple[tuple[tuple[str, ...], int, dict[str, Any]], ...] = (
    (
        ("acknowledged", "assessed", "offered", "accepted", "closed"), 0,
        {
            "area": "Care of gardens", "findings": "Both dates stood in the old calendar.", "remedy": "discount", "amount": 60_00,
            "currency": CURRENCY, "offer": "The next visit at half the price.", "reply": "Fine.", "satisfied": "yes",
            "measure": "Empty the old calendar and put it away.",
        },
    ),
    (
        ("acknowledged", "assessed", "offered", "refused"), 1,
        {
            "area": "Raised bed kit", "findings": "The sawmill had mixed up two stacks.", "remedy": "replacement",
            "offer": "New boards, and we take the old ones back.", "reply": "We want the money back.", "satisfied": "no",
        },
    ),
    (
        ("acknowledged", "assessed", "offered", "accepted", "closed"), 2,
        {
            "area": "Courses", "findings": "The teacher fell ill.", "remedy": "refund", "amount": 95_00, "currency": CURRENCY,
            "offer": "Fee and room are paid back.", "satisfied": "partly",
        },
    ),
    (("acknowledged", "assessed"), 0, {"area": "Telephone", "findings": "The line was out of order for six days."}),
    ((), 3, {}),
)  # fmt: skip


async def go_through(crm: Installation, access: Access, tickets: Sequence[UUID]) -> None:
    """tickets: ids of complaints, the oldest first."""
    by_name = {one.name.casefold(): one.id for one in await causes(crm)}
    for ticket_id, (steps, cause, known) in zip(tickets, TRACKS, strict=False):
        opened = await complaint_of(crm, access, ticket_id)
        if opened is None or not steps:
            continue
        draft = ComplaintDraft(cause_id=by_name.get(CAUSES[cause].casefold()), **known)
        version = await save_complaint(crm, access, opened.row["id"], draft, seen=opened.row["version"])
        for step in steps:
            version = await move_complaint(crm, access, opened.row["id"], step, seen=version)
        await put_back(crm, opened.row, steps)


async def put_back(crm: Installation, row: Any, steps: Sequence[str]) -> None:
    """As if each step had been taken some days after the one before."""
    today, day = today_of(crm), row["received_on"]
    days: dict[str, date] = {}
    for place, step in enumerate(steps):
        day = min(day + timedelta(days=(1, 4, 3, 5, 2)[place]), today)
        days[DATES[step]] = day
    sets = ", ".join(f"{column} = ?" for column in days)
    await crm.data.fetch(f"UPDATE service_complaint SET {sets} WHERE id = ?", *days.values(), row["id"])
