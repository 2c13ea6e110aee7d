"""One request: what is asked, by when, what happened, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.rights.clock import Deadline, Step
from confida_consent.rights.letters import OpenedLetter, letters_of
from confida_consent.rights.requests import OpenedRequest, request_of, trail_of
from confida_consent.rights.steps import CLOCK_STEPS, REMINDED, request_row
from confida_core.accounts.audit import SecurityEvent
from confida_core.accounts.staff import account_names
from confida_core.clock import now
from confida_core.contacts.people import display_names
from confida_core.installation import Installation
from confida_core.interactions.interactions import INTERACTION
from confida_core.interactions.tasks import task_of
from confida_core.vault.access import Access
from confida_web.display import PersonRef, TaskRow
from confida_web.formatting import Formatter, formatter
from confida_web.interactions.words import task_rows
from confida_web.page import page
from confida_web.requests.listing import HERE, countdown_of
from confida_web.requests.next_steps import lead_of, more_of, ways_of
from confida_web.requests.pages import Countdown, DoubleLine, LetterLine, RequestPage, StepLine
from confida_web.requests.words import (
    CHANNELS,
    DELIVERIES,
    KINDS,
    NOBODY,
    SOURCES,
    STATES,
    STEPS,
    TONES,
    event_word,
)
from confida_web.security.access import access_for


@get("/requests/{request_id:uuid}", permission="requests.read")
async def show(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    one = await request_of(crm, access, request_id)
    letters = await letters_of(crm, access, request_id)
    audit = await trail_of(crm, access, request_id)
    names = await names_of(crm, one, letters, audit)
    return page(request, await page_of(request, one, letters, audit, names))


async def page_of(
    request: Request[Any, Any, Any],
    one: OpenedRequest,
    letters: Sequence[OpenedLetter],
    audit: Sequence[SecurityEvent],
    names: Mapping[UUID, str],
) -> RequestPage:
    crm, frame, actor = request.state.crm, request.state.frame, request.state.actor
    access, href = access_for(request, "data_subject_rights"), f"{HERE}/{one.id}"
    may_decide, words = actor.may("requests.decide"), formatter(frame.lang, frame.time_zone)
    merged = await request_row(crm, one.row["merged_into"]) if one.row["merged_into"] else None
    lead, tone = lead_of(one, names, actor.id)
    return RequestPage(
        reference=one.reference,
        kind=KINDS[one.kind],
        state=STATES[one.state],
        tone=TONES.get(one.state, "quiet"),
        countdown=countdown(one),
        href=href,
        person=await person_of(crm, access, one.contact_id),
        asked_by=one.file.given_name_of or one.file.identifier,
        lead=lead,
        lead_tone=tone,
        ways=tuple(ways_of(one, actor)) if may_decide else (),
        more=tuple(more_of(one, actor)) if may_decide else (),
        facts=facts_of(one),
        wishes=wishes_of(one),
        clock=clock_of(one.deadline, words, one.row),
        citation=one.deadline.rule.citation,
        mandate_href=f"{href}/mandate" if one.file.mandate_file_id else "",
        steps=tuple(step_line(each, names) for each in one.steps if each.step != REMINDED),
        letters=tuple(letter_line(each, names, href) for each in letters),
        tasks=await tasks_of(crm, request, one),
        doubles=tuple(
            DoubleLine(reference=reference, received_at=at, href=f"{HERE}/{each}")
            for each, reference, at in one.doubles
        ),
        audit=tuple(
            StepLine(what=event_word(each.kind), at=each.at, who=names.get(each.actor_id, "") if each.actor_id else "")
            for each in audit
        ),
        assignee=names.get(one.row["assignee_id"], NOBODY),
        merged_href=f"{HERE}/{merged['id']}" if merged else "",
        merged_reference=merged["reference"] if merged else "",
        may_decide=may_decide,
    )


def countdown(one: OpenedRequest) -> Countdown:
    moment = now()
    return countdown_of(
        one.deadline.due,
        one.deadline.days_left(moment),
        late=one.deadline.late(moment),
        closed=not one.open,
        stopped=one.open and one.deadline.paused_since is not None,
    )


async def names_of(
    crm: Installation, one: OpenedRequest, letters: Sequence[OpenedLetter], audit: Sequence[SecurityEvent]
) -> dict[UUID, str]:
    ids = {one.row["assignee_id"], one.row["refusal_by"], *(each.actor_id for each in audit)}
    ids |= {each.actor_id for each in one.steps} | {each.actor_id for each in letters}
    return await account_names(crm, [each for each in ids if each is not None])


async def person_of(crm: Installation, access: Access, contact_id: UUID | None) -> PersonRef | None:
    """None where nobody is linked, or the person was erased meanwhile."""
    names = await display_names(crm, access, [contact_id]) if contact_id else {}
    return PersonRef(name=names[contact_id], href=f"/contacts/{contact_id}") if contact_id in names else None


def facts_of(one: OpenedRequest) -> tuple[tuple[str, str], ...]:
    row, file = one.row, one.file
    facts = (
        ("Came by", SOURCES[row["source"]]),
        ("Calls themselves", file.given_name_of),
        ("Named in the request", file.identifier),
        ("Proof of who asks", file.identity),
        ("Answer wanted", DELIVERIES.get(file.delivery, file.delivery)),
        ("Country", " ".join(filter(None, (row["country"], row["subdivision"])))),
        ("Authority named", file.complaint_told),
    )
    return tuple((label, value) for label, value in facts if value)


def wishes_of(one: OpenedRequest) -> tuple[tuple[str, str], ...]:
    wishes = (
        ("Only this", one.file.scope),
        ("In their words", one.file.message),
        ("For somebody else", one.file.mandate),
    )
    return tuple((label, value) for label, value in wishes if value)


def clock_of(found: Deadline, words: Formatter, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """How the date follows, line by line."""
    lines = [("Received", words.on(row["received_at"])), ("Counts from", words.long_date(found.starts_on))]
    if found.paused_days:
        lines.append(("Stood still", f"{found.paused_days} days"))
    if found.paused_since is not None:
        lines.append(("Stands still since", words.on(found.paused_since)))
    lines.append(("First date", words.long_date(found.first_due)))
    if found.extended:
        lines.append(("Extended until", words.long_date(found.due)))
    if found.ended_at is not None:
        lines.append(("Ended", words.on(found.ended_at)))
    return tuple(lines)


def step_line(each: Any, names: Mapping[UUID, str]) -> StepLine:
    return StepLine(
        what=STEPS.get(each.step, each.step),
        at=each.at,
        who=names.get(each.actor_id, ""),
        text=each.text,
        counts=each.step in CLOCK_STEPS and each.step != Step.ASKED_WITHOUT_NEED,
    )


def letter_line(each: OpenedLetter, names: Mapping[UUID, str], href: str) -> LetterLine:
    return LetterLine(
        direction="in" if each.direction == "in" else "out",
        channel=CHANNELS.get(each.channel, each.channel),
        at=each.at,
        subject=each.subject,
        href=f"{href}/letters/{each.id}",
        who=names.get(each.actor_id, "") if each.actor_id else "",
        text=each.text,
        to_print=each.direction == "out" and (each.channel == "post" or each.failed),
    )


async def tasks_of(crm: Installation, request: Request[Any, Any, Any], one: OpenedRequest) -> tuple[TaskRow, ...]:
    """The tasks that were given for this request; the file of the request knows which."""
    actor, frame = request.state.actor, request.state.frame
    ids = [UUID(each.text) for each in one.steps if each.step == REMINDED and each.text]
    if not ids or not actor.may("interactions.read"):
        return ()
    rows = [row for row in await crm.records.rows(INTERACTION, ids) if row["deleted_at"] is None]
    found = [task_of(each, {}) for each in await crm.door.open(access_for(request, "relationship"), INTERACTION, rows)]
    words, may_edit = formatter(frame.lang, frame.time_zone), actor.may("interactions.write")
    return task_rows(found, words, may_edit=may_edit, assignees={})


ROUTES = (show,)
