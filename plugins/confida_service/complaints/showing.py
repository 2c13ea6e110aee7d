"""Puts together what is shown of one complaint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    typed_amount,
    visible_interaction,
)
from confida_service.complaints.causes import causes
from confida_service.complaints.complaints import Complaint, complaint_of
from confida_service.complaints.listing import ShownComplaint, shown_complaints
from confida_service.complaints.pages import ComplaintPage, Learned, Onward, ShownStep, Track
from confida_service.complaints.steps import DATES, DONE_BY, NEXT, RANKS, REMEDIES, SATISFIED, STEPS
from confida_service.tickets.choices import PURPOSE, assignee_options, options
from confida_web.api import Errors, PersonRef, access_for, formatter

DAYS = ("refunded_on", "measure_by")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "DKK", "NOK", "PLN", "CZK")


async def track_of_ticket(crm: Installation, access: Access, ticket: Any) -> Track | None:
    """Of a ticket that is shown; None where it is no complaint, or its track has not begun."""
    opened = await complaint_of(crm, access, ticket.id) if ticket.kind == "complaint" else None
    shown = await shown_complaints(crm, access, [opened]) if opened else []
    return track(opened, shown[0]) if opened and shown else None


def track(opened: Complaint, one: ShownComplaint) -> Track:
    """Every step with its day; acceptance and refusal stand in one place."""
    row = opened.row
    decided = row["step"] if row["step"] in {"accepted", "refused"} else ""
    shown = [
        ShownStep(
            label=label, on=row["received_on"] if step == "received" else row[DATES[step]], current=step == row["step"]
        )
        for step, label in STEPS.items()
        if RANKS[step] != RANKS["accepted"]
    ]
    said = ShownStep(
        label=STEPS[decided] if decided else "Accepted or refused", on=row["decided_on"], current=bool(decided)
    )
    onward = tuple(
        Onward(step=step, label="Open again" if row["step"] == "closed" else DONE_BY[step])
        for step in NEXT[row["step"]]
    )
    return Track(one=one, steps=(*shown[:4], said, *shown[4:]), onward=onward)


def locale_of(request: Request[Any, Any, Any]) -> str:
    return str(formatter(request.state.frame.lang, request.state.frame.time_zone).locale)


def typed_of(opened: Complaint, locale: str) -> dict[str, str]:
    """What is kept, as it would be typed."""
    row, content = opened.row, opened.content
    values = {name: getattr(content, name) for name in ("area", "findings", "offer", "reply", "measure")}
    values |= {name: row[name].isoformat() if row[name] else "" for name in DAYS}
    ids = {"cause": row["cause_id"], "responsible": row["responsible_id"]}
    return values | {name: str(value or "") for name, value in ids.items()} | {
        "remedy": row["remedy"],
        "satisfied": row["satisfied"],
        "currency": row["currency"],
        "amount": "" if row["amount"] is None else typed_amount(row["amount"], row["currency"], locale),
        "version": str(row["version"]),
    }  # fmt: skip


async def complaint_page(
    request: Request[Any, Any, Any], opened: Complaint, values: Mapping[str, str], errors: Errors
) -> ComplaintPage:
    """Raises NotFound where its ticket or person may not be seen."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    shown = await shown_complaints(crm, access, [opened])
    if not shown:
        raise NotFound
    one = shown[0]
    known = {each.id: each.name for each in await causes(crm) if not each.archived or each.id == opened.row["cause_id"]}
    chosen = values.get("responsible", "")
    return ComplaintPage(
        track=track(opened, one),
        contact=PersonRef(name=one.contact, href=f"/contacts/{one.contact_id}"),
        values=values,
        errors=errors,
        causes=options(known, values.get("cause", ""), every="Not known yet"),
        remedies=options(REMEDIES, values.get("remedy", ""), every="Not decided yet"),
        satisfied=options(SATISFIED, values.get("satisfied", ""), every="Not known"),
        people=await assignee_options(crm, chosen),
        learned=await learned_of(crm, access, opened),
        currencies=CURRENCIES,
        may_write=access.actor.may("service.write"),
    )


async def learned_of(crm: Installation, access: Access, opened: Complaint) -> Learned | None:
    """None where there is no task, or it may not be seen (any more)."""
    task_id = opened.row["task_id"]
    if task_id is None or not access.actor.may("interactions.read"):
        return None
    try:
        task = await visible_interaction(crm, access, task_id)
    except NotFound:
        return None
    return Learned(href=f"/interactions/{task_id}", state=task.row["state"])
